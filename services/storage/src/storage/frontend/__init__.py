"""The daemon's calls: what is answered here, and what the process of an SR does."""
