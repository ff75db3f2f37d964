"""Atomics of a VM: its domain, its image, its device model."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from daemon.tasks import RunningTask
from xenops.errors import XenopsError
from xenops.sizes import KIB
from xenops.types import Disk, Vm
from xenports.hypervisor import PAGE_KIB

from xenopsd.atomics.atomic import Atomic
from xenopsd.backend.domains import Size
from xenopsd.host import Host

HOOK_TIMEOUT_S = 600.0
SHUTDOWN_ACK_S = 60.0


@dataclass(frozen=True)
class VmHook(Atomic):
    """Run the operator's scripts for this event; an exit status above 1 ends the operation."""

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
    """Make the domain; if its memory is restored, as large as it was."""

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
    """Mark the domain as complete: from here on a failure leaves it running."""

    vm: Vm

    def perform(self, host: Host, task: RunningTask) -> None:
        host.domains.survive(self.vm.id)
        host.keep_hardware(self.vm.id, None)


@dataclass(frozen=True)
class VmCondemn(Atomic):
    """Mark the domain as ending: from here on it is removed, whatever happens."""

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
    """Remove the xenstore nodes of a VM that is off."""

    vm: Vm

    def perform(self, host: Host, task: RunningTask) -> None:
        host.domains.clean(self.vm.id)


@dataclass(frozen=True)
class VmShutdownDomain(Atomic):
    """Ask the guest to stop and wait until it has; if it refuses, it goes on running."""

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
    """Write the suspend image; it gets its name once all of it is on the disk."""

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
    """Note that the VM has a complete suspend image, or that the image is used up."""

    vm: Vm
    suspended: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        host.set_suspended(self.vm.id, self.suspended)


@dataclass(frozen=True)
class VmSetRebooting(Atomic):
    """Note that the domain is to be replaced by another one, or that it has been."""

    vm: Vm
    rebooting: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        host.set_rebooting(self.vm.id, self.rebooting)


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
