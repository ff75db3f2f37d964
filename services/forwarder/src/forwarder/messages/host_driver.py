"""Host_driver: a host's drivers for its devices."""

from forwarder.core.registry import answered_by_hosts

answered_by_hosts("Host_driver.rescan")
