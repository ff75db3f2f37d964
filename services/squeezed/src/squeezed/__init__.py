"""Shares the memory of one host among its guests."""
