"""What is done to disks, and what their records say of it."""
