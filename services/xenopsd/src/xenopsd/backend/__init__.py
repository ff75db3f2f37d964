"""Domains, devices, memory and images over the two ports."""
