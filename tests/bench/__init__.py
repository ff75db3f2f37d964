"""Measurements of speed: figures, never asserted. ``python -m tests.bench`` runs them."""
