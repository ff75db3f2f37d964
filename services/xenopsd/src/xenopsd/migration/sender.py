"""The source's side of a migration."""

import logging
import socket
import sqlite3
import ssl
import threading
import time
from contextlib import closing, suppress
from functools import partial
from typing import Any

from daemon.door import Where, connect, read_line, stream_of, write_line
from daemon.runner import Runner
from daemon.tasks import RunningTask
from xenops.errors import XenopsError
from xenops.extensions import MigrationMemory
from xenops.migration import facts_of
from xenops.types import Metadata
from xenports.hypervisor import PAGE_KIB, SUSPEND, SaveProgress

from xenopsd import operations
from xenopsd.atomics import VmClean
from xenopsd.host import Host
from xenopsd.migration.settling import or_later
from xenopsd.migration.states import (
    ABORTED,
    COMMITTED,
    COMPLETED,
    IN_DOUBT,
    OFFERED,
    SENDING,
    SENT,
)
from xenopsd.migration.wire import OUTCOME, STREAM, expect, failed

log = logging.getLogger(__name__)

ASK_AGAIN_S = 1.0
DOOR_AWAY_MAX_S, TRY_AGAIN_S = 10.0, 0.2


class Sender:
    """Carries each migration from this host to its end."""

    def __init__(self, host: Host, runner: Runner[Host], stopped: threading.Event) -> None:
        self._host = host
        self._runner = runner
        self._stopped = stopped
        self._unsettled: dict[str, str] = {}

    def offer(self, id_: str, vm: str) -> MigrationMemory:
        """Keep the guest at its size until the migration has ended; returns the size."""
        if self._host.journal.migration(id_) is None:
            self._host.journal.set_migration(id_, vm, "source", OFFERED, {})
        size = self._host.domains.hold(vm)
        pages = size.minimum_kib
        return MigrationMemory(pages_kib=pages, target_kib=pages - size.offset_kib)

    def withdraw(self, id_: str) -> None:
        """End an offered migration that does not take place."""
        known = self._host.journal.migration(id_)
        if known is not None and self._host.journal.advance(id_, (OFFERED,), ABORTED):
            self._host.domains.let_go(known["vm"])

    def migrate(self, task: RunningTask, metadata: Metadata, url: str) -> None:
        """Move a running VM; if this raises XenopsError, the guest has not left."""
        asked = facts_of(url)
        vm, id_ = metadata.vm.id, asked["migration"]
        epoch = self._host.journal.epoch(vm)
        facts = {**asked, "epoch": epoch}
        failure: Exception = failed("xenopsd was restarted in the middle of it")
        if self._state(id_) != IN_DOUBT:
            self._host.journal.set_migration(id_, vm, "source", SENDING, facts)
            try:
                self._stream(task, metadata, id_, facts)
            except Exception as error:
                log.warning("migration %s of VM %s did not end well: %s", id_, vm, error)
                failure = error
        self._unsettled[vm] = id_
        self._decide(id_)
        or_later(self.settle_again, vm)
        if self._state(id_) == ABORTED:
            raise _why(task, failure) from failure

    def is_in_doubt(self, vm: str) -> bool:
        """Whether it is not known here if a VM has left."""
        return vm in self._unsettled and self._state(self._unsettled[vm]) == IN_DOUBT

    def settle_doubt(self, vm: str) -> None:
        """Settle whether a VM has left, if that is in doubt; raises XenopsError if it stays so."""
        if self.is_in_doubt(vm):
            self.settle_again(vm)

    def unsettled(self) -> list[str]:
        """The VMs whose migration from this host is not carried out to its end."""
        return list(self._unsettled)

    def settle_again(self, vm: str) -> None:
        """Let a VM's guest go on here or remove its domain, as was decided."""
        id_ = self._unsettled.get(vm)
        if id_ is None:
            return
        if self._state(id_) == IN_DOUBT and not self._is_decided(id_):
            raise XenopsError("Failed_to_contact_remote_service", f"migration {id_} is in doubt")
        if self._state(id_) == ABORTED:
            self._stay(vm)
        else:
            self._leave(id_, vm)
        self._unsettled.pop(vm, None)

    def _state(self, id_: str) -> str:
        known = self._host.journal.migration(id_)
        return str(known["state"]) if known else ABORTED

    def _stream(
        self, task: RunningTask, metadata: Metadata, id_: str, facts: dict[str, Any]
    ) -> None:
        began = time.monotonic()
        stopped_at = began

        def suspended() -> None:
            nonlocal stopped_at
            stopped_at, stopped = time.monotonic(), time.perf_counter()
            self._runner.show("guest suspended", task, metadata.vm.id, round_began)
            hand_over = operations.hand_over(metadata)
            self._runner.run(hand_over, RunningTask(id_, "migration"), metadata.vm.id)
            self._runner.show("disks handed over", task, metadata.vm.id, stopped)

        pages = max(self._host.domains.hold(metadata.vm.id).minimum_kib // PAGE_KIB, 1)

        rounds, round_began = 0, time.perf_counter()

        def progress(done: SaveProgress) -> None:
            nonlocal rounds, round_began
            task.check_cancelled()
            task.progress(min(done.sent / pages, 1.0) * 0.95)
            if done.round > rounds:
                step = f"memory, round {done.round}: {done.sent} pages sent"
                self._runner.show(step, task, metadata.vm.id, round_began)
                rounds, round_began = done.round, time.perf_counter()
            task.facts["rounds"] = str(done.round + 1)
            task.facts["pages_sent"] = str(done.sent)

        task.enter(0.0, 1.0)
        live = self._host.domains.moves_live(metadata.vm.id)
        task.facts["live"] = str(live).lower()
        with closing(self._connected(task, facts)) as connection:
            task.at_cancel = partial(_hang_up, connection)
            stream = stream_of(connection)
            write_line(stream, {"migration": id_, "token": facts["token"], "ask": STREAM})
            expect(stream, "ready")
            self._host.domains.save_image(
                task,
                metadata.vm,
                stream,
                live=live,
                suspended=suspended,
                progress=progress,
                hardware=lambda: self._host.saved_hardware(metadata.vm.id),
            )
            expect(stream, "received")
            task.forbid_cancel()
            self._host.journal.advance(id_, (SENDING,), IN_DOUBT)
            write_line(stream, {"commit": True})
            expect(stream, "committed")
            self._host.journal.advance(id_, (IN_DOUBT,), SENT)
            expect(stream, "completed")
        now = time.monotonic()
        task.facts["downtime_s"] = f"{now - stopped_at:.3f}"
        task.facts["total_s"] = f"{now - began:.3f}"

    def _connected(self, task: RunningTask, facts: dict[str, Any]) -> ssl.SSLSocket:
        """Connect to the destination's door, waiting for one that is being restarted."""
        until = time.monotonic() + DOOR_AWAY_MAX_S
        while True:
            task.check_cancelled()
            try:
                return connect(_door_of(facts))
            except ConnectionRefusedError:
                if time.monotonic() > until or self._stopped.wait(TRY_AGAIN_S):
                    raise

    def _stay(self, vm: str) -> None:
        """Let the guest go on here, with its disks."""
        self._host.domains.let_go(vm)
        domain = self._host.domains.find(vm)
        if domain is None or domain.shutdown != SUSPEND or self._host.is_suspended(vm):
            return
        self._host.resume_in_place(self._host.journal.metadata(vm))

    def _leave(self, id_: str, vm: str) -> None:
        """Remove all that a guest that runs elsewhere left here, unless it runs here again."""
        domain = self._host.domains.find(vm)
        if self._host.journal.exists(vm) and (domain is None or domain.shutdown is not None):
            metadata = self._host.journal.metadata(vm)
            plan = (*operations.teardown(metadata), VmClean(metadata.vm))
            self._runner.run(plan, RunningTask(id_, "migration"), vm)
            with self._host.journal.together():
                self._host.journal.advance(id_, (SENT,), COMPLETED)
                self._host.journal.forget(vm)
        self._host.journal.advance(id_, (SENT,), COMPLETED)

    def recover(self) -> None:
        """After a restart: settle each migration; those in doubt are asked for later, in turn."""
        for known in self._host.journal.migrations():
            if known["role"] == "source" and known["state"] in (OFFERED, SENDING, IN_DOUBT, SENT):
                self._unsettled[known["vm"]] = known["id"]
                if known["state"] != IN_DOUBT:
                    self._decide(known["id"])
                    or_later(self.settle_again, known["vm"])

    def _decide(self, id_: str) -> None:
        """Wait until the journal says whether the guest has left; it stands still meanwhile."""
        while not self._can_decide(id_):
            if self._stopped.wait(ASK_AGAIN_S):
                # The operation stays without an end, so the next start asks again.
                raise SystemExit("a migration is in doubt")

    def _can_decide(self, id_: str) -> bool:
        """Like `_is_decided`; False too if the decision cannot be written now."""
        try:
            return self._is_decided(id_)
        except sqlite3.OperationalError as error:
            log.error("how migration %s ended cannot be written and is tried again: %s", id_, error)
            return False

    def _is_decided(self, id_: str) -> bool:
        """Whether the journal has the decision; while in doubt, ask the destination once."""
        self._host.journal.advance(id_, (OFFERED, SENDING), ABORTED)
        known = self._host.journal.migration(id_)
        if known is None or known["state"] != IN_DOUBT:
            return True
        vm, facts = known["vm"], known["facts"]
        answer = {} if self._is_given_up(vm, facts) else _ask_outcome(id_, facts)
        if answer is None:
            return False
        # The destination may have seen a newer epoch of the VM since.
        self._host.journal.see(vm, int(answer.get("epoch", 0)))
        if answer.get("outcome") in (COMMITTED, COMPLETED):
            self._host.journal.advance(id_, (IN_DOUBT,), SENT)
        elif self._is_given_up(vm, facts):
            self._give_up(id_, vm)
        else:
            self._host.journal.advance(id_, (IN_DOUBT,), ABORTED)
        return True

    def _is_given_up(self, vm: str, facts: dict[str, Any]) -> bool:
        return bool(self._host.journal.epoch(vm) > facts.get("epoch", 0))

    def _give_up(self, id_: str, vm: str) -> None:
        """Remove the guest here: it may have run elsewhere since, beyond its state here."""
        if self._host.journal.exists(vm):
            metadata = self._host.journal.metadata(vm)
            plan = (*operations.teardown(metadata), VmClean(metadata.vm))
            self._runner.run(plan, RunningTask(id_, "migration"), vm)
        self._host.journal.advance(id_, (IN_DOUBT,), ABORTED)


def _as_xenops(error: Exception) -> XenopsError:
    return error if isinstance(error, XenopsError) else failed(str(error))


def _door_of(facts: dict[str, Any]) -> Where:
    return Where(facts["host"], int(facts["port"]), facts["fingerprint"])


def _ask_outcome(id_: str, facts: dict[str, Any]) -> dict[str, Any] | None:
    """What the destination has decided; None if it cannot be asked."""
    try:
        with closing(connect(_door_of(facts))) as connection:
            stream = stream_of(connection)
            write_line(stream, {"migration": id_, "token": facts["token"], "ask": OUTCOME})
            return read_line(stream)
    except (OSError, ValueError) as error:
        log.warning("migration %s is in doubt, and asked for again: %s", id_, error)
        return None


def _hang_up(connection: socket.socket) -> None:
    """End a connection that another thread uses: to that thread its peer is gone."""
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _why(task: RunningTask, failure: Exception) -> XenopsError:
    """Why a migration failed: a cancelled one says so, though it only found its peer gone."""
    try:
        task.check_cancelled()
    except XenopsError as cancelled:
        return cancelled
    return _as_xenops(failure)
