"""What VMs of this host do with disks: attach, activate, and back; and snapshots meanwhile.

Effects come first and are noted afterwards, so after a crash a step is taken twice rather than
never: each one may be repeated. What a VM holds on an SR is released when its engine has ended.
"""

import base64
import logging
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from xenops.storage import (
    Backend,
    DpStat,
    DpState,
    Implementation,
    Nbd,
    RoRw,
    StorageError,
    VdiInfo,
    XenDisk,
)

from storage.datapaths.journal import Datapaths, Use
from storage.datapaths.locks import Locks
from storage.datapaths.states import Step, superstate, taken
from storage.drivers.driver import AttachedSR
from storage.engine.errors import EngineError, EngineGone
from storage.errors import BackendError
from storage.layers import Chain, Layer

log = logging.getLogger(__name__)

IN_USE, UNIMPLEMENTED, UNAVAILABLE, MISSING, UNTOLD = 24, 38, 46, 144, 460
KEPT_FOR = "warren-kept-for"
"""In the sm_config of a snapshot that keeps how a disk was before its VM started: which disk."""
NAMES = uuid.UUID("2d9c4c57-2c0e-5a3f-8f0b-64f0c1a3a6b1")
"""The space of the uuids of such snapshots."""
LOST = "its storage engine has ended; what the guest had not flushed is lost"


class OpenDisk(Protocol):
    """What an engine has open for a disk: layers by their uuids, the base first."""

    @property
    def layers(self) -> tuple[str, ...]: ...


class Engine(Protocol):
    """One VM's engine; calls raise EngineError, or EngineGone once its process has ended."""

    @property
    def lives(self) -> bool: ...
    def open(self, disk: str, chain: Chain, *, writable: bool) -> None: ...
    def export(self, disk: str, *, writable: bool) -> object: ...
    def close(self, disk: str) -> None: ...
    def disks(self) -> Mapping[str, OpenDisk]: ...
    def snapshot(self, leaves: Mapping[str, Layer]) -> None: ...
    def commit(
        self, disk: str, top: Layer, base: Layer, progress: Callable[[float], None]
    ) -> None: ...


class Engines(Protocol):
    """The engines of this host, those from before a restart included.

    One that has ended by itself is kept until it is stopped.
    """

    def of(self, vm: str) -> Engine | None: ...
    def ensure(self, vm: str) -> Engine: ...
    def all(self) -> Mapping[str, Engine]: ...
    def stop(self, vm: str) -> None: ...
    def socket(self, vm: str) -> Path:
        """Where the disks of a VM are or will be exported, by their names."""
        ...


class Paths:
    """The uses of disks on one host; threads share it.

    ``sr`` finds an attached SR, and ``changed`` is called when a VM has lost a disk, or has given a
    lost one back.
    """

    def __init__(
        self,
        journal: Datapaths,
        engines: Engines,
        host: str,
        sr: Callable[[str], AttachedSR],
        changed: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._engines = engines
        self._host = host
        self._sr = sr
        self._changed = changed
        self.locks = Locks()
        self._opening: list[str] = []
        """The VMs whose disks are held already, but not open yet."""

    # --- steps of one use -------------------------------------------------------------------

    def attach(self, use: Use, dp: str, *, writable: bool) -> Backend:
        """Have a disk ready for a VM; nothing is opened yet."""
        with self.locks.of((use.sr, use.vdi)):
            states = self._journal.of(use)
            now = taken(states, dp, Step.ATTACH_RW if writable else Step.ATTACH_RO)
            if not states:
                disk = self._sr(use.sr).volume(use.vdi)
                if writable and disk.read_only:
                    raise BackendError(UNAVAILABLE, f"VDI {use.vdi} can only be read")
            if now != states:
                self._journal.set(use, now)
            return self._way(use)

    def activate(self, use: Use, dp: str, *, read_only: bool = False) -> None:
        """Open a disk, so that the VM can read and write it, and nobody else write it."""
        with self.locks.of((use.sr, use.vdi)):
            lost = self._journal.pulled().get(use)
            if lost is not None:
                raise BackendError(
                    UNAVAILABLE,
                    f"VM {use.vm} has lost VDI {use.vdi}: {lost}; shut the VM down by force, and"
                    " start it again",
                )
            states = self._journal.of(use)
            now = taken(states, dp, Step.ACTIVATE_RO if read_only else Step.ACTIVATE)
            before, then = superstate(states.values()), superstate(now.values())
            if before != then:
                self._open(use, writable=then.value is RoRw.RW)
            if now != states:
                self._journal.set(use, now)

    def _open(self, use: Use, *, writable: bool) -> None:
        sr = self._sr(use.sr)
        self._opening.append(use.vm)
        try:
            sr.hold(use.vdi, self._host, use.vm, writable=writable)
            chain = sr.chain(use.vdi)
            engine = self._engines.ensure(use.vm)
            engine.open(use.disk, chain, writable=writable)
            engine.export(use.disk, writable=writable)
        except Exception:
            self._try("closed", use, lambda: self._close(use))
            raise
        finally:
            self._opening.remove(use.vm)

    def deactivate(self, use: Use, dp: str) -> None:
        """Flush a disk, close it, and give it back; nothing to do if it is not active."""
        with self.locks.of((use.sr, use.vdi)):
            states = self._journal.of(use)
            now = taken(states, dp, Step.DEACTIVATE)
            active = any(state.tag == "Activated" for state in now.values())
            if now != states and not active:
                self._close(use)
            if now != states:
                self._journal.set(use, now)

    def detach(self, use: Use, dp: str) -> None:
        """Forget a use, which is not active; nothing to do if there is none."""
        with self.locks.of((use.sr, use.vdi)):
            states = self._journal.of(use)
            if dp not in states:
                return
            now = taken(states, dp, Step.DETACH)
            if not now:
                # A step before a crash may have opened it without a note.
                self._close(use)
            was_lost = use in self._journal.pulled()
            self._journal.set(use, now)
        self._stop_unused(use.vm)
        if was_lost:
            self._changed()

    def destroy(self, use: Use, dp: str, *, allow_leak: bool) -> None:
        """Deactivate and detach; with ``allow_leak`` what fails is left to the next attempt."""
        try:
            self.deactivate(use, dp)
            self.detach(use, dp)
        except (StorageError, BackendError, EngineError) as error:
            if not allow_leak:
                raise
            log.warning("datapath %s of VDI %s is left over: %s", dp, use.vdi, error)

    def _close(self, use: Use) -> None:
        engine = self._engines.of(use.vm)
        if engine is not None:
            try:
                engine.close(use.disk)
            except EngineGone as error:
                log.error("VM %s, VDI %s: %s", use.vm, use.vdi, error)
        self._sr(use.sr).release(use.vdi, self._host, use.vm)

    def _stop_unused(self, vm: str) -> None:
        """Stop a VM's engine once no disk is attached for the VM."""
        if not any(use.vm == vm for use in self._journal.all()):
            self._engines.stop(vm)

    def _way(self, use: Use) -> Backend:
        uri = f"nbd:unix:{self._engines.socket(use.vm)}:exportname={use.disk}"
        return Backend(
            implementations=[
                Implementation("XenDisk", XenDisk(params=uri, extra={}, backend_type="qdisk")),
                Implementation("Nbd", Nbd(uri=uri)),
            ]
        )

    # --- questions --------------------------------------------------------------------------

    def info(self, use: Use, dp: str) -> Backend:
        """How a VM reaches a disk that it has attached."""
        if dp not in self._journal.of(use):
            raise StorageError("Does_not_exist", ("datapath", dp))
        return self._way(use)

    def stat(self, sr: str, vdi: str) -> DpStat:
        found = [
            uses for use, uses in self._journal.all().items() if (use.sr, use.vdi) == (sr, vdi)
        ]
        dps = {dp: state for uses in found for dp, state in uses.items()}
        return DpStat(superstate=superstate(dps.values()), dps=dps)

    def differing(self, one: Use, other: Use) -> bytes | None:
        """A bit for each block in which two disks may differ; None if their SR does not know."""
        if one.sr != other.sr:
            return None
        try:
            return base64.b64decode(self._sr(one.sr).differing(one.vdi, other.vdi))
        except BackendError as error:
            if error.number not in (UNIMPLEMENTED, UNTOLD):
                raise
            return None

    def uses(self, sr: str, vdi: str | None = None) -> dict[Use, dict[str, DpState]]:
        """The uses of an SR's disks, or of one of them."""
        return {
            use: states
            for use, states in self._journal.all().items()
            if use.sr == sr and vdi in (None, use.vdi)
        }

    def named(self, dp: str) -> list[Use]:
        """The disks that a datapath of this name is of."""
        return [use for use, states in self._journal.all().items() if dp in states]

    def active(self, sr: str, vdi: str | None = None) -> list[Use]:
        """The uses that are active, of all disks of an SR or of one."""
        return [
            use
            for use, states in self.uses(sr, vdi).items()
            if superstate(states.values()).tag == "Activated"
        ]

    def pulled(self) -> dict[Use, str]:
        return self._journal.pulled()

    # --- disks that forget ------------------------------------------------------------------

    def epoch_begin(self, operation: str, sr: str, vdi: str, *, persistent: bool) -> None:
        """A VM starts: a disk that is not persistent forgets what the last run wrote."""
        with self.locks.of((sr, vdi)):
            self.require_inactive(sr, vdi, "reset")
            if persistent:
                self._reset(operation, sr, vdi, for_good=True)
            elif not self._reset(operation, sr, vdi, for_good=False):
                kept = _kept(sr, vdi)
                wanted = VdiInfo(vdi=vdi, uuid=kept, name_label="", sm_config={KEPT_FOR: vdi})
                self._sr(sr).snapshot(f"{operation}/keep", vdi, wanted)

    def epoch_end(self, operation: str, sr: str, vdi: str) -> None:
        """A VM has ended."""
        with self.locks.of((sr, vdi)):
            self.require_inactive(sr, vdi, "reset")
            self._reset(operation, sr, vdi, for_good=True)

    def _reset(self, operation: str, sr: str, vdi: str, *, for_good: bool) -> bool:
        """Have a disk forget what was written since it was kept; False if it was not kept.

        Unless ``for_good``, it goes on to be kept as it was.
        """
        disks, kept = self._sr(sr), _kept(sr, vdi)
        try:
            disks.volume(kept)
        except BackendError as error:
            if error.number != MISSING:
                raise
            return False
        disks.revert(f"{operation}/reset", vdi, kept)
        if for_good:
            disks.destroy(f"{operation}/drop", kept)
        return True

    def destroy_disk(self, operation: str, sr: str, vdi: str) -> None:
        """Destroy a disk that no VM of this host has active, and what was kept for it."""
        with self.locks.of((sr, vdi)):
            self.require_inactive(sr, vdi, "destroy it")
            disks = self._sr(sr)
            disks.destroy(operation, vdi)
            disks.destroy(f"{operation}/kept", _kept(sr, vdi))

    def require_inactive(self, sr: str, vdi: str, what: str) -> None:
        """Raises BackendError if a VM of this host has the disk active."""
        for use in self.active(sr, vdi):
            text = (
                f"VDI {vdi} is in use by VM {use.vm}: shut it down, or unplug the disk, to {what}"
            )
            raise BackendError(IN_USE, text)

    # --- active disks -----------------------------------------------------------------------

    def snapshot(self, operation: str, disks: Sequence[tuple[str, VdiInfo]]) -> list[VdiInfo]:
        """Snapshot disks at one instant, those of one VM that are active included.

        Each comes with its SR, and says the disk (``vdi``) and the snapshot's ``uuid``. If one
        fails, none is left.
        """
        made: list[tuple[str, VdiInfo]] = []
        with self.locks.of(*((sr, wanted.vdi) for sr, wanted in disks)):
            try:
                for number, (sr, wanted) in enumerate(disks):
                    on = self._sr(sr)
                    snapshot = on.snapshot(f"{operation}/{number}", wanted.vdi, wanted)
                    made.append((sr, on.volume(snapshot.vdi)))
                self._follow((sr, wanted.vdi) for sr, wanted in disks)
            except (StorageError, BackendError, EngineError):
                for sr, snapshot in made:
                    self._undo(f"{operation}/undo", sr, snapshot.vdi)
                raise
        return [snapshot for _, snapshot in made]

    def clone(self, operation: str, sr: str, wanted: VdiInfo) -> VdiInfo:
        """Clone the disk ``wanted.vdi``, which may be active, as ``wanted.uuid``."""
        with self.locks.of((sr, wanted.vdi)):
            made = self._sr(sr).clone(operation, wanted.vdi, wanted)
            try:
                self._follow([(sr, wanted.vdi)])
            except (StorageError, BackendError, EngineError):
                self._undo(f"{operation}/undo", sr, made.vdi)
                raise
        return made

    def _undo(self, operation: str, sr: str, vdi: str) -> None:
        """Destroy a disk that was just made of another one.

        The other one has a new leaf, to which its engine goes over later: it is empty, so the
        contents are right meanwhile.
        """
        try:
            self._sr(sr).destroy(f"{operation}/{vdi}", vdi)
        except (StorageError, BackendError) as error:
            log.error("VDI %s is left over on SR %s: %s", vdi, sr, error)

    def _follow(self, vdis: Iterable[tuple[str, str]]) -> None:
        """Have the engine of each active disk go over to the disk's present leaf, all at once.

        All disks of a VM change in one instant. The caller holds the locks of the disks.
        """
        behind: dict[str, dict[str, list[Layer]]] = {}
        for sr, vdi in vdis:
            for use in self.active(sr, vdi):
                opened = self._engine(use).disks().get(use.disk)
                if opened is None:  # a daemon died after it was closed, before that was noted
                    continue
                has = opened.layers
                wants = [layer for layer in self._sr(sr).chain(vdi) if layer.node not in has]
                if wants:
                    behind.setdefault(use.vm, {})[use.disk] = wants
        for vm, disks in behind.items():
            while disks:
                self._engines.ensure(vm).snapshot({disk: new[0] for disk, new in disks.items()})
                disks = {disk: new[1:] for disk, new in disks.items() if new[1:]}

    def catch_up(self, sr: str) -> None:
        """Have the engines of an SR's active disks go over to leaves that a daemon died before."""
        disks = {(use.sr, use.vdi) for use in self.active(sr) if self._lives(use.vm)}
        with self.locks.of(*disks):
            self._follow(disks)

    def _engine(self, use: Use) -> Engine:
        engine = self._engines.of(use.vm)
        if engine is None or not engine.lives:
            raise EngineGone(f"the engine of VM {use.vm}, which has VDI {use.vdi}, has ended")
        return engine

    def resize(self, operation: str, sr: str, vdi: str, size: int) -> VdiInfo:
        """Make a disk larger.

        An active one is refused: its guest would be cut off, as its way to the disk keeps its size.
        """
        with self.locks.of((sr, vdi)):
            self.require_inactive(sr, vdi, "make it larger")
            return self._sr(sr).resize(operation, vdi, size)

    # --- engines that end -------------------------------------------------------------------

    def look(self) -> None:
        """Look for engines that have ended, and take their disks from their VMs."""
        for use, states in self._journal.all().items():
            if superstate(states.values()).tag == "Activated" and not self._lives(use.vm):
                self._pull(use)

    def _lives(self, vm: str) -> bool:
        engine = self._engines.of(vm)
        return engine is not None and engine.lives

    def _pull(self, use: Use) -> None:
        with self.locks.of((use.sr, use.vdi)):
            if self._lives(use.vm) or use not in self.active(use.sr, use.vdi):
                return
            log.error("VM %s has lost VDI %s: %s", use.vm, use.vdi, LOST)
            self._journal.pull(use, LOST)
            # If the SR does not answer now, it is released when the SR is attached anew.
            self._try("released", use, lambda: self._close(use))
        self._changed()

    def _try(self, what: str, use: Use, deed: Callable[[], None]) -> None:
        try:
            deed()
        except (StorageError, BackendError, EngineError) as error:
            log.error("VDI %s is not %s for VM %s: %s", use.vdi, what, use.vm, error)

    def take_up(self, sr: str, disks: AttachedSR) -> None:
        """Release what VMs without an engine have held on an SR, which has just been attached."""
        living = {vm for vm in self._engines.all() if self._lives(vm)} | set(self._opening)
        if not living:
            disks.release_host(self._host, None)
            return
        for vm in {use.vm for use in self.uses(sr)} - living:
            disks.release_host(self._host, vm)


def _kept(sr: str, vdi: str) -> str:
    """The snapshot that keeps how a disk was before its VM started."""
    return str(uuid.uuid5(NAMES, f"{sr}/{vdi}"))
