"""What is to be settled with hosts; a host that hangs delays only its own affairs."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from datamodel import XenAPIError
from datamodel.classes import HostRef
from xenops.idl import Declared, P, R

from forwarder.daemons.hosts import ANSWER_TIMEOUT_S, Ask

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Affair:
    """Something that only these hosts can tell; ``settle`` asks them."""

    hosts: frozenset[HostRef]
    settle: Callable[[Ask], None]


class Round:
    """`Ask` for one round, which does not wait a second time for a host that was silent."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._silent: dict[HostRef, XenAPIError] = {}

    def __call__(
        self,
        host: HostRef,
        call: Declared[P, R],
        operation: str,
        debug: str,
        timeout_s: float = ANSWER_TIMEOUT_S,
        /,
        *args: P.args,
        **params: P.kwargs,
    ) -> R:
        if host in self._silent:
            raise self._silent[host]
        try:
            return self._ask(host, call, operation, debug, timeout_s, *args, **params)
        except XenAPIError as error:
            self._silent[host] = error
            raise


class Settling:
    """Settles affairs: those of the same hosts one after the other, others concurrently."""

    def __init__(self, begin: Callable[[Callable[[], None]], None]) -> None:
        """``begin`` runs a function concurrently."""
        self._begin = begin
        self._lock = threading.Lock()
        self._under_way: set[frozenset[HostRef]] = set()

    def begin(self, affairs: Iterable[Affair], ask: Ask, settled: Callable[[], None]) -> None:
        """Begin a round, except for hosts whose last round is still under way.

        ``settled`` is called each time when the affairs of the same hosts are done.
        """
        by_hosts: dict[frozenset[HostRef], list[Affair]] = {}
        for affair in affairs:
            by_hosts.setdefault(affair.hosts, []).append(affair)
        for hosts, theirs in by_hosts.items():
            with self._lock:
                is_free = hosts not in self._under_way
                self._under_way.add(hosts)
            if is_free:
                self._begin(partial(self._run, hosts, theirs, Round(ask), settled))

    def _run(
        self,
        hosts: frozenset[HostRef],
        affairs: list[Affair],
        ask: Ask,
        settled: Callable[[], None],
    ) -> None:
        try:
            for affair in affairs:
                try:
                    affair.settle(ask)
                except Exception:  # an unreadable answer, say: the other affairs do not wait
                    log.exception("an affair of hosts %s is not settled yet", sorted(hosts))
            settled()
        finally:
            with self._lock:
                self._under_way.discard(hosts)
