"""A host whose ports and atomics fail when they are told to, each once or for a while."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from daemon.runner import Runner
from daemon.tasks import RunningTask
from xenops.errors import XenopsError, internal_error
from xenopsd.atomics import Atomic
from xenopsd.backend.devices import Devices
from xenopsd.backend.domains import Domains
from xenopsd.host import Host
from xenopsd.journal import Journal
from xenopsd.ports.bootloader import NoBootloader
from xenopsd.ports.device_model import NoDeviceModels
from xenopsd.ports.hotplug import NoHotplug
from xenopsd.ports.memory import Reserved, Waiter
from xenopsd.ports.storage import DummyStorage
from xenports.hypervisor import Hypervisor, HypervisorError
from xenports.pyxs.store import Store
from xenports.simulated.hypervisor import SimulatedHypervisor
from xenports.xenstore import XenstoreError

BEFORE, AFTER, CANCELLED, AWAY = "before", "after", "cancelled", "away"


@dataclass(frozen=True)
class Fault:
    """What fails: the ``number``-th atomic or call from now on, and how."""

    number: int
    when: str
    error: type[Exception] = XenopsError

    def raised(self, what: str) -> Exception:
        return internal_error(what) if self.error is XenopsError else self.error(what)


class Faults:
    """Counts what may fail, and says when it does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._seen = 0

    def arm(self, fault: Fault | None) -> None:
        with self._lock:
            self._fault, self._seen = fault, 0

    @property
    def reached(self) -> bool:
        """Whether what was to fail was come to."""
        return self._fault is not None and self._seen > self._fault.number

    def next(self) -> Fault | None:
        """The fault of what comes now; what is away stays so until it is told otherwise."""
        with self._lock:
            if self._fault is None:
                return None
            number, self._seen = self._seen, self._seen + 1
            lasts = self._fault.when == AWAY and number > self._fault.number
            return self._fault if number == self._fault.number or lasts else None


@dataclass(frozen=True)
class Failing(Atomic):
    """An atomic that fails before it does anything, or when all is done."""

    atomic: Atomic
    fault: Fault

    def perform(self, host: Host, task: RunningTask) -> None:
        if self.fault.when == AFTER:
            self.atomic.perform(host, task)
        raise self.fault.raised(f"{self.atomic} fails")

    def __str__(self) -> str:
        return str(self.atomic)


class FailingRunner(Runner[Host]):
    """Has one atomic fail, or the task cancelled when it comes to it."""

    def __init__(self, host: Host) -> None:
        super().__init__(host, ThreadPoolExecutor(4), "test")
        self.faults = Faults()

    def _atomic(self, atomic: Atomic, task: RunningTask, vm: str) -> None:
        fault = self.faults.next()
        if fault is not None and fault.when == CANCELLED:
            task.cancel()
        elif fault is not None:
            atomic = Failing(atomic, fault)
        super()._atomic(atomic, task, vm)


class FailingPort:
    """A port of which calls fail."""

    def __init__(
        self, port: Any, faults: Faults, calls: tuple[str, ...], error: type[Exception]
    ) -> None:
        self._port = port
        self._faults = faults
        self._calls = calls
        self._error = error

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if name not in self._calls:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            fault = self._faults.next()
            if fault is not None and fault.when != AFTER:
                raise self._error(f"{name} fails")
            answer = found(*args, **kwargs)
            if fault is not None:
                raise self._error(f"{name} fails when it is done")
            return answer

        return call


HYPERCALLS = (
    *("create", "destroy", "pause", "unpause", "resume", "set_max_kib", "set_time_offset"),
    *("build", "save", "restore"),
)
REQUESTS = ("write", "write_all", "make", "remove", "introduce", "resume", "watch")


@dataclass
class Reservations:
    """`xenopsd.ports.memory.Memory` which only counts: what it has set aside is in ``held``."""

    hypervisor: Hypervisor
    held: dict[str, int | None] = field(default_factory=dict)

    def is_there(self) -> bool:
        return False

    def reserve(
        self, task: Waiter, minimum_kib: int, maximum_kib: int, vms: Mapping[int, str]
    ) -> Reserved:
        self.held[task.id] = None
        return Reserved(task.id, maximum_kib)

    def hand_over(self, reservation: str, domid: int) -> None:
        self.held[reservation] = domid

    def release(self, reservation: str) -> None:
        self.held.pop(reservation, None)

    def left(self) -> set[str]:
        """What is set aside, but for domains that are gone."""
        present = {domain.domid for domain in self.hypervisor.domains()}
        return {id_ for id_, domid in self.held.items() if domid is None or domid in present}


class DeviceModels(NoDeviceModels):
    """Device models that only say which domains have one, and which media are in their drives."""

    def __init__(self) -> None:
        self.running: dict[int, dict[int, str]] = {}
        self.stopped: set[int] = set()

    def start(self, domid: int, vm: Any, drives: Any, state: bytes | None) -> None:
        media = {drive.position: drive.path for drive in drives if drive.path is not None}
        self.running.setdefault(domid, media)

    def stop(self, domid: int) -> None:
        self.running.pop(domid, None)
        self.stopped.discard(domid)

    def insert(self, domid: int, drive: Any) -> None:
        self.running[domid][drive.position] = drive.path

    def eject(self, domid: int, drive: Any) -> None:
        self.running[domid].pop(drive.position, None)

    def save(self, domid: int) -> bytes:
        self.stopped.add(domid)
        return b"hardware"

    def resume(self, domid: int) -> None:
        self.stopped.discard(domid)


class FailingHost:
    """A host on the simulated Xen in ``folder``, whose ports and atomics can be made to fail.

    The folder's siblings are its pool's other hosts, with which it shares disks.
    """

    def __init__(self, folder: Path, name: str = "this host") -> None:
        self.calls = Faults()
        self.name = name
        hypervisor = SimulatedHypervisor(str(folder / "xen.sock"))
        store = Store(str(folder / "xenstored" / "socket"))
        xen: Any = FailingPort(hypervisor, self.calls, HYPERCALLS, HypervisorError)
        xenstore: Any = FailingPort(store, self.calls, REQUESTS, XenstoreError)
        storage = DummyStorage(folder.parent / "locks", name)
        journal = Journal(folder / "state" / "journal.db")
        self.memory = Reservations(hypervisor)
        self.models = DeviceModels()
        self.folder = folder
        self.host = Host(
            Domains(xen, xenstore, journal, self.memory),
            Devices(xenstore, storage, NoHotplug()),
            self.models,
            NoBootloader(),
            journal,
            str(folder / "hooks"),
            folder / "images",
        )
        self.runner = FailingRunner(self.host)

    @property
    def atomics(self) -> Faults:
        return self.runner.faults
