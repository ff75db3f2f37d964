"""The messages of VM."""
