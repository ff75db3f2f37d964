"""The messages that squeezed takes. Each is answered at once, except requests that wait."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import telemetry
from daemon.server import Call, Params, Server
from xenops.sizes import KIB
from xenops.squeezed import SQUEEZED, DomainZeroPolicy, SqueezedError
from xenports.hypervisor import DomainInfo, Hypervisor, HypervisorError
from xenports.xenstore import XenstoreError

from broker import Delivery
from squeezed.journal import Reservation
from squeezed.squeezer import Refusal, Request, Squeezer

# How long a request waits at most, whatever its client would wait.
WAIT_MAX_S = 60.0
KIB_MAX = (1 << 63) - 1


class Frontend(Server):
    """One host's squeezed, from a message to its answer.

    If this process dies, clients repeat the requests that wait.
    """

    def __init__(self, squeezer: Squeezer, hypervisor: Hypervisor, service: str) -> None:
        self._squeezer = squeezer
        self._hypervisor = hypervisor
        self._service = service
        answers: dict[str, Callable[[Params], Any]] = {
            "login": self._log_in,
            "transfer_reservation_to_domain": self._transfer,
            "query_reservation_of_domain": self._of_domain,
            "balance_memory": lambda p: squeezer.wake(),
            "get_diagnostics": lambda p: self._diagnostics(),
            "get_domain_zero_policy": lambda p: self._domain_zero_policy(),
            "get_host_initial_free_memory": lambda p: self._initial_free_kib(),
            "get_host_reserved_memory": lambda p: squeezer.observer.reserve_kib,
        }
        begins = {"reserve_memory": self._reserve, "reserve_memory_range": self._reserve}
        # Its message is the only one who knows of an end that cannot be written.
        keeps = {"delete_reservation": self._delete}
        troubles = (HypervisorError, XenstoreError)
        super().__init__(SQUEEZED, answers, begins, troubles, keeps)

    def handle(self, delivery: Delivery) -> None:
        telemetry.hop(
            service=self._service,
            queue=SQUEEZED.queue,
            message=delivery.method,
            task=delivery.message_id,
            traceparent=delivery.headers.get("traceparent"),
        )
        super().handle(delivery)

    # --- reservations -----------------------------------------------------------------------

    def _reserve(self, call: Call) -> None:
        params, id_ = call.params, call.id
        client = self._client(params)
        minimum = _amount(params["kib"] if "kib" in params else params["minimum"])
        maximum = _amount(params.get("maximum", minimum))
        if maximum < minimum:
            raise SqueezedError("Invalid_memory_value", maximum)
        known = self._squeezer.journal.reservation(id_)
        if known is not None and known.client != client:
            raise SqueezedError("Internal_error", f"operation {id_} is another client's")

        def answer(outcome: Reservation | Refusal | None) -> None:
            if isinstance(outcome, Reservation):
                value = outcome.id if "kib" in params else (outcome.id, outcome.kib)
                call.answer(value)
            else:
                call.refuse(refused(outcome, id_))

        deadline = self._squeezer.clock() + WAIT_MAX_S
        self._squeezer.reserve(Request(id_, client, minimum, maximum, deadline, answer))

    def _client(self, params: Params) -> str:
        """The client of the session; raises SqueezedError if the session is over or unknown."""
        client = self._squeezer.journal.client_of(params["session"])
        if client is None:
            raise SqueezedError("Internal_error", f"there is no session {params['session']}")
        return client

    def _reservation(self, params: Params) -> Reservation:
        client = self._client(params)
        reservation = self._squeezer.journal.reservation(params["reservation"])
        if reservation is None or reservation.client != client:
            raise SqueezedError("Unknown_reservation", params["reservation"])
        return reservation

    def _log_in(self, params: Params) -> str:
        session = f"{params['client']}/{uuid.uuid4()}"
        self._squeezer.log_in(params["client"], session)
        return session

    def _delete(self, call: Call) -> None:
        client, id_ = self._client(call.params), call.params["reservation"]

        def ended() -> None:
            call.delivery.ack()
            call.answer(None)

        if not self._squeezer.delete(id_, client, ended):
            raise SqueezedError("Unknown_reservation", id_)

    def _transfer(self, params: Params) -> None:
        self._squeezer.transfer(self._reservation(params), self._domain(params["domid"]))

    def _domain(self, domid: int) -> DomainInfo:
        for info in self._hypervisor.domains():
            if info.domid == domid:
                return info
        raise SqueezedError("Internal_error", f"there is no domain {domid}")

    def _of_domain(self, params: Params) -> str:
        self._client(params)
        for reservation in self._squeezer.journal.reservations():
            if reservation.domid == params["domid"]:
                return reservation.id
        raise SqueezedError("No_reservation")

    # --- questions --------------------------------------------------------------------------

    def _domain_zero_policy(self) -> DomainZeroPolicy:
        """dom0 keeps the size that it was booted with."""
        sizes = [info.memory_kib for info in self._hypervisor.domains() if info.domid == 0]
        return DomainZeroPolicy("Fixed_size", sum(sizes))

    def _initial_free_kib(self) -> int:
        """What would be free if there were no guests."""
        guests = [info.memory_kib for info in self._hypervisor.domains() if info.domid != 0]
        return self._hypervisor.free_kib() + sum(guests)

    def _diagnostics(self) -> str:
        """The host as the policy sees it, and who waits, as JSON."""
        return json.dumps(self._squeezer.diagnostics(), indent=1)


def _amount(kib: int) -> int:
    if not 0 < kib <= KIB_MAX:
        raise SqueezedError("Invalid_memory_value", kib)
    return kib


def refused(outcome: Refusal | None, id_: str) -> SqueezedError:
    """The interface's error for a request that was refused or withdrawn."""
    if outcome is None:
        return SqueezedError("Unknown_reservation", id_)
    if outcome.refused:
        return SqueezedError("Domains_refused_to_cooperate", list(outcome.refused), told(outcome))
    free = max(outcome.free_kib - outcome.reserve_kib - outcome.promised_kib, 0)
    return SqueezedError("Cannot_free_this_much_memory", (outcome.wanted_kib, free), told(outcome))


def told(refusal: Refusal) -> str:
    """The calculation as a line for people."""
    lines = [
        f"wanted {_mib(refusal.wanted_kib)}",
        f"free {_mib(refusal.free_kib)}",
        f"in reserve {_mib(refusal.reserve_kib)}",
        f"promised to others {_mib(refusal.promised_kib)}",
    ]
    for part in refusal.parts:
        verb = "refused to give" if part.domid in refusal.refused else "could give"
        why = "" if part.domid not in refusal.refused else f" ({part.standing.value})"
        name = f"VM {part.name!r} ({part.vm})"
        lines.append(f"{name} {verb} {_mib(part.could_give_kib)}{why}")
    return "; ".join(lines)


def _mib(kib: int) -> str:
    return f"{kib / KIB:.1f} MiB"
