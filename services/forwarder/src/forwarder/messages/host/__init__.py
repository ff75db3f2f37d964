"""The messages of host."""
