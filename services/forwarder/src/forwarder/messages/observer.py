"""Observer: receivers of traces; traces are not sent yet."""

from datamodel.classes import Host, HostRef, Observer, ObserverRef
from datamodel.values import invalid_value

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import answered_by_hosts, refuses

answered_by_hosts("Observer.register", "Observer.unregister")


@refuses("Observer.set_hosts", looked_at=())
def refuse_hosts(ctx: PoolContext, self: ObserverRef, value: list[HostRef]) -> None:
    """Raise INVALID_VALUE for the first reference that is no host's."""
    for host in value:
        if ctx.view.find(Host, host) is None:
            raise invalid_value("host", host)
    ctx.view.get(Observer, self)
