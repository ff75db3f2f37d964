"""Clients that call while something happens to the pool, and what became of their calls."""

import http.client
import threading
import xmlrpc.client
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import XenAPI

from tests.conftest import Pool

CALLS_EACH = 30
UNCONFIRMED = (XenAPI.Failure, xmlrpc.client.ProtocolError, http.client.HTTPException, OSError)


@dataclass
class Counts:
    """What became of the calls; ``lost`` were answered with success and had no effect."""

    sent: int = 0
    answered: int = 0
    failed: list[str] = field(default_factory=list)
    lost: int = 0

    def add(self, other: "Counts") -> None:
        self.sent += other.sent
        self.answered += other.answered
        self.failed += other.failed
        self.lost += other.lost

    def __str__(self) -> str:
        return (
            f"{self.sent} calls sent, {self.answered} answered,"
            f" {len(self.failed)} failed {self.failed}, {self.lost} lost"
        )


def start_and_stop(pool: Pool, url: str, vm: str, counts: Counts) -> None:
    """One client: starts its VM and switches it off, and looks each time whether it is so."""
    opened = XenAPI.Session(url)
    opened.xenapi.login_with_password("root", pool.password, "1.0", "tests")
    uuid = opened.xenapi.VM.get_uuid(vm)
    while counts.sent < CALLS_EACH:
        try:
            running = opened.xenapi.VM.get_power_state(vm) != "Halted"
        except UNCONFIRMED:
            continue
        counts.sent += 1
        try:
            if running:
                opened.xenapi.VM.hard_shutdown(vm)
            else:
                opened.xenapi.VM.start(vm, False, False)
        except UNCONFIRMED as failure:
            counts.failed.append(repr(failure))
            continue
        counts.answered += 1
        counts.lost += bool(pool.domains(uuid)) == running


def call_while(
    pool: Pool, url: str, vms: Sequence[str], events: Sequence[Callable[[], None]]
) -> Counts:
    """Have a client for each VM call, and the events happen in equal parts of their calls."""
    each = [Counts() for _ in vms]
    clients = [
        threading.Thread(target=start_and_stop, args=(pool, url, vm, counts))
        for vm, counts in zip(vms, each, strict=True)
    ]
    for client in clients:
        client.start()
    for part, event in enumerate(events, 1):
        due = part * len(vms) * CALLS_EACH / (len(events) + 1)
        while sum(counts.sent for counts in each) < due:
            clients[0].join(0.05)
        event()
    for client in clients:
        client.join()
    total = Counts()
    for counts in each:
        total.add(counts)
    return total
