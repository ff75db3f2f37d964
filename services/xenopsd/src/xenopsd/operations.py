"""Operations as plans: pure functions from a VM and its devices to a list of atomics."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from daemon import plans
from daemon.plans import BestEffort, Parallel, Serial, parallel, serial
from xenops.types import Disk, Metadata, Pci, Vbd, VbdMode, Vif

from xenopsd.atomics import (
    PciDequarantine,
    PciPlug,
    PciUnplug,
    VbdAttach,
    VbdEpochBegin,
    VbdEpochEnd,
    VbdHandOver,
    VbdPlug,
    VbdSetActive,
    VbdUnplug,
    VgpuSetActive,
    VgpuStart,
    VifPlug,
    VifSetActive,
    VifUnplug,
    VmBuild,
    VmClean,
    VmCondemn,
    VmCreate,
    VmCreateDeviceModel,
    VmDestroy,
    VmDestroyDeviceModel,
    VmHook,
    VmPause,
    VmRestore,
    VmSave,
    VmSetRebooting,
    VmSetSuspended,
    VmShutdownDomain,
    VmSurvive,
    VmUnpause,
    VusbPlug,
    VusbUnplug,
)
from xenopsd.backend.domains import POWEROFF_REQUEST, REBOOT_REQUEST
from xenopsd.host import Host

Step: TypeAlias = plans.Step[Host]
Plan = tuple[Step, ...]

# Parallel groups have at most this size, so that one VM does not take all workers.
GROUP_MAX = 10


def start(vm: Metadata) -> Plan:
    """From halted to paused."""
    return (
        *_dequarantine(vm),
        VmHook(vm.vm, "vm-pre-start", "none"),
        VmCreate(vm.vm),
        VmBuild(vm.vm),
        *parallel(
            *serial(*_plug_vbds(vm.vbds, _begin)),
            *_plug_vifs(vm.vifs),
            *serial(
                *_groups([VgpuSetActive(vgpu, True) for vgpu in vm.vgpus]),
                *_groups([PciPlug(pci, False) for pci in _pcis(vm, behind_vgpu=True)]),
            ),
        ),
        *_device_model(vm, restored=False),
        *(PciPlug(pci, True) for pci in _pcis(vm, behind_vgpu=False)),
        *(VusbPlug(vusb) for vusb in vm.vusbs),
        VmSurvive(vm.vm),
    )


def teardown(vm: Metadata, request: str = POWEROFF_REQUEST) -> Plan:
    """Remove the domain and its devices; if xenopsd dies midway, the next one does ``request``."""
    return (
        VmCondemn(vm.vm, request),
        *_groups([VusbUnplug(vusb) for vusb in vm.vusbs]),
        BestEffort(VmPause(vm.vm)),
        *((VmDestroyDeviceModel(vm.vm),) if _is_emulated(vm) else ()),
        *_unplug(vm),
        VmDestroy(vm.vm),
    )


def _unplug(vm: Metadata) -> Plan:
    """Unplug all devices by force."""
    return _groups(
        [
            *(VbdUnplug(vbd, True) for vbd in vm.vbds),
            *(VifUnplug(vif, True) for vif in vm.vifs),
            *(PciUnplug(pci) for pci in vm.pcis),
        ]
    )


def poweroff(vm: Metadata, timeout_s: float | None) -> Plan:
    """Stop the VM; with a timeout, ask the guest first."""
    reason = "hard-shutdown" if timeout_s is None else "clean-shutdown"
    return (
        VmHook(vm.vm, "vm-pre-shutdown", reason),
        *_ask(vm, "poweroff", timeout_s),
        *teardown(vm),
        *_release(vm),
        VmHook(vm.vm, "vm-post-destroy", reason),
    )


def remove(vm: Metadata, *, suspended: bool) -> Plan:
    """Remove all that is left of the VM, whatever its state, without hooks.

    A suspended VM keeps its hardware.
    """
    return (*teardown(vm), *(() if suspended else _release(vm)))


def discard(vm: Metadata, *, suspended: bool) -> Plan:
    """Like ``remove``, for a domain whose devices cannot be unplugged: they go with it."""
    return (
        *((BestEffort(VmDestroyDeviceModel(vm.vm)),) if _is_emulated(vm) else ()),
        VmDestroy(vm.vm),
        *_unplug(vm),
        *(() if suspended else _release(vm)),
    )


def _release(vm: Metadata) -> Plan:
    """Give back all that a VM that is off still holds."""
    return (
        *_groups(
            [
                *(step for vbd in vm.vbds for step in serial(*_end(vbd), VbdSetActive(vbd, False))),
                *(VifSetActive(vif, False) for vif in vm.vifs),
                *(VgpuSetActive(vgpu, False) for vgpu in vm.vgpus),
            ]
        ),
        VmClean(vm.vm),
    )


def reboot(vm: Metadata, timeout_s: float | None) -> Plan:
    reason = "hard-reboot" if timeout_s is None else "clean-reboot"
    return (
        *_ask(vm, "reboot", timeout_s),
        VmHook(vm.vm, "vm-pre-shutdown", reason),
        VmSetRebooting(vm.vm, True),
        *teardown(vm, REBOOT_REQUEST),
        *_groups([step for vbd in vm.vbds for step in _end(vbd)]),
        VmHook(vm.vm, "vm-post-destroy", reason),
        *come_again(vm),
    )


def come_again(vm: Metadata) -> Plan:
    """The rest of a reboot, once the old domain has gone."""
    return (
        VmHook(vm.vm, "vm-pre-reboot", "none"),
        *start(vm),
        VmUnpause(vm.vm),
        VmSetRebooting(vm.vm, False),
    )


def suspend(vm: Metadata, disk: Disk) -> Plan:
    """Save the VM to its image; devices stay active, since a suspended VM keeps its hardware.

    A failure before the VM is noted as suspended lets it run on; a later one removes its domain.
    """
    return (
        VmHook(vm.vm, "vm-pre-suspend", "suspend"),
        VmSave(vm.vm, disk),
        VmHook(vm.vm, "vm-pre-shutdown", "suspend"),
        VmSetSuspended(vm.vm, True),
        *teardown(vm),
        VmHook(vm.vm, "vm-post-destroy", "suspend"),
    )


def resume(vm: Metadata, disk: Disk) -> Plan:
    """From suspended to paused; the image stays until the VM is complete.

    Back ends are made first and wait for the guest while its memory is read.
    """
    return (
        *_dequarantine(vm),
        VmCreate(vm.vm, disk),
        VmHook(vm.vm, "vm-pre-resume", "none"),
        *((PciPlug(pci, False) for pci in _pcis(vm, behind_vgpu=True)) if vm.vgpus else ()),
        *(VgpuStart(vgpu, True) for vgpu in vm.vgpus),
        *parallel(VmRestore(vm.vm, disk), *serial(*_plug_vbds(vm.vbds)), *_plug_vifs(vm.vifs)),
        *_finish(vm),
        VmSurvive(vm.vm),
        VmSetSuspended(vm.vm, False),
        VmHook(vm.vm, "vm-post-resume", "none"),
    )


def attach(vm: Metadata) -> Plan:
    """Have the disks ready of a VM that is to come here."""
    return tuple(
        step for group in _by_mode(vm.vbds) for step in _groups(list(map(VbdAttach, group)))
    )


def hand_over(vm: Metadata) -> Plan:
    """Close the disks of a guest that stands still, for the host that it goes to."""
    return _groups([VbdHandOver(vbd) for vbd in vm.vbds])


def connect(vm: Metadata) -> Plan:
    """Plug the devices of a domain whose memory has just been restored."""
    return (
        *_plug_vbds(vm.vbds),
        *parallel(*_plug_vifs(vm.vifs)),
        *_finish(vm),
    )


def _finish(vm: Metadata) -> Plan:
    """Plug the other hardware of a restored domain that has its disks and interfaces."""
    return (
        *_groups([VgpuSetActive(vgpu, True) for vgpu in vm.vgpus]),
        *_device_model(vm, restored=True),
        *(PciPlug(pci, True) for pci in _pcis(vm, behind_vgpu=False)),
    )


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


def _begin(vbd: Vbd) -> Plan:
    return () if vbd.backend is None else (VbdEpochBegin(vbd, vbd.backend),)


def _end(vbd: Vbd) -> Plan:
    return () if vbd.backend is None else (VbdEpochEnd(vbd, vbd.backend),)


def _plug_vbds(vbds: Iterable[Vbd], before: Callable[[Vbd], Plan] = lambda vbd: ()) -> Plan:
    def plug(vbd: Vbd) -> Step:
        return Serial((VbdSetActive(vbd, True), *before(vbd), VbdPlug(vbd)))

    return tuple(step for group in _by_mode(vbds) for step in _groups([plug(one) for one in group]))


def _by_mode(vbds: Iterable[Vbd]) -> tuple[list[Vbd], list[Vbd]]:
    """Writable disks come first, as a disk attached read-only cannot become writable."""
    disks = list(vbds)
    return (
        [vbd for vbd in disks if vbd.mode is VbdMode.ReadWrite],
        [vbd for vbd in disks if vbd.mode is VbdMode.ReadOnly],
    )


def _is_emulated(vm: Metadata) -> bool:
    """Whether the guest sees hardware that a device model emulates."""
    return vm.vm.ty.tag == "HVM"


def _device_model(vm: Metadata, *, restored: bool) -> Plan:
    return (VmCreateDeviceModel(vm.vm, restored),) if _is_emulated(vm) else ()


def _dequarantine(vm: Metadata) -> Plan:
    """Give physical devices back to the host's driver, which makes virtual GPUs on them."""
    made = [vgpu for vgpu in vm.vgpus if vgpu.implementation.tag in ("GVT_g", "Nvidia")]
    return tuple(PciDequarantine(vgpu.physical_pci_address) for vgpu in made)


def _pcis(vm: Metadata, *, behind_vgpu: bool) -> list[Pci]:
    """The PCI devices in order: the virtual functions behind vGPUs, or all others."""
    functions = [v.virtual_pci_address for v in vm.vgpus if v.implementation.tag == "Nvidia"]
    in_order = sorted(vm.pcis, key=lambda pci: pci.position)
    return [pci for pci in in_order if (pci.address in functions) == behind_vgpu]


def _plug_vifs(vifs: Iterable[Vif]) -> list[Step]:
    in_order = sorted(vifs, key=lambda vif: vif.position)
    return [Serial(vif_hotplug(vif)) for vif in in_order]


def _groups(steps: list[Step]) -> Plan:
    groups: list[Step] = []
    for start_ in range(0, len(steps), GROUP_MAX):
        group = tuple(steps[start_ : start_ + GROUP_MAX])
        groups.append(group[0] if len(group) == 1 else Parallel(group))
    return tuple(groups)
