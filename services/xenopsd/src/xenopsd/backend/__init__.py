"""Domains, devices, memory and suspend images, by the ports of Xen and xenstore."""
