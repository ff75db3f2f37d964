"""Which operation may be begun in which state, beside which other: one table per class."""
