"""The place of each VM: which hosts may run it, and what may change that."""
