"""Work on disks, and how their records show it."""
