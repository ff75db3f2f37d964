"""Real Xen on an emulated machine, for tests and for people who want to look."""
