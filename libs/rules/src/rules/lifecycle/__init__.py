"""Which operation may be begun in which state and beside which others: a table for each class."""
