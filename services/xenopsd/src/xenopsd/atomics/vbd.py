"""Atomics of a disk, or of a drive and its medium."""

from dataclasses import dataclass, replace

from daemon.tasks import RunningTask
from xenops.errors import bad_power_state
from xenops.types import Disk, PowerState, Vbd, VbdTy
from xenports.hypervisor import DomainInfo

from xenopsd.atomics.atomic import Atomic
from xenopsd.host import Host


@dataclass(frozen=True)
class VbdEpochBegin(Atomic):
    vbd: Vbd
    disk: Disk

    def perform(self, host: Host, task: RunningTask) -> None:
        host.devices.epoch_begin(self.disk, persistent=self.vbd.persistent)


@dataclass(frozen=True)
class VbdEpochEnd(Atomic):
    vbd: Vbd
    disk: Disk

    def perform(self, host: Host, task: RunningTask) -> None:
        host.devices.epoch_end(self.disk)


@dataclass(frozen=True)
class VbdSetActive(Atomic):
    vbd: Vbd
    active: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        host.devices.set_active(self.vbd.id[0], "vbd", self.vbd.id[1], self.active)


@dataclass(frozen=True)
class VbdPlug(Atomic):
    vbd: Vbd

    def perform(self, host: Host, task: RunningTask) -> None:
        host.devices.plug_vbd(task, host.domains.get(self.vbd.id[0]), self.vbd)


@dataclass(frozen=True)
class VbdUnplug(Atomic):
    vbd: Vbd
    force: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        domain = host.domains.find(self.vbd.id[0])
        host.devices.unplug_vbd(task, domain, self.vbd, self.force)


@dataclass(frozen=True)
class VbdAttach(Atomic):
    """Have a disk ready for a VM that comes here."""

    vbd: Vbd

    def perform(self, host: Host, task: RunningTask) -> None:
        host.devices.attach_disk(self.vbd.id[0], self.vbd)


@dataclass(frozen=True)
class VbdHandOver(Atomic):
    """Close a disk under a guest that stands still, for another host to open it."""

    vbd: Vbd

    def perform(self, host: Host, task: RunningTask) -> None:
        host.devices.hand_over(task, host.domains.get(self.vbd.id[0]), self.vbd)


@dataclass(frozen=True)
class VbdInsert(Atomic):
    vbd: Vbd
    disk: Disk

    def perform(self, host: Host, task: RunningTask) -> None:
        domain = _live(host, self.vbd.id[0])
        host.devices.insert(task, domain, self.vbd, self.disk)
        if domain.kind == "hvm":
            drive = host.devices.drive(replace(self.vbd, backend=self.disk))
            host.device_models.insert(domain.domid, drive)
        host.change_vbd(self.vbd, backend=self.disk)


@dataclass(frozen=True)
class VbdEject(Atomic):
    vbd: Vbd

    def perform(self, host: Host, task: RunningTask) -> None:
        domain = _live(host, self.vbd.id[0])
        if domain.kind == "hvm" and self.vbd.ty is not VbdTy.Disk:
            host.device_models.eject(domain.domid, host.devices.drive(self.vbd))
        host.devices.eject(task, domain, self.vbd)
        host.change_vbd(self.vbd, backend=None)


def _live(host: Host, vm: str) -> DomainInfo:
    domain = host.domains.find(vm)
    if domain is None:
        raise bad_power_state(host.domains.power_state(vm, None), PowerState.Running)
    return domain
