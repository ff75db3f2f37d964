"""What VMs of this host use of disks: attached and active, and what follows for their engines."""
