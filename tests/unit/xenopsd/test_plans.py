"""Every operation's plan, over mixes of devices, as text that a person can check."""

from dataclasses import replace
from pathlib import Path

import pytest
from daemon.plans import explain, leaves
from hypothesis import given
from hypothesis import strategies as st
from xenops.types import (
    Disk,
    Metadata,
    Pci,
    PciAddress,
    Vbd,
    VbdMode,
    VbdTy,
    Vgpu,
    VgpuImplementation,
    VgpuNvidia,
    Vif,
    Vm,
    VmAction,
    VmBuilderInfo,
    VmHvmInfo,
    VmPvBoot,
    VmPvDirectBoot,
    VmPvInfo,
    VmSchedulerParams,
    Vusb,
)
from xenopsd import operations
from xenopsd.atomics import VbdPlug, VmDestroy, VmSurvive
from xenopsd.operations import Plan

GOLDEN = Path(__file__).parent / "golden"
MIB = 1024 * 1024
DISK = Disk("VDI", "sr/vdi")
BOOT = VmPvBoot("Direct", VmPvDirectBoot(kernel="/boot/guest"))


def vm() -> Vm:
    return Vm(
        id="vm",
        name="guest",
        ssidref=0,
        xsdata={},
        platformdata={},
        bios_strings={},
        ty=VmBuilderInfo("PVH", VmPvInfo(boot=BOOT)),
        suppress_spurious_page_faults=False,
        memory_static_max=64 * MIB,
        memory_dynamic_max=64 * MIB,
        memory_dynamic_min=64 * MIB,
        vcpu_max=1,
        vcpus=1,
        scheduler_params=VmSchedulerParams(affinity=[]),
        on_crash=[VmAction.Shutdown],
        on_shutdown=[VmAction.Shutdown],
        on_reboot=[VmAction.Start],
        pci_msitranslate=True,
        pci_power_mgmt=False,
        has_vendor_device=False,
    )


def metadata(writable: int, readonly: int, interfaces: int) -> Metadata:
    """Read-only disks come first in the list, so that a plan has to put them in order."""
    modes = [VbdMode.ReadOnly] * readonly + [VbdMode.ReadWrite] * writable
    vbds = [
        Vbd(id=("vm", f"xvd{chr(ord('a') + number)}"), mode=mode, backend=DISK, ty=VbdTy.Disk)
        for number, mode in enumerate(modes)
    ]
    vifs = [Vif(id=("vm", str(number)), position=number) for number in reversed(range(interfaces))]
    return Metadata(vm=vm(), vbds=vbds, vifs=vifs)


def emulated(found: Metadata) -> Metadata:
    return replace(found, vm=replace(found.vm, ty=VmBuilderInfo("HVM", VmHvmInfo())))


def with_hardware(found: Metadata) -> Metadata:
    """Two PCI devices, of which one is the function behind a vGPU, and a USB device."""
    slots = [PciAddress(domain=0, bus=0, dev=number, fn=0) for number in (4, 11)]
    pcis = [Pci(id=("vm", f"pci{n}"), position=n, address=slot) for n, slot in enumerate(slots)]
    vgpu = Vgpu(
        id=("vm", "vgpu0"),
        virtual_pci_address=slots[1],
        implementation=VgpuImplementation("Nvidia", VgpuNvidia()),
    )
    vusb = Vusb(id=("vm", "usb0"), hostbus="1", hostport="2", version="2.0", path="", speed=480.0)
    return replace(found, pcis=pcis, vgpus=[vgpu], vusbs=[vusb])


MIXES = {
    "no devices": metadata(0, 0, 0),
    "a disk": metadata(1, 0, 0),
    "a disk and an interface": metadata(1, 0, 1),
    "disks of both modes": metadata(2, 2, 2),
    "many disks": metadata(12, 0, 0),
    "an emulated machine": emulated(metadata(1, 0, 1)),
    "hardware handed through": with_hardware(emulated(metadata(1, 0, 0))),
}


def plans(mix: Metadata) -> dict[str, Plan]:
    return {
        "start": operations.start(mix),
        "clean shutdown": operations.poweroff(mix, 1200.0),
        "hard shutdown": operations.poweroff(mix, None),
        "clean reboot": operations.reboot(mix, 1200.0),
        "suspend": operations.suspend(mix, DISK),
        "resume": operations.resume(mix, DISK),
    }


@pytest.mark.parametrize("name", MIXES)
def test_plans_are_as_written(name: str, request: pytest.FixtureRequest) -> None:
    text = "".join(
        f"{operation}\n" + "".join(f"  {line}\n" for line in explain(plan))
        for operation, plan in plans(MIXES[name]).items()
    )
    golden = GOLDEN / f"{name.replace(' ', '-')}.txt"
    if not golden.exists():
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(text)
        pytest.fail(f"{golden.name} was written: read it, and run the tests again")
    assert text == golden.read_text()


@given(st.integers(0, 14), st.integers(0, 14), st.integers(0, 5))
def test_writable_disks_come_before_readonly_ones(
    writable: int, readonly: int, interfaces: int
) -> None:
    plan = operations.start(metadata(writable, readonly, interfaces))
    modes = [leaf.vbd.mode for step in plan for leaf in leaves(step) if isinstance(leaf, VbdPlug)]
    assert modes == [VbdMode.ReadWrite] * writable + [VbdMode.ReadOnly] * readonly


@given(st.integers(0, 14), st.integers(0, 5))
def test_a_domain_survives_only_when_it_is_whole(disks: int, interfaces: int) -> None:
    *before, last = operations.start(metadata(disks, 0, interfaces))
    assert isinstance(last, VmSurvive)
    assert not any(isinstance(leaf, VmDestroy) for step in before for leaf in leaves(step))
