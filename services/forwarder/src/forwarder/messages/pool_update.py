"""pool_update: updates of the hosts' software, of the kind that repositories replaced."""

from forwarder.core.registry import answered_by_hosts

answered_by_hosts("pool_update.apply", "pool_update.precheck", "pool_update.resync_host")
