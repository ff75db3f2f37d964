"""Suites on real device-mapper multipath; `make multipath-lab` runs them."""
