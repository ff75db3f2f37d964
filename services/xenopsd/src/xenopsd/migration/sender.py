"""The source's side of a migration."""

import logging
import threading
import time
from contextlib import closing
from typing import Any

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
from xenopsd.migration.wire import (
    OUTCOME,
    STREAM,
    connect,
    expect,
    read_line,
    stream_of,
    write_line,
)

log = logging.getLogger(__name__)

ASK_AGAIN_S = 1.0


class Sender:
    """The source's side."""

    def __init__(self, host: Host, runner: Runner[Host], stopped: threading.Event) -> None:
        self._host = host
        self._runner = runner
        self._stopped = stopped
        self._unsettled: dict[str, str] = {}

    def offer(self, id_: str, vm: str) -> MigrationMemory:
        """Keep the guest at its size until the migration has ended; asked again, the same."""
        if self._host.journal.migration(id_) is None:
            self._host.journal.set_migration(id_, vm, "source", OFFERED, {})
        size = self._host.domains.hold(vm)
        pages = size.minimum_kib
        return MigrationMemory(pages_kib=pages, target_kib=pages - size.offset_kib)

    def withdraw(self, id_: str) -> None:
        """A migration that was offered does not take place."""
        known = self._host.journal.migration(id_)
        if known is not None and self._host.journal.advance(id_, (OFFERED,), ABORTED):
            self._host.domains.let_go(known["vm"])

    def migrate(self, task: RunningTask, metadata: Metadata, url: str) -> None:
        """Move a running VM; raises XenopsError, and then the guest goes on here."""
        facts = facts_of(url)
        vm, id_ = metadata.vm.id, facts["migration"]
        self._host.journal.set_migration(id_, vm, "source", SENDING, facts)
        try:
            self._stream(task, metadata, id_, facts)
        except Exception as error:
            log.warning("migration %s of VM %s did not end well: %s", id_, vm, error)
            self._decide(id_, facts)
            self._unsettled[vm] = id_
            or_later(self.settle_again, vm)
            if self._state(id_) == ABORTED:
                raise _as_xenops(error) from error
        else:
            self._unsettled[vm] = id_
            or_later(self.settle_again, vm)

    def _has_left(self, id_: str, facts: dict[str, Any]) -> bool:
        """Whether the guest is the destination's: where that is in doubt, it says so."""
        state = self._state(id_)
        return state == SENT or (state == IN_DOUBT and self._decided(id_, facts) == COMMITTED)

    def unsettled(self) -> list[str]:
        """The VMs whose migration from this host has not ended as it was decided."""
        return list(self._unsettled)

    def settle_again(self, vm: str) -> None:
        """Have a VM's guest go on here, or its domain go, as was decided."""
        id_ = self._unsettled.get(vm)
        if id_ is None:
            return
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
            stopped_at = time.monotonic()
            self._runner.show("guest suspended", task, metadata.vm.id, round_began)
            for vbd in metadata.vbds:
                self._host.devices.deactivate_disk(metadata.vm.id, vbd)

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
        with closing(connect(facts)) as connection:
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
            self._host.journal.advance(id_, (SENDING,), IN_DOUBT)
            write_line(stream, {"commit": True})
            expect(stream, "committed")
            self._host.journal.advance(id_, (IN_DOUBT,), SENT)
            expect(stream, "completed")
        now = time.monotonic()
        task.facts["downtime_s"] = f"{now - stopped_at:.3f}"
        task.facts["total_s"] = f"{now - began:.3f}"

    def _decided(self, id_: str, facts: dict[str, Any]) -> str:
        """What the destination decided: asked until it answers, the guest standing still."""
        while not self._stopped.is_set():
            try:
                with closing(connect(facts)) as connection:
                    stream = stream_of(connection)
                    asked = {"migration": id_, "token": facts["token"], "ask": OUTCOME}
                    write_line(stream, asked)
                    outcome = str(read_line(stream).get("outcome", ABORTED))
                    return COMMITTED if outcome in (COMMITTED, COMPLETED) else ABORTED
            except (OSError, ValueError) as error:
                log.warning("migration %s is in doubt, asking again: %s", id_, error)
                self._stopped.wait(ASK_AGAIN_S)
        # The operation has no end: the next start finds it so and asks again.
        raise SystemExit("a migration is in doubt")

    def _stay(self, vm: str) -> None:
        """The guest goes on here, with its disks."""
        self._host.domains.let_go(vm)
        domain = self._host.domains.find(vm)
        if domain is None or domain.shutdown != SUSPEND or self._host.is_suspended(vm):
            return
        self._host.resume_in_place(self._host.journal.metadata(vm))

    def _leave(self, id_: str, vm: str) -> None:
        """The guest runs elsewhere: nothing of it stays. One that lives here has come back."""
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
        """After a restart: what was not in doubt stays; what was is asked for and obeyed."""
        for known in self._host.journal.migrations():
            if known["role"] == "source" and known["state"] in (OFFERED, SENDING, IN_DOUBT, SENT):
                self._decide(known["id"], known["facts"])
                self._unsettled[known["vm"]] = known["id"]
                or_later(self.settle_again, known["vm"])

    def _decide(self, id_: str, facts: dict[str, Any]) -> None:
        """Have it in the journal whether the guest has left."""
        if self._has_left(id_, facts):
            self._host.journal.advance(id_, (IN_DOUBT,), SENT)
        else:
            self._host.journal.advance(id_, (OFFERED, SENDING, IN_DOUBT), ABORTED)


def _as_xenops(error: Exception) -> XenopsError:
    if isinstance(error, XenopsError):
        return error
    return XenopsError("Failed_to_contact_remote_service", str(error))
