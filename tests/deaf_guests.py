"""Guests that do what they are asked late, or never: calls wait for them meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from simulated_pool.layout import Host

from tests.conftest import Pool

T = TypeVar("T")


@dataclass(frozen=True)
class Deaf:
    """A running guest that does not obey."""

    pool: Pool
    host: Host
    domid: int

    def while_asked(self, ask: Callable[[], T]) -> T:
        """Have something ask the guest to stop, and return its answer once the guest is asked."""
        request = f"/local/domain/{self.domid}/control/shutdown"
        store = self.pool.xenstore(self.host)
        with store.watch(request) as events:
            answer = ask()
            while store.read(request) != "poweroff":
                events.next(10.0)
        return answer

    def stop(self) -> None:
        """It stops by itself."""
        self.pool.xen(self.host).call("act", domid=self.domid, action="poweroff")


def started(pool: Pool, api: Any, vm: str) -> Deaf:
    """Start a VM whose guest does not obey."""
    api.VM.start(vm, False, False)
    host = pool.host_named(api.host.get_name_label(api.VM.get_resident_on(vm)))
    deaf = Deaf(pool, host, int(api.VM.get_domid(vm)))
    pool.xen(host).call("behave", domid=deaf.domid, obeys=False)
    return deaf
