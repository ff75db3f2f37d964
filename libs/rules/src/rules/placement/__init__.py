"""Where VMs are, and where they can be."""
