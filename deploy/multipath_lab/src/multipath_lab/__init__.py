"""Real device-mapper multipath on an emulated machine: two paths to one disk."""
