"""Keeps the disks of one host: the SRs that are plugged on it, and the way to their bytes."""
