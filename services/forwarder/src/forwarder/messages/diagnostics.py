"""Diagnostics: what a host's toolstack tells about itself."""

from forwarder.core.registry import answered_by_hosts

answered_by_hosts("Diagnostics.gc_compact", "Diagnostics.gc_stats", "Diagnostics.network_stats")
