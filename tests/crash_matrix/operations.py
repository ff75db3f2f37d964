"""The operations of the matrix: from which situation of a VM to which, and how one is brought."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SOURCE, DESTINATION = "host1", "host2"


@dataclass(frozen=True)
class Situation:
    """How a VM is: its power state, where it runs, and which of its devices are attached."""

    power_state: str
    host: str | None = None
    vbd: bool = True
    vif: bool = True
    snapshots: int = 0

    def __str__(self) -> str:
        where = f" on {self.host}" if self.host else ""
        lacks = [name for name in ("VBD", "VIF") if not getattr(self, name.lower())]
        without = f" without its {' and '.join(lacks)}" if lacks and self.host else ""
        kept = f" with {self.snapshots} snapshots" if self.snapshots else ""
        return f"{self.power_state}{where}{without}{kept}"


@dataclass(frozen=True)
class Subject:
    """The VM that it is done to, by references."""

    vm: str
    uuid: str
    vbd: str
    vif: str
    hosts: dict[str, str]


@dataclass(frozen=True)
class Operation:
    """``call`` begins it and answers its task."""

    wire: str
    begin: Situation
    end: Situation
    call: Callable[[Any, Subject], str]
    beside: tuple[str, ...] = ()
    """Services of hosts that it needs besides the source's xenopsd."""

    @property
    def victims(self) -> tuple[str, ...]:
        hosts = (f"xenopsd-{SOURCE}", *self.beside)
        return ("xapi", "forwarder", *hosts, "rabbitmq", "database")


HALTED = Situation("Halted")
RUNNING = Situation("Running", SOURCE)
SUSPENDED = Situation("Suspended")
OF_SOURCE = (f"squeezed-{SOURCE}",)

OPERATIONS = {
    "start": Operation(
        "VM.start_on",
        HALTED,
        RUNNING,
        lambda api, it: api.Async.VM.start_on(it.vm, it.hosts[SOURCE], False, False),
        OF_SOURCE,
    ),
    "shutdown": Operation(
        "VM.clean_shutdown",
        RUNNING,
        HALTED,
        lambda api, it: api.Async.VM.clean_shutdown(it.vm),
        OF_SOURCE,
    ),
    "reboot": Operation(
        "VM.clean_reboot",
        RUNNING,
        RUNNING,
        lambda api, it: api.Async.VM.clean_reboot(it.vm),
        OF_SOURCE,
    ),
    "suspend": Operation(
        "VM.suspend",
        RUNNING,
        SUSPENDED,
        lambda api, it: api.Async.VM.suspend(it.vm),
        OF_SOURCE,
    ),
    "resume": Operation(
        "VM.resume_on",
        SUSPENDED,
        RUNNING,
        lambda api, it: api.Async.VM.resume_on(it.vm, it.hosts[SOURCE], False, False),
        OF_SOURCE,
    ),
    "migrate": Operation(
        "VM.pool_migrate",
        RUNNING,
        Situation("Running", DESTINATION),
        lambda api, it: api.Async.VM.pool_migrate(it.vm, it.hosts[DESTINATION], {}),
        (f"xenopsd-{DESTINATION}", f"squeezed-{DESTINATION}", f"door-{DESTINATION}"),
    ),
    "snapshot": Operation(
        "VM.snapshot",
        RUNNING,
        Situation("Running", SOURCE, snapshots=1),
        lambda api, it: api.Async.VM.snapshot(it.vm, "snapshot", []),
        OF_SOURCE,
    ),
    "VBD plug": Operation(
        "VBD.plug",
        Situation("Running", SOURCE, vbd=False),
        RUNNING,
        lambda api, it: api.Async.VBD.plug(it.vbd),
        OF_SOURCE,
    ),
    "VIF plug": Operation(
        "VIF.plug",
        Situation("Running", SOURCE, vif=False),
        RUNNING,
        lambda api, it: api.Async.VIF.plug(it.vif),
        OF_SOURCE,
    ),
}


def bring(api: Any, it: Subject, wanted: Situation) -> None:
    """Bring a VM that is off into a situation."""
    if wanted.power_state != "Halted":
        api.VM.start_on(it.vm, it.hosts[wanted.host or SOURCE], False, False)
    if wanted.power_state == "Suspended":
        api.VM.suspend(it.vm)
    if wanted.host and not wanted.vbd:
        api.VBD.unplug(it.vbd)
    if wanted.host and not wanted.vif:
        api.VIF.unplug(it.vif)


def switch_off(api: Any, it: Subject) -> None:
    """Bring it off, from wherever it is, with nothing left but itself."""
    if api.VM.get_power_state(it.vm) != "Halted":
        api.VM.hard_shutdown(it.vm)
    for snapshot in api.VM.get_snapshots(it.vm):
        disks = [api.VBD.get_VDI(vbd) for vbd in api.VM.get_VBDs(snapshot)]
        api.VM.destroy(snapshot)
        for disk in disks:
            api.VDI.destroy(disk)
