"""What may be done in a pool, where, and with which values: pure functions of its records."""
