"""Host_driver: the drivers that a host has for its devices."""

from forwarder.core.registry import answered_by_hosts

answered_by_hosts("Host_driver.rescan")
