"""Calls drawn from the declarations, with hostile values, on a live pool: see `__main__`."""
