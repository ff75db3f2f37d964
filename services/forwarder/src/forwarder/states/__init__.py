"""What hosts say of VMs, as records."""
