"""Shares the memory of one host: takes from guests that can give, and gives back what is left."""
