"""``python -m squeezed --config FILE``: shares the memory of one host."""

import logging
import sqlite3
import threading
import time

from daemon.process import Stop, attend, main
from xenops.squeezed import SQUEEZED
from xenports.hypervisor import Hypervisor, HypervisorError
from xenports.pyxs.store import Store
from xenports.simulated.hypervisor import SimulatedHypervisor
from xenports.xenstore import XenstoreError

from broker import connect
from squeezed import record
from squeezed.frontend import Frontend
from squeezed.host import Observer, concerns
from squeezed.journal import Journal
from squeezed.settings import Settings
from squeezed.squeezer import Squeezer

log = logging.getLogger(__name__)

# How long Xen or xenstore may be away; their daemons come back.
AGAIN_S = 1.0
WAIT_S = 5.0
SIGN_EVERY_S = 2.0
# Turns that no client asked for come no more often than this, however often guests write.
BETWEEN_TURNS_S = 0.02


def hypervisor_of(config: Settings, store: Store) -> Hypervisor:
    if config.xen_socket is not None:
        return SimulatedHypervisor(config.xen_socket)
    # The bindings exist only where they were built against this Xen.
    from xenports.libxen.hypervisor import LibxenHypervisor

    return LibxenHypervisor(store)


class Due:
    """When the next turn is due: when the host has changed, or at once when a client asks."""

    def __init__(self) -> None:
        self._due = threading.Event()
        self._asked = threading.Event()

    def change(self) -> None:
        self._due.set()

    def ask(self) -> None:
        self._asked.set()
        self._due.set()

    def wait(self, timeout_s: float | None) -> None:
        """Wait until a turn is due, or for this long."""
        self._due.wait(timeout_s)
        self._asked.clear()
        self._due.clear()

    def rest(self) -> None:
        """Let a few changes gather, unless a client asks."""
        self._asked.wait(BETWEEN_TURNS_S)


def turns(squeezer: Squeezer, due: Due, stop: threading.Event) -> None:
    """Take a turn whenever one is due, until the end."""
    at: float | None = squeezer.clock()
    while not stop.is_set():
        due.wait(None if at is None else max(at - squeezer.clock(), BETWEEN_TURNS_S))
        try:
            at = squeezer.turn()
        except (HypervisorError, XenstoreError) as error:
            log.error("the host's memory cannot be seen: %s", error)
            at = squeezer.clock() + AGAIN_S
        except sqlite3.OperationalError as error:
            log.error("what is reserved cannot be written: %s", error)
            at = squeezer.clock() + AGAIN_S
        due.rest()


def follow(hypervisor: Hypervisor, due: Due, stop: threading.Event) -> None:
    """Ask for a turn when domains come, go or change."""
    seen = 0
    while not stop.is_set():
        try:
            now = hypervisor.wait(seen, WAIT_S)
        except HypervisorError:
            stop.wait(AGAIN_S)
            continue
        if now != seen:
            seen = now
            due.change()


def run(config: Settings, stop: Stop) -> None:
    due = Due()
    store = Store(config.xenstore_socket)
    hypervisor = hypervisor_of(config, store)
    squeezer = Squeezer(
        observer=Observer(hypervisor, store, config.reserve_kib),
        journal=Journal(config.state_dir / "reservations.db"),
        clock=time.monotonic,
        wake=due.ask,
        record=record.log,
    )
    store.on_change("/local/domain", lambda path: due.change() if concerns(path) else None)
    for loop in (
        threading.Thread(target=turns, args=(squeezer, due, stop), name="turns", daemon=True),
        threading.Thread(target=follow, args=(hypervisor, due, stop), name="domains", daemon=True),
    ):
        loop.start()
    connection = connect(config.broker_settings())
    frontend = Frontend(squeezer, hypervisor, config.service)
    # One thread, so that a request is read before its withdrawal.
    frontend.serve(connection, SQUEEZED.queue, threads=1)
    attend(stop, connection, config.alive_file, every_s=SIGN_EVERY_S)


if __name__ == "__main__":
    main("squeezed", __doc__, Settings, run)
