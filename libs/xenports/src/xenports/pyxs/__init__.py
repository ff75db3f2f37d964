"""Xenstore over pyxs, extended where it falls short."""
