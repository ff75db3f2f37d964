"""The place of each VM: which hosts may run it, and the events that change that."""
