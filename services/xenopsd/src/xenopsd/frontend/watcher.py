"""Follows a host's domains: has VMs that shut down checked, and tells which VMs changed."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

from daemon.queues import Item, Queues
from xenports.hypervisor import DomainInfo, HypervisorError

from xenopsd.checks import Checks
from xenopsd.host import Host

log = logging.getLogger(__name__)

MEMORY_EVERY_S = 5.0
TRY_AGAIN_EVERY_S = 5.0
CHECK, AGAIN = "check", "again"


class Unsettled(Protocol):
    """Work that may leave a VM in a wrong state, and can put it right later."""

    def unsettled(self) -> list[str]: ...
    def settle_again(self, vm: str) -> None: ...


class Watcher:
    """``tell`` publishes a VM's state; each of ``unsettled`` tries again every few seconds."""

    def __init__(
        self,
        host: Host,
        queues: Queues,
        checks: Checks,
        tell: Callable[[str], object],
        unsettled: tuple[Unsettled, ...],
    ) -> None:
        self._host = host
        self._queues = queues
        self._checks = checks
        self._tell = tell
        self._unsettled = unsettled
        self._memory_kib: dict[str, int] = {}
        self._memory_told_at = self._tried_again_at = 0.0

    def check(self, vm: str) -> None:
        """Have a VM checked, after the work that waits for it now."""
        self._queues.push(vm, Item(lambda: self._checks.check(vm), merge=CHECK))

    def follow(self, stop: threading.Event) -> None:
        """Follow the domains until ``stop`` is set."""
        seen, looked = 0, set[int]()
        hypervisor = self._host.domains.hypervisor
        while not stop.is_set():
            try:
                seen = hypervisor.wait(seen, 5.0)
                domains = hypervisor.domains()
            except HypervisorError as error:
                log.error("the domains cannot be followed: %s", error)
                stop.wait(1.0)
                continue
            down = {d.domid: d.uuid for d in domains if d.shutdown is not None}
            for domid, vm in down.items():
                if domid not in looked and self._host.journal.exists(vm):
                    self.check(vm)
            looked = set(down)
            if time.monotonic() >= self._tried_again_at + TRY_AGAIN_EVERY_S:
                self._tried_again_at = time.monotonic()
                self.try_again()
            self._tell_memory(domains)

    def try_again(self) -> None:
        """Try again what could not be undone or ended at once."""
        for again in self._unsettled:
            for vm in again.unsettled():
                self._queues.push(vm, Item(partial(again.settle_again, vm), merge=AGAIN))

    def _tell_memory(self, domains: list[DomainInfo]) -> None:
        """Tell VMs' states every few seconds while their memory changes: no event announces that.

        A domain that is still being filled is left out, since its VM may go on elsewhere.
        """
        if time.monotonic() < self._memory_told_at + MEMORY_EVERY_S:
            return
        self._memory_told_at = time.monotonic()
        now = {domain.uuid: domain.memory_kib for domain in domains if not domain.paused}
        moved = [vm for vm in now if self._memory_kib.get(vm) != now[vm]]
        self._memory_kib = now
        for vm in moved:
            self._tell(vm)
