"""What hosts say about VMs, written to records."""
