"""The disks of a machine's guests that have bytes: those whose back ends name an NBD export."""

import logging
import secrets
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

import msgspec

from xenports.simulated import nbd
from xenports.simulated.disk import Disk
from xenports.simulated.machine import Machine, Refused
from xenports.simulated.marks import Ledger

log = logging.getLogger(__name__)

IDLE_S = 0.5
"""How often a guest that does not write by itself looks whether it is to."""


@dataclass
class Plug:
    """A disk that a guest is to have; ``device`` is the guest's name of it, ``disk`` the pool's."""

    domid: int
    device: str
    disk: str
    address: str
    writable: bool


@dataclass
class Ends:
    """What is done when a disk is ready, cannot be opened, was pulled, is held, or is closed."""

    ready: Callable[[], None]
    failed: Callable[[str], None]
    pulled: Callable[[str], None]
    held: Callable[[bool], None]
    """With False once the guest goes on."""
    closed: Callable[[], None]


@dataclass
class _Plugged:
    plug: Plug
    ends: Ends
    disk: Disk | None = None
    closing: bool = False
    held: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def ask(self, *, closing: bool = False, held: bool = False) -> None:
        """Say what is to become of the disk; one that is being closed is closed."""
        with self._changed:
            self.closing, self.held = self.closing or closing, held
            self._changed.notify_all()

    def wait(self, until: Callable[[], bool], timeout_s: float | None = None) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.closing or until(), timeout_s)


@dataclass
class Remembered:
    """What a guest knows of its disks, which goes where its memory goes."""

    writes_per_s: float
    ledgers: dict[str, Ledger]


class Disks:
    """Back ends and guests of NBD disks; each disk has a thread, as long as it is plugged.

    The ledgers stay when guests and disks go.
    """

    def __init__(
        self, machine: Machine, connect: Callable[[str], nbd.Client] = nbd.connect
    ) -> None:
        self._machine = machine
        self._connect = connect
        self._plugged: dict[str, _Plugged] = {}
        self._ledgers: dict[str, Ledger] = {}
        self._memory: dict[int, dict[str, Ledger]] = {}
        self._remembering = threading.Lock()

    # --- back ends --------------------------------------------------------------------------

    def plug(self, backend: str, plug: Plug, ends: Ends) -> None:
        """Open a disk, unless it is open; ``ends`` hears how that went."""
        if backend in self._plugged:
            return
        made = self._plugged[backend] = _Plugged(plug, ends)
        arguments = (backend, made)
        threading.Thread(target=self._live, args=arguments, name=plug.disk, daemon=True).start()

    def unplug(self, backend: str) -> bool:
        """Close a disk; False if there is none. ``ends`` hears when it is closed."""
        plugged = self._plugged.get(backend)
        if plugged is not None:
            plugged.ask(closing=True)
        return plugged is not None

    def hold(self, backend: str, held: bool) -> None:
        """Flush a disk and take leave of its server, or go on with it; ``ends`` hears of both.

        Meanwhile the guest waits for its disk, which may have grown when it goes on.
        """
        plugged = self._plugged.get(backend)
        if plugged is not None:
            plugged.ask(held=held)

    def remove(self, backend: str) -> None:
        """Close a disk whose back end is gone; it is no error if there is none.

        One whose server does not answer keeps nobody waiting, who plugs another one in its place.
        """
        plugged = self._plugged.pop(backend, None)
        if plugged is not None:
            plugged.ask(closing=True)

    def bury(self, domid: int) -> None:
        """Forget what a guest knew that is gone."""
        self._memory.pop(domid, None)

    def _live(self, backend: str, plugged: _Plugged) -> None:
        try:
            client = self._connect(plugged.plug.address)
            with self._remembering:
                disk = plugged.disk = self._opened(plugged.plug, client)
        except (nbd.NbdError, ValueError, Refused) as error:
            log.warning("%s cannot be opened: %s", plugged.plug.address, error)
            if self._gone(backend, plugged):
                plugged.ends.failed(str(error))
            return
        plugged.ends.ready()
        self._use(plugged, disk)
        plugged.wait(lambda: False)
        disk.close()
        if self._gone(backend, plugged):
            plugged.ends.closed()

    def _gone(self, backend: str, plugged: _Plugged) -> bool:
        """Drop a disk; False if its back end was removed before."""
        mine = self._plugged.get(backend) is plugged
        if mine:
            self._plugged.pop(backend, None)
        return mine

    def _use(self, plugged: _Plugged, disk: Disk) -> None:
        """Have the guest live with the disk until the disk is to be closed, or was pulled."""
        domid = plugged.plug.domid
        while not plugged.closing and not disk.pulled:
            if plugged.held:
                self._hold(plugged, disk)
            try:
                disk.live(lambda: self._runs(domid) and self._rate(domid) > 0)
            except nbd.NbdError as error:
                log.warning("%s of domain %d: %s", plugged.plug.device, domid, error)
            plugged.wait(lambda: plugged.held, self._pause_s(domid))
        if disk.pulled:
            plugged.ends.pulled(f"the disk was pulled: {disk.error}")

    def _hold(self, plugged: _Plugged, disk: Disk) -> None:
        """Have no connection while the disk is held; one that cannot be flushed is not."""
        try:
            with disk.left(lambda: self._connect(plugged.plug.address)):
                plugged.ends.held(True)
                plugged.wait(lambda: not plugged.held)
        except nbd.NbdError as error:
            log.warning("%s cannot be held: %s", plugged.plug.address, error)
            plugged.ask(held=False)
        plugged.ends.held(False)

    def _opened(self, plug: Plug, client: nbd.Client) -> Disk:
        memory = self._memory.setdefault(plug.domid, {})
        known = memory.get(plug.device)
        ledger = known or self._ledger(plug.disk)
        disk = Disk(client, ledger, writable=plug.writable, remembers=known is not None)
        memory[plug.device] = ledger
        if disk.writable:
            self._ledgers[plug.disk] = ledger
        return disk

    def _ledger(self, disk: str) -> Ledger:
        """What a guest that boots here begins with."""
        known = self._ledgers.get(disk)
        return Ledger(secrets.randbits(63)) if known is None else _copy(known)

    def _runs(self, domid: int) -> bool:
        domain = self._machine.domains.get(domid)
        return domain is not None and domain.running

    def _rate(self, domid: int) -> float:
        domain = self._machine.domains.get(domid)
        return 0.0 if domain is None else domain.guest.disk_writes_per_s

    def _pause_s(self, domid: int) -> float:
        rate = self._rate(domid)
        return 1 / rate if rate > 0 else IDLE_S

    # --- what goes with a guest's memory ----------------------------------------------------

    def remembered(self, domid: int) -> bytes:
        """What a guest that stands still knows of its disks; empty if it has none, or runs."""
        memory = self._memory.get(domid)
        if not memory or self._runs(domid):
            return b""
        with ExitStack() as still:
            known = dict(memory)
            for plugged in self._of(domid):
                if plugged.disk is not None:
                    still.enter_context(plugged.disk.standing_still())
                    if not plugged.disk.seen:
                        del known[plugged.plug.device]
            return msgspec.json.encode(Remembered(self._rate(domid), known))

    def remember(self, domid: int, data: bytes | bytearray) -> None:
        """Give a new guest what another one knew, also of disks that were plugged before."""
        known = msgspec.json.decode(data, type=Remembered)
        self._machine.find(domid).guest.disk_writes_per_s = known.writes_per_s
        with self._remembering:
            self._memory[domid] = known.ledgers
            for plugged in self._of(domid):
                ledger = known.ledgers.get(plugged.plug.device)
                if plugged.disk is not None and ledger is not None:
                    plugged.disk.remember(ledger)
                    if plugged.disk.writable:
                        self._ledgers[plugged.plug.disk] = ledger

    # --- what tests ask ---------------------------------------------------------------------

    def describe(self, domid: int) -> list[dict[str, Any]]:
        """The disks that a guest has, and how they are."""
        return [_described(one.plug, one.disk) for one in self._of(domid) if one.disk is not None]

    def ledger(self, disk: str) -> Ledger:
        """What this host knows of a disk that it last wrote, whether or not anybody has it now."""
        for plugged in list(self._plugged.values()):
            if plugged.plug.disk == disk and plugged.disk is not None and plugged.disk.writable:
                with plugged.disk.standing_still():
                    return _copy(plugged.disk.ledger)
        if disk not in self._ledgers:
            raise Refused(f"ENOENT: no guest of this host has written {disk}")
        return _copy(self._ledgers[disk])

    def ledgers(self) -> list[str]:
        """The disks that guests of this host have written."""
        return sorted(self._ledgers)

    def forget(self, disk: str) -> None:
        """Forget a disk that nobody has, as after its contents were put back to older ones."""
        self._ledgers.pop(disk, None)

    def write_marks(self, domid: int, device: str, count: int, flush: bool = True) -> None:
        """Have a guest write so many marks now, and flush them."""
        _translated(self._writing(domid, device).write_marks, count, flush=flush)

    def flush(self, domid: int, device: str) -> None:
        _translated(self._writing(domid, device).flush)

    def verify(self, domid: int, device: str) -> dict[str, list[int]]:
        """Have a guest look whether all that it wrote is there, and nothing else."""
        findings: dict[str, list[int]] = asdict(_translated(self._find(domid, device).verify))
        return findings

    def read(self, domid: int, device: str, offset: int, length: int) -> bytes:
        data: bytes = _translated(self._find(domid, device).read, offset, length)
        return data

    def write(self, domid: int, device: str, offset: int, data: bytes | bytearray) -> None:
        """Have a guest write these bytes; they are not flushed."""
        _translated(self._writing(domid, device).write, offset, bytes(data))

    def _of(self, domid: int) -> list[_Plugged]:
        return [one for one in list(self._plugged.values()) if one.plug.domid == domid]

    def _find(self, domid: int, device: str) -> Disk:
        for plugged in self._of(domid):
            if plugged.plug.device == device and plugged.disk is not None:
                return plugged.disk
        raise Refused(f"ENODEV: domain {domid} has no disk {device} with bytes")

    def _writing(self, domid: int, device: str) -> Disk:
        if not self._runs(domid):
            raise Refused(f"EBUSY: domain {domid} does not run")
        disk = self._find(domid, device)
        if not disk.writable:
            raise Refused(f"EROFS: domain {domid} may only read {device}")
        return disk


def _described(plug: Plug, disk: Disk) -> dict[str, Any]:
    return {
        "device": plug.device,
        "disk": plug.disk,
        "address": plug.address,
        "writable": disk.writable,
        "size": disk.size,
        "pulled": disk.pulled,
        "error": disk.error,
        "errors": disk.errors,
        "writes": disk.writes,
        "reads": disk.reads,
        "flushes": disk.flushes,
        "at_first": None if disk.at_first is None else asdict(disk.at_first),
    }


def _translated(call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    try:
        return call(*arguments, **named)
    except nbd.NbdError as error:
        raise Refused(f"EIO: {error}") from error


def _copy(ledger: Ledger) -> Ledger:
    return Ledger.read(msgspec.to_builtins(ledger, str_keys=True))
