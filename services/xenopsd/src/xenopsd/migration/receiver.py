"""The destination's side of a migration."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

from daemon.door import Doorway, is_token, read_line, write_line
from daemon.runner import Runner
from daemon.tasks import RunningTask
from xenops.codec import decode, encode
from xenops.errors import XenopsError, internal_error, overtaken
from xenops.extensions import MigrationEndpoint, MigrationMemory, MigrationStatus, Place
from xenops.types import Disk, Metadata

from xenopsd import operations
from xenopsd.atomics import VmCreate, VmSurvive, VmUnpause
from xenopsd.backend.domains import Size
from xenopsd.host import Host
from xenopsd.migration.settling import or_later
from xenopsd.migration.states import (
    ABORTED,
    COMMITTED,
    COMPLETED,
    INTERRUPTED,
    PREPARED,
    RECEIVING,
)
from xenopsd.migration.wire import OUTCOME, failed, try_line
from xenopsd.operations import Plan

log = logging.getLogger(__name__)

# Less than a source waits for a silent destination.
COMPLETION_MAX_S = 60.0


class Receiver:
    """Carries each migration to this host to its end; sources come by ``doorway``."""

    def __init__(
        self,
        host: Host,
        runner: Runner[Host],
        doorway: Doorway,
        changed: Callable[[str], None],
    ) -> None:
        self._host = host
        self._runner = runner
        self._doorway = doorway
        self._changed = changed
        self._unsettled: dict[str, str] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._completed = threading.Condition()

    def prepare(
        self, id_: str, metadata: Metadata, memory: MigrationMemory, place: Place | None = None
    ) -> MigrationEndpoint:
        """Make the domain that will receive the memory; a repeated call gets the same answer.

        Raises XenopsError: Cancelled if the pool has given the VM a newer epoch since.
        """
        with self._turns.setdefault(metadata.vm.id, threading.Lock()):
            return self._prepare(id_, metadata, memory, place)

    def _prepare(
        self, id_: str, metadata: Metadata, memory: MigrationMemory, place: Place | None
    ) -> MigrationEndpoint:
        epoch = 0 if place is None else place.epoch
        if not self._host.journal.see(metadata.vm.id, epoch):
            seen = self._host.journal.epoch(metadata.vm.id)
            raise overtaken(id_, metadata.vm.id, epoch, seen)
        known = self._host.journal.migration(id_)
        if known is not None and known["state"] != INTERRUPTED:
            if known["state"] == ABORTED:
                raise _aborted(id_)
            return self._endpoint(known["facts"])
        vm = metadata.vm.id
        self.clear(vm)
        if self._host.domains.find(vm) is not None:
            raise XenopsError("Already_exists", ("domain", vm))
        self._doorway.where()
        disks = [vbd.backend for vbd in metadata.vbds if vbd.backend is not None]
        facts = {"token": self._doorway.token(), "disks": encode(list[Disk], disks)}
        with self._host.journal.together():
            self._host.journal.set_migration(id_, vm, "destination", PREPARED, facts)
            self._host.journal.set_metadata(metadata)
            self._host.set_suspended(vm, False)
            if place is not None:
                self._host.domains.mark(vm, None, place.pool)
        create = VmCreate(metadata.vm, size=Size.exactly(memory.pages_kib, memory.target_kib))
        try:
            plan = (create, *operations.attach(metadata))
            self._runner.run(plan, RunningTask(id_, "migration"), vm)
            if self.status(id_) is MigrationStatus.Aborted:
                raise _aborted(id_)
        except Exception:
            or_later(self.abort, id_)
            raise
        return self._endpoint(facts)

    def _endpoint(self, facts: dict[str, Any]) -> MigrationEndpoint:
        where = self._doorway.where()
        return MigrationEndpoint(
            host=where.host,
            port=where.port,
            token=facts["token"],
            fingerprint=where.fingerprint,
        )

    def abort(self, id_: str) -> None:
        """Remove the copy, unless the migration has been committed, or this is the source.

        From then on the host knows nothing of the VM. If it does when this is called again, the VM
        has come here since, and stays.
        """
        self._host.journal.advance(id_, (INTERRUPTED,), ABORTED)
        known = self._host.journal.migration(id_)
        if known is None or known["role"] != "destination":
            return
        vm = known["vm"]
        if known["state"] in (PREPARED, RECEIVING, ABORTED):
            self._unsettled[id_] = vm
        with self._host.journal.together():
            if self._host.journal.advance(id_, (PREPARED, RECEIVING), ABORTED):
                self._host.domains.release(vm)
                self._host.journal.forget(vm)
        if self.status(id_) is MigrationStatus.Aborted and not self._host.journal.exists(vm):
            self._host.domains.destroy(vm)
            self._host.domains.clean(vm)
            for disk in decode(list[Disk], known["facts"].get("disks", [])):
                self._host.devices.detach_disk(vm, disk)
            self._host.journal.drop_fact(id_, "disks")
        if self.status(id_) is not MigrationStatus.Committed:
            self._unsettled.pop(id_, None)

    def clear(self, vm: str) -> None:
        """Remove the copies of a VM whose migrations ended without word of it getting here."""
        for id_ in self._host.journal.arrivals(vm):
            self.abort(id_)

    def status(self, id_: str) -> MigrationStatus:
        known = self._host.journal.migration(id_)
        if known is None or known["role"] != "destination":
            return MigrationStatus.Unknown
        if known["state"] == INTERRUPTED:
            return MigrationStatus.Aborted
        return MigrationStatus(known["state"])

    def recover(self) -> None:
        """After a restart: abort what was not committed, complete what was."""
        here = [one for one in self._host.journal.migrations() if one["role"] == "destination"]
        for known in here:
            if known["state"] == PREPARED:
                or_later(self._interrupt, known["id"])
            elif known["state"] in (RECEIVING, ABORTED):
                or_later(self.abort, known["id"])
        for known in here:
            if known["state"] == COMMITTED:
                self._unsettled[known["id"]] = known["vm"]
                or_later(self.settle_again, known["vm"])

    def _interrupt(self, id_: str) -> None:
        """Remove the copy; whoever still waits for it to be prepared has it prepared anew."""
        self.abort(id_)
        self._host.journal.advance(id_, (ABORTED,), INTERRUPTED)

    def unsettled(self) -> list[str]:
        """The VMs whose migration to this host is decided, but not carried out to its end."""
        return list(self._unsettled.values())

    def settle_again(self, vm: str) -> None:
        """Abort a VM's uncommitted migrations, and complete a committed one."""
        for id_ in [id_ for id_, whose in self._unsettled.items() if whose == vm]:
            self.abort(id_)
            if self.status(id_) is MigrationStatus.Committed:
                self._complete(id_, vm)
            self._unsettled.pop(id_, None)

    def converse(self, asked: dict[str, Any], stream: BinaryIO) -> None:
        """Be the destination of a source that has come by the doorway."""
        known = self._host.journal.migration(str(asked.get("migration")))
        if (
            known is None
            or known["role"] != "destination"
            or not is_token(known["facts"]["token"], asked.get("token"))
        ):
            write_line(stream, {"error": "there is no such migration"})
        elif asked.get("ask") == OUTCOME:
            outcome = self._outcome(known["id"])
            epoch = self._host.journal.epoch(known["vm"])
            write_line(stream, {"outcome": outcome, "epoch": epoch})
        else:
            self._receive(known, stream)

    def _outcome(self, id_: str) -> str:
        """The answer to a source in doubt; the question aborts an uncommitted migration."""
        self.abort(id_)
        return self.status(id_).value

    def _receive(self, known: dict[str, Any], stream: BinaryIO) -> None:
        id_, vm = known["id"], known["vm"]
        if not self._host.journal.advance(id_, (PREPARED,), RECEIVING):
            write_line(stream, {"error": f"migration {id_} is {known['state']}"})
            return
        task, began = RunningTask(id_, "migration"), time.perf_counter()
        try:
            write_line(stream, {"ready": True})
            hardware = self._host.domains.restore_image(self._host.journal.metadata(vm).vm, stream)
            self._host.keep_hardware(vm, hardware)
            self._runner.show("memory received", task, vm, began)
            write_line(stream, {"received": True})
            if not read_line(stream).get("commit"):
                raise internal_error("the source did not commit")
            if not self._host.journal.advance(id_, (RECEIVING,), COMMITTED):
                raise failed("the migration was aborted before its commit")
        except Exception as error:  # whatever failed, the guest goes on at the source
            log.warning("migration %s of VM %s failed before its commit: %s", id_, vm, error)
            self._unsettled[id_] = vm
            or_later(self.settle_again, vm)
            try_line(stream, {"error": str(error)})
            return
        self._runner.show("committed: the guest runs here", task, vm, began)
        try_line(stream, {"committed": True})
        try:
            self._complete(id_, vm)
        except Exception as error:
            log.exception("migration %s of VM %s is to be completed again", id_, vm)
            self._unsettled[id_] = vm
            or_later(self._changed, vm)
            # A disk that is full now has room again soon: then the client finds its guest running.
            with self._completed:
                if not self._completed.wait_for(lambda: self._is_over(id_), COMPLETION_MAX_S):
                    try_line(stream, {"error": str(error)})
                    return
        try_line(stream, {"completed": True})

    def _is_over(self, id_: str) -> bool:
        return self.status(id_) is not MigrationStatus.Committed

    def _complete(self, id_: str, vm: str) -> None:
        """After the commit, connect the devices and let the guest run; may be repeated.

        If the VM was stopped meanwhile, there is nothing left to do.
        """
        if self._host.journal.exists(vm) and self._host.domains.find(vm) is not None:
            metadata = self._host.journal.metadata(vm)
            plan = (*self._connection(metadata), VmUnpause(metadata.vm))
            self._runner.run(plan, RunningTask(id_, "migration"), vm)
        with self._completed:
            self._host.journal.advance(id_, (COMMITTED,), COMPLETED)
            self._completed.notify_all()
        self._changed(vm)

    def _connection(self, metadata: Metadata) -> Plan:
        """The plan that completes a domain which has its memory."""
        if self._host.domains.request(metadata.vm.id) is None:
            return ()
        return (*operations.connect(metadata), VmSurvive(metadata.vm))


def _aborted(id_: str) -> XenopsError:
    return XenopsError("Cancelled", id_, f"migration {id_} was aborted")
