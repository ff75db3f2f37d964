"""The atomics: each is one step that a back end does, can be repeated, and says what it is."""

import subprocess
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import ClassVar

from daemon import plans
from daemon.tasks import RunningTask
from xenops.errors import XenopsError, bad_power_state
from xenops.memory import KIB
from xenops.types import (
    Disk,
    Network,
    Pci,
    PowerState,
    Vbd,
    VbdTy,
    Vgpu,
    Vif,
    VifIpv4Configuration,
    VifIpv6Configuration,
    VifLockingMode,
    Vm,
    Vusb,
)
from xenports.hypervisor import PAGE_KIB, DomainInfo

from xenopsd.backend.domains import Size
from xenopsd.host import Host

HOOK_TIMEOUT_S = 600.0
SHUTDOWN_ACK_S = 60.0


@dataclass(frozen=True)
class Atomic(plans.Atomic[Host]):
    """One that says of VMs, devices and disks what people know them by."""

    def __str__(self) -> str:
        said = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None or isinstance(value, Vm):
                continue
            if isinstance(value, Disk):
                value = value.value
            said.append(
                value.id[1] if isinstance(value, Vbd | Vif | Pci | Vgpu | Vusb) else str(value)
            )
        return " ".join([type(self).__name__, *said])


@dataclass(frozen=True)
class VmHook(Atomic):
    """Run the operator's scripts of this occasion; an exit status above 1 ends the operation."""

    vm: Vm
    script: str
    reason: str

    def perform(self, host: Host, task: RunningTask) -> None:
        folder = Path(host.hooks_dir) / self.script
        if not folder.is_dir():
            return
        for path in sorted(folder.iterdir()):
            command = [str(path), "-vmuuid", self.vm.id, "-reason", self.reason]
            done = subprocess.run(
                command, capture_output=True, timeout=HOOK_TIMEOUT_S, check=False, text=True
            )
            if done.returncode > 1:
                raise XenopsError(
                    "Hook_failed",
                    (str(path), self.reason, done.stdout, str(done.returncode)),
                )


@dataclass(frozen=True)
class VmCreate(Atomic):
    """Make the domain; one whose memory comes from elsewhere has to be as large as it was."""

    vm: Vm
    image: Disk | None = None
    size: Size | None = None

    def perform(self, host: Host, task: RunningTask) -> None:
        size = self.size or Size.of(self.vm)
        if self.image is not None:
            size = host.image_size(self.vm, self.image)
        host.domains.create(task, host.now(self.vm), size)


@dataclass(frozen=True)
class VmBuild(Atomic):
    vm: Vm

    def perform(self, host: Host, task: RunningTask) -> None:
        with host.boot(self.vm) as boot:
            host.domains.build(host.now(self.vm), boot)


@dataclass(frozen=True)
class VmSurvive(Atomic):
    """The domain is whole: a failure from here on leaves it running."""

    vm: Vm

    def perform(self, host: Host, task: RunningTask) -> None:
        host.domains.survive(self.vm.id)
        host.keep_hardware(self.vm.id, None)


@dataclass(frozen=True)
class VmCondemn(Atomic):
    """The domain goes: whatever happens from here on, what was begun is ended."""

    vm: Vm
    request: str

    def perform(self, host: Host, task: RunningTask) -> None:
        task.forbid_cancel()
        host.domains.condemn(self.vm.id, self.request)


@dataclass(frozen=True)
class VmPause(Atomic):
    vm: Vm

    def perform(self, host: Host, task: RunningTask) -> None:
        host.domains.pause(self.vm.id)


@dataclass(frozen=True)
class VmUnpause(Atomic):
    vm: Vm

    def perform(self, host: Host, task: RunningTask) -> None:
        host.domains.unpause(self.vm.id)


@dataclass(frozen=True)
class VmDestroy(Atomic):
    vm: Vm

    def perform(self, host: Host, task: RunningTask) -> None:
        host.keep_clock(self.vm.id)
        host.domains.destroy(self.vm.id)


@dataclass(frozen=True)
class VmClean(Atomic):
    """No node of a VM that is off stays in xenstore."""

    vm: Vm

    def perform(self, host: Host, task: RunningTask) -> None:
        host.domains.clean(self.vm.id)


@dataclass(frozen=True)
class VmShutdownDomain(Atomic):
    """Ask the guest to stop and wait until it has; it goes on running when it does not."""

    vm: Vm
    reason: str
    timeout_s: float

    def perform(self, host: Host, task: RunningTask) -> None:
        acknowledge_s = min(SHUTDOWN_ACK_S, self.timeout_s)
        if not host.domains.request_shutdown(task, self.vm.id, self.reason, acknowledge_s):
            raise XenopsError("Failed_to_acknowledge_shutdown_request")
        if not host.domains.wait_shutdown(task, self.vm.id, self.timeout_s):
            raise XenopsError("Failed_to_shutdown", (self.vm.id, self.timeout_s))


@dataclass(frozen=True)
class VmSave(Atomic):
    """Write the suspend image, which has its name once it is whole on the disk."""

    vm: Vm
    disk: Disk
    weight: ClassVar[int] = 10

    def perform(self, host: Host, task: RunningTask) -> None:
        with host.new_image(self.disk) as stream:
            pages = max(host.domains.hold(self.vm.id).minimum_kib // PAGE_KIB, 1)
            host.domains.save_image(
                task,
                self.vm,
                stream,
                progress=lambda done: task.progress(min(done.sent / pages, 1.0)),
                hardware=lambda: host.saved_hardware(self.vm.id),
            )


@dataclass(frozen=True)
class VmRestore(Atomic):
    vm: Vm
    disk: Disk
    weight: ClassVar[int] = 10

    def perform(self, host: Host, task: RunningTask) -> None:
        with host.image(self.vm, self.disk) as stream:
            host.keep_hardware(self.vm.id, host.domains.restore_image(self.vm, stream))


@dataclass(frozen=True)
class VmSetSuspended(Atomic):
    """Note that the VM is in its image, or that this has been used and is no more to be."""

    vm: Vm
    suspended: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        host.set_suspended(self.vm.id, self.suspended)


@dataclass(frozen=True)
class VmSetVcpus(Atomic):
    vm: Vm
    vcpus: int

    def perform(self, host: Host, task: RunningTask) -> None:
        host.domains.set_vcpus(self.vm.id, self.vcpus)


@dataclass(frozen=True)
class VmSetMemoryDynamicRange(Atomic):
    vm: Vm
    low_kib: int
    high_kib: int

    def perform(self, host: Host, task: RunningTask) -> None:
        host.domains.set_dynamic_range(self.vm.id, self.low_kib, self.high_kib)
        host.change_vm(
            self.vm.id,
            memory_dynamic_min=self.low_kib * KIB,
            memory_dynamic_max=self.high_kib * KIB,
        )


@dataclass(frozen=True)
class VmCreateDeviceModel(Atomic):
    vm: Vm
    restored: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        host.start_device_model(self.vm, restored=self.restored)


@dataclass(frozen=True)
class VmDestroyDeviceModel(Atomic):
    vm: Vm

    def perform(self, host: Host, task: RunningTask) -> None:
        domain = host.domains.find(self.vm.id)
        if domain is not None:
            host.device_models.stop(domain.domid)


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


@dataclass(frozen=True)
class VifSetActive(Atomic):
    vif: Vif
    active: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        host.devices.set_active(self.vif.id[0], "vif", self.vif.id[1], self.active)


@dataclass(frozen=True)
class VifPlug(Atomic):
    vif: Vif

    def perform(self, host: Host, task: RunningTask) -> None:
        host.devices.plug_vif(task, host.domains.get(self.vif.id[0]), self.vif)


@dataclass(frozen=True)
class VifUnplug(Atomic):
    vif: Vif
    force: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        domain = host.domains.find(self.vif.id[0])
        host.devices.unplug_vif(task, domain, self.vif, self.force)


@dataclass(frozen=True)
class VifMove(Atomic):
    vif: Vif
    network: Network

    def perform(self, host: Host, task: RunningTask) -> None:
        domain = host.domains.find(self.vif.id[0])
        if domain is not None:
            host.devices.move_vif(domain, self.vif, self.network)
        host.change_vif(self.vif, backend=self.network)


@dataclass(frozen=True)
class VifSetCarrier(Atomic):
    vif: Vif
    carrier: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        _apply(host, host.change_vif(self.vif, carrier=self.carrier))


@dataclass(frozen=True)
class VifSetLockingMode(Atomic):
    vif: Vif
    mode: VifLockingMode

    def perform(self, host: Host, task: RunningTask) -> None:
        _apply(host, host.change_vif(self.vif, locking_mode=self.mode))


@dataclass(frozen=True)
class VifSetIpv4Configuration(Atomic):
    vif: Vif
    configuration: VifIpv4Configuration

    def perform(self, host: Host, task: RunningTask) -> None:
        _apply(host, host.change_vif(self.vif, ipv4_configuration=self.configuration))


@dataclass(frozen=True)
class VifSetIpv6Configuration(Atomic):
    vif: Vif
    configuration: VifIpv6Configuration

    def perform(self, host: Host, task: RunningTask) -> None:
        _apply(host, host.change_vif(self.vif, ipv6_configuration=self.configuration))


@dataclass(frozen=True)
class VifSetTrunks(Atomic):
    vif: Vif
    trunks: list[int]

    def perform(self, host: Host, task: RunningTask) -> None:
        _apply(host, host.change_vif(self.vif, trunks=self.trunks))


def _apply(host: Host, vif: Vif) -> None:
    """Have a plugged interface do what its configuration says now."""
    domain = host.domains.find(vif.id[0])
    if domain is not None:
        host.devices.configure_vif(domain, vif)


def _live(host: Host, vm: str) -> DomainInfo:
    domain = host.domains.find(vm)
    if domain is None:
        raise bad_power_state(host.domains.power_state(vm, None), PowerState.Running)
    return domain
