"""PUSB: the USB devices of hosts."""

from forwarder.core.registry import answered_by_hosts

answered_by_hosts("PUSB.scan")
