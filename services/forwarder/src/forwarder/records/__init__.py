"""Records that are made and changed without a host."""
