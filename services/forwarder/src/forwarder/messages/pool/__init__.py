"""The messages of pool."""
