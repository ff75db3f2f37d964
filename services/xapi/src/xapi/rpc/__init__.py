"""Calls by HTTP: both protocols in one application."""
