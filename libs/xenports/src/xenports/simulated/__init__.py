"""A simulated Xen: one process per host, which outlives xenopsd as the real one does."""
