"""Grants memory when it is free: each turn looks at the host, grants, asks domains, and refuses.

A request that fits is granted in its first turn, even if others wait. Requests that do not fit are
served in the order in which they came, until their memory is free, their deadline is over, or it is
clear that the memory will not come. A turn takes no longer than its calls of Xen and xenstore.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from xenports.hypervisor import DomainInfo

from squeezed.host import Observer
from squeezed.journal import Journal, Reservation
from squeezed.policy import Domain, Host, Shares, Standing, Verdict, changes, fair_kib, share

log = logging.getLogger(__name__)

TICK_S = 0.25
# The memory of a domain that has just ended is free after a moment.
IMPOSSIBLE_MAX_S = 1.0
"""How long a request that cannot be served waits before it is refused."""
PREVENTED_MAX_S = 20.0
"""How long a request waits while the guests that could give memory give none."""


@dataclass(frozen=True)
class Part:
    """One domain's part in a refusal."""

    domid: int
    vm: str
    name: str
    could_give_kib: int
    standing: Standing


@dataclass(frozen=True)
class Refusal:
    """The calculation behind a refusal; ``refused`` are domains that could have given the rest."""

    wanted_kib: int
    free_kib: int
    reserve_kib: int
    promised_kib: int
    parts: tuple[Part, ...]
    refused: tuple[int, ...]


@dataclass(frozen=True)
class Sample:
    """The host at one moment, for the picture of a run; ``at`` is on the squeezer's clock."""

    at: float
    host: Host
    names: Mapping[int, str]


Answer = Callable[["Reservation | Refusal | None"], None]
"""Called once with a request's outcome, None if its client withdrew it."""


@dataclass
class Request:
    """Memory between two bounds for an operation, until ``deadline`` on the squeezer's clock."""

    id: str
    client: str
    minimum_kib: int
    maximum_kib: int
    deadline: float
    answer: Answer
    since: float = 0.0
    impossible_since: float | None = None


@dataclass
class Squeezer:
    """One host's memory. Threads share it; ``clock`` counts seconds."""

    observer: Observer
    journal: Journal
    clock: Callable[[], float]
    wake: Callable[[], None]
    """Called when a turn is due earlier than `turn` said."""
    record: Callable[[Sample], None]
    """Called with each look at the host while memory moves, and with the first look after that."""
    _waiting: list[Request] = field(default_factory=list)
    _moved: bool = False
    _unforgotten: dict[str, Callable[[], None]] = field(default_factory=dict)
    """Reservations that have ended, each with whom to tell once the journal has it."""
    _lock: threading.RLock = field(default_factory=threading.RLock)

    # --- requests ---------------------------------------------------------------------------

    def reserve(self, request: Request) -> None:
        """Answer a request, now or later; a request with a known id is the same request."""
        with self._lock:
            known = self.journal.reservation(request.id)
            if known is not None:
                request.answer(known)
                return
            request.since = self.clock()
            for position, other in enumerate(self._waiting):
                if other.id == request.id:
                    request.since = other.since
                    self._waiting[position] = request
                    return
            self._waiting.append(request)
        self.wake()

    def delete(self, id_: str, client: str, ended: Callable[[], None]) -> bool:
        """End a client's reservation, or its request for one; False when there is neither.

        ``ended`` is called once the end is written, which a full disk may keep for long.
        """
        with self._lock:
            is_withdrawn = self._withdraw(lambda r: (r.id, r.client) == (id_, client))
            known = self.journal.reservation(id_)
            is_known = known is not None and known.client == client
            if is_known:
                self._unforgotten[id_] = ended
                try:
                    self._forget(id_)
                except sqlite3.OperationalError as error:
                    log.error("the end of %s is to be written again: %s", id_, error)
            elif is_withdrawn:
                ended()
        self.wake()
        return is_withdrawn or is_known

    def _withdraw(self, whose: Callable[[Request], bool]) -> bool:
        """Answer the requests that their client wants no more; whether there are any."""
        withdrawn = [request for request in self._waiting if whose(request)]
        self._waiting = [request for request in self._waiting if request not in withdrawn]
        for request in withdrawn:
            request.answer(None)
        return bool(withdrawn)

    def _forget(self, id_: str) -> None:
        self.journal.forget(id_)
        self._unforgotten.pop(id_)()

    def log_in(self, client: str, session: str) -> None:
        """Begin a client's session: its reservations that have no domain end."""
        with self._lock:
            self.journal.log_in(client, session)
            self._withdraw(lambda request: request.client == client)
        self.wake()

    def transfer(self, reservation: Reservation, domain: DomainInfo) -> None:
        """Hand the reservation to the domain, with which it ends."""
        with self._lock:
            self.journal.keep(replace(reservation, domid=domain.domid, vm=domain.uuid))

    def diagnostics(self) -> dict[str, Any]:
        """The state, for people."""
        with self._lock:
            host = self.look(self.clock())
            waiting = [(r.id, r.minimum_kib, r.maximum_kib) for r in self._waiting]
        return {
            "free_kib": host.free_kib,
            "reserve_kib": host.reserve_kib,
            "promised_kib": host.promised_kib,
            "available_kib": host.available_kib,
            "domains": [
                {**asdict(domain), "standing": domain.standing.value} for domain in host.domains
            ],
            "reservations": [asdict(reservation) for reservation in self.journal.reservations()],
            "waiting": waiting,
        }

    # --- turns ------------------------------------------------------------------------------

    def turn(self) -> float | None:
        """Do what can be done now; the time of the next turn, None if only events call for one.

        Raises HypervisorError, XenstoreError, and sqlite3.OperationalError for a full disk; then
        nothing is lost, and another turn is due.
        """
        with self._lock:
            for id_ in tuple(self._unforgotten):
                self._forget(id_)
            now = self.clock()
            host = self._grant(self.look(now))
            shares = self._share(host)
            told = changes(host, shares)
            self.observer.tell(host, told)
            self.observer.mark(host)
            moving = bool(told) or any(not domain.settled for domain in host.asked)
            if moving or self._waiting or self._moved:
                names = {domid: guest.name for domid, guest in self.observer.guests.items()}
                self.record(Sample(now, host, names))
            self._moved = moving
            if self._waiting and told:
                # Domains that were limited just now leave more to give away.
                host = self._grant(self.look(now))
            self._refuse(host, now)
            return now + TICK_S if moving or self._waiting else self.observer.asks_again_at()

    def look(self, now: float) -> Host:
        """The host now; ends the reservations of domains that are gone."""
        kept = self.journal.reservations()
        promised = sum(r.kib for r in kept if r.domid is None)
        reserved = {r.domid: r.kib for r in kept if r.domid is not None}
        host = self.observer.look(now, promised, reserved)
        for reservation in kept:
            if reservation.domid is not None and self._is_over(host, reservation):
                self.journal.forget(reservation.id)
        return host

    def _is_over(self, host: Host, reservation: Reservation) -> bool:
        """Whether its domain is gone, or has taken all that was set aside for it."""
        guest = self.observer.guests.get(reservation.domid or 0)
        if guest is None or guest.vm != reservation.vm:
            return True
        domain = next(d for d in host.domains if d.domid == reservation.domid)
        return domain.standing in (Standing.ASKED, Standing.SILENT)

    def _grant(self, host: Host) -> Host:
        """Grant the requests that fit; the host with what was promised to them."""
        for request in list(self._waiting):
            if request.minimum_kib > host.available_kib:
                continue
            fair = fair_kib(host, request.minimum_kib, request.maximum_kib)
            kib = max(min(fair, host.available_kib), request.minimum_kib)
            granted = Reservation(request.id, request.client, kib)
            self.journal.keep(granted)
            self._waiting.remove(request)
            host = replace(host, promised_kib=host.promised_kib + kib)
            waited = self.clock() - request.since
            log.info("%s: %d KiB are reserved after %.1f s", request.id, kib, waited)
            request.answer(granted)
        return host

    def _share(self, host: Host) -> Shares:
        """The shares that serve as many waiting requests as possible, the earliest first."""
        wanted = 0
        for request in self._waiting:
            if share(host, wanted + request.minimum_kib).verdict is not Verdict.IMPOSSIBLE:
                wanted += request.minimum_kib
        return share(host, wanted)

    def _refuse(self, host: Host, now: float) -> None:
        """Refuse the requests that wait in vain."""
        for request in list(self._waiting):
            alone = share(host, request.minimum_kib)
            impossible = alone.verdict is Verdict.IMPOSSIBLE
            request.impossible_since = (request.impossible_since or now) if impossible else None
            if self._is_in_vain(request, alone, now):
                self._waiting.remove(request)
                refusal = self._refusal(host, request, alone)
                log.warning("%s is refused: %s", request.id, refusal)
                request.answer(refusal)

    def _is_in_vain(self, request: Request, alone: Shares, now: float) -> bool:
        if now >= request.deadline:
            return True
        if request.impossible_since is not None:
            return now - request.impossible_since >= IMPOSSIBLE_MAX_S
        still_s = now - max(request.since, self.observer.moved_at)
        return alone.verdict is Verdict.PREVENTED and still_s >= PREVENTED_MAX_S

    def _refusal(self, host: Host, request: Request, alone: Shares) -> Refusal:
        late = [d.domid for d in host.asked if d.gap_kib < -d.inaccuracy_kib]
        return Refusal(
            wanted_kib=request.minimum_kib,
            free_kib=host.free_kib,
            reserve_kib=host.reserve_kib,
            promised_kib=host.spoken_for_kib - host.reserve_kib,
            parts=tuple(self._part(domain) for domain in host.domains),
            refused=alone.preventing if alone.verdict is not Verdict.COMES else tuple(late),
        )

    def _part(self, domain: Domain) -> Part:
        guest = self.observer.guests[domain.domid]
        could = domain.could_give_kib
        return Part(domain.domid, guest.vm, guest.name, could, domain.standing)
