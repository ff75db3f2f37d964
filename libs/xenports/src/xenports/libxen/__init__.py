"""The hypervisor port on real Xen, through libxenctrl and libxenguest."""
