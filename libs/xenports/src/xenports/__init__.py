"""Narrow ports for a host's Xen and xenstore, and their two sides: real Xen and a simulated one."""
