"""Operations as plans: pure functions from a VM and its devices to atomics in order."""

from collections.abc import Iterable

from xenops.types import Disk, Metadata, Vbd, VbdMode, Vif

from xenopsd.atomics import (
    VbdPlug,
    VbdSetActive,
    VbdUnplug,
    VifPlug,
    VifSetActive,
    VifUnplug,
    VmBuild,
    VmCondemn,
    VmCreate,
    VmDestroy,
    VmHook,
    VmPause,
    VmRestore,
    VmSave,
    VmSetSuspended,
    VmShutdownDomain,
    VmSurvive,
    VmUnpause,
)
from xenopsd.backend.domains import POWEROFF_REQUEST, REBOOT_REQUEST
from xenopsd.steps import BestEffort, Parallel, Serial, Step, parallel, serial

Plan = tuple[Step, ...]

# Parallel groups are cut to this size, so that one VM does not take every worker.
GROUP_MAX = 10


def start(vm: Metadata) -> Plan:
    """From halted to paused, whole."""
    return (
        VmHook(vm.vm, "vm-pre-start", "none"),
        VmCreate(vm.vm),
        VmBuild(vm.vm),
        *parallel(*serial(*_plug_vbds(vm.vbds)), *_plug_vifs(vm.vifs)),
        VmSurvive(vm.vm),
    )


def teardown(vm: Metadata, request: str = POWEROFF_REQUEST) -> Plan:
    """Take the domain and its devices away; a death in between ends as ``request`` says."""
    return (
        VmCondemn(vm.vm, request),
        BestEffort(VmPause(vm.vm)),
        *_groups(
            [
                *(VbdUnplug(vbd, True) for vbd in vm.vbds),
                *(VifUnplug(vif, True) for vif in vm.vifs),
            ]
        ),
        VmDestroy(vm.vm),
    )


def poweroff(vm: Metadata, timeout_s: float | None) -> Plan:
    """Stop the VM: with a timeout the guest is asked first."""
    reason = "hard-shutdown" if timeout_s is None else "clean-shutdown"
    return (
        VmHook(vm.vm, "vm-pre-shutdown", reason),
        *_ask(vm, "poweroff", timeout_s),
        *teardown(vm),
        *_groups(
            [
                *(VbdSetActive(vbd, False) for vbd in vm.vbds),
                *(VifSetActive(vif, False) for vif in vm.vifs),
            ]
        ),
        VmHook(vm.vm, "vm-post-destroy", reason),
    )


def reboot(vm: Metadata, timeout_s: float | None) -> Plan:
    reason = "hard-reboot" if timeout_s is None else "clean-reboot"
    return (
        *_ask(vm, "reboot", timeout_s),
        VmHook(vm.vm, "vm-pre-shutdown", reason),
        *teardown(vm, REBOOT_REQUEST),
        VmHook(vm.vm, "vm-post-destroy", reason),
        VmHook(vm.vm, "vm-pre-reboot", "none"),
        *start(vm),
        VmUnpause(vm.vm),
    )


def suspend(vm: Metadata, disk: Disk) -> Plan:
    """Devices stay active: a suspended VM keeps its hardware."""
    return (
        VmHook(vm.vm, "vm-pre-suspend", "suspend"),
        VmSave(vm.vm, disk),
        VmHook(vm.vm, "vm-pre-shutdown", "suspend"),
        *teardown(vm),
        VmHook(vm.vm, "vm-post-destroy", "suspend"),
    )


def resume(vm: Metadata, disk: Disk) -> Plan:
    """From suspended to paused; the image stays until the VM is whole."""
    return (
        VmCreate(vm.vm),
        VmHook(vm.vm, "vm-pre-resume", "none"),
        VmRestore(vm.vm, disk),
        *connect(vm),
        VmSurvive(vm.vm),
        VmSetSuspended(vm.vm, False),
        VmHook(vm.vm, "vm-post-resume", "none"),
    )


def connect(vm: Metadata) -> Plan:
    """The devices of a domain whose memory has just been restored."""
    return (*_plug_vbds(vm.vbds), *parallel(*_plug_vifs(vm.vifs)))


def vbd_hotplug(vbd: Vbd) -> Plan:
    return (VbdSetActive(vbd, True), VbdPlug(vbd))


def vbd_hotunplug(vbd: Vbd, force: bool) -> Plan:
    return (VbdUnplug(vbd, force), VbdSetActive(vbd, False))


def vif_hotplug(vif: Vif) -> Plan:
    return (VifSetActive(vif, True), VifPlug(vif))


def vif_hotunplug(vif: Vif, force: bool) -> Plan:
    return (VifUnplug(vif, force), VifSetActive(vif, False))


def _ask(vm: Metadata, reason: str, timeout_s: float | None) -> Plan:
    return () if timeout_s is None else (VmShutdownDomain(vm.vm, reason, timeout_s),)


def _plug_vbds(vbds: Iterable[Vbd]) -> Plan:
    """Writable disks first: storage cannot make a disk writable that is attached read-only."""
    found = list(vbds)
    writable = [vbd for vbd in found if vbd.mode is VbdMode.ReadWrite]
    readonly = [vbd for vbd in found if vbd.mode is VbdMode.ReadOnly]
    return (
        *_groups([Serial(vbd_hotplug(vbd)) for vbd in writable]),
        *_groups([Serial(vbd_hotplug(vbd)) for vbd in readonly]),
    )


def _plug_vifs(vifs: Iterable[Vif]) -> list[Step]:
    in_order = sorted(vifs, key=lambda vif: vif.position)
    return [Serial(vif_hotplug(vif)) for vif in in_order]


def _groups(steps: list[Step]) -> Plan:
    found: list[Step] = []
    for start_ in range(0, len(steps), GROUP_MAX):
        group = tuple(steps[start_ : start_ + GROUP_MAX])
        found.append(group[0] if len(group) == 1 else Parallel(group))
    return tuple(found)
