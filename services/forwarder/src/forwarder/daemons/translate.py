"""Translates records of the XenAPI into xenopsd's types, which contain no references."""

from datamodel import XenAPIError, enums
from datamodel.classes import SR, VBD, VDI, VIF, VM, NetworkRef, VBDRef, VDIRef, VIFRef, VMRef
from datamodel.classes import Network as PoolNetwork
from datamodel.refs import NULL_REF
from pooldb import Reader
from rules.values import places
from xenops.types import (
    Disk,
    Metadata,
    Network,
    Vbd,
    VbdMode,
    VbdTy,
    Vif,
    VifIpv4Configuration,
    VifIpv6Configuration,
    VifLockedAddresses,
    VifLockingMode,
    Vm,
    VmAction,
    VmBuilderInfo,
    VmHvmInfo,
    VmPvBoot,
    VmPvDirectBoot,
    VmPvIndirectBoot,
    VmPvInfo,
    VmSchedulerParams,
)

from forwarder.drivers import DRIVERS

ACTIONS = {
    "destroy": [VmAction.Shutdown],
    "restart": [VmAction.Start],
    "coredump_and_destroy": [VmAction.Coredump, VmAction.Shutdown],
    "coredump_and_restart": [VmAction.Coredump, VmAction.Start],
    "preserve": [VmAction.Pause],
    "rename_restart": [VmAction.Start],
    "soft_reboot": [VmAction.Softreboot],
}
MODES = {"RO": VbdMode.ReadOnly, "RW": VbdMode.ReadWrite}
TYPES = {"CD": VbdTy.CDROM, "Disk": VbdTy.Disk, "Floppy": VbdTy.Floppy}
SUSPENDED = "suspended"
NAME_MAX = 1024


def metadata(view: Reader, vm_ref: VMRef, *, suspended: bool = False) -> Metadata:
    """Everything that xenopsd must know to run a VM.

    Raises INVALID_DEVICE or DEVICE_ALREADY_EXISTS for VBDs that no guest can have together.
    """
    record = view.get(VM, vm_ref)
    places.require_plain(view, record)
    vbds = [vbd(view, ref) for ref in record.VBDs]
    return Metadata(
        vm=vm(record, bootable_disks(view, record)),
        vbds=[device for device in vbds if device is not None],
        vifs=[vif(view, ref) for ref in record.VIFs],
        domains=SUSPENDED if suspended else None,
    )


def bootable_disks(view: Reader, record: VM) -> list[Disk]:
    """The disks that a bootloader may look at: those marked bootable, in the guest's order."""
    vbds = [view.get(VBD, ref) for ref in record.VBDs]
    chosen = [each for each in vbds if each.bootable and each.type == "Disk"]
    in_order = sorted(chosen, key=lambda each: places.disk_number(device_name(each)) or 0)
    disks = [disk_of(view, each.VDI) for each in in_order]
    return [disk for disk in disks if disk is not None]


def vm(record: VM, disks: list[Disk]) -> Vm:
    """``disks`` are those that a bootloader may look at."""
    return Vm(
        id=record.uuid,
        name=shortened(record.name_label),
        ssidref=0,
        xsdata=dict(record.xenstore_data),
        platformdata=dict(record.platform),
        bios_strings=dict(record.bios_strings),
        ty=builder(record, disks),
        suppress_spurious_page_faults=False,
        memory_static_max=int(record.memory_static_max),
        memory_dynamic_max=int(record.memory_dynamic_max),
        memory_dynamic_min=int(record.memory_dynamic_min),
        vcpu_max=int(record.VCPUs_max),
        vcpus=int(record.VCPUs_at_startup),
        scheduler_params=VmSchedulerParams(priority=None, affinity=[]),
        on_crash=ACTIONS[record.actions_after_crash],
        on_shutdown=ACTIONS[record.actions_after_shutdown],
        on_reboot=ACTIONS[record.actions_after_reboot],
        pci_msitranslate=True,
        pci_power_mgmt=False,
        has_vendor_device=bool(record.has_vendor_device),
        generation_id=record.generation_id or None,
    )


def shortened(name: str) -> str:
    """A name, cut to fit into a node of xenstore, where people read it."""
    return name.encode()[:NAME_MAX].decode(errors="ignore")


def builder(record: VM, disks: list[Disk]) -> VmBuilderInfo:
    kind = record.domain_type
    if kind in ("hvm", "unspecified"):
        order = record.HVM_boot_params.get("order") or "cd"
        return VmBuilderInfo("HVM", VmHvmInfo(boot_order=order))
    if record.PV_bootloader and not record.PV_kernel:
        boot = VmPvBoot(
            "Indirect",
            VmPvIndirectBoot(
                bootloader=record.PV_bootloader,
                extra_args=record.PV_args,
                legacy_args=record.PV_legacy_args,
                bootloader_args=record.PV_bootloader_args,
                devices=disks,
            ),
        )
    else:
        ramdisk = record.PV_ramdisk or None
        direct = VmPvDirectBoot(kernel=record.PV_kernel, cmdline=record.PV_args, ramdisk=ramdisk)
        boot = VmPvBoot("Direct", direct)
    tag = {"pv": "PV", "pvh": "PVH", "pv_in_pvh": "PVinPVH"}[kind]
    return VmBuilderInfo(tag, VmPvInfo(boot=boot))


def vbd(view: Reader, ref: VBDRef) -> Vbd | None:
    """A VBD; None for a paravirtual guest's drive without a medium, which is no device."""
    device = drive(view, ref)
    owner = view.get(VM, view.get(VBD, ref).VM)
    is_none = device.backend is None and owner.domain_type not in ("hvm", "unspecified")
    return None if is_none else device


def drive(view: Reader, ref: VBDRef) -> Vbd:
    """A VBD, with or without a medium."""
    record = view.get(VBD, ref)
    owner = view.get(VM, record.VM)
    disk = disk_of(view, record.VDI)
    return Vbd(
        id=(owner.uuid, device_name(record)),
        mode=MODES[record.mode],
        backend=disk,
        ty=TYPES[record.type],
        unpluggable=bool(record.unpluggable),
    )


def device_name(record: VBD) -> str:
    """The guest's name for a VBD's device; raises INVALID_DEVICE if the VBD has no valid place."""
    name = places.device_of(record)
    if name is None:
        raise XenAPIError("INVALID_DEVICE", record.userdevice)
    return name


def disk_of(view: Reader, vdi: VDIRef) -> Disk | None:
    """A disk as hosts know it: by its location, or by its uuid if it has no bytes."""
    if vdi == NULL_REF:
        return None
    record = view.get(VDI, vdi)
    sr = view.get(SR, record.SR)
    if sr.type in DRIVERS:
        return Disk("Local", f"{sr.uuid}/{record.uuid}")
    return Disk("VDI", f"{sr.uuid}/{record.location}")


def vif(view: Reader, ref: VIFRef) -> Vif:
    record = view.get(VIF, ref)
    owner = view.get(VM, record.VM)
    return Vif(
        id=(owner.uuid, record.device),
        position=int(record.device),
        mac=record.MAC,
        mtu=int(record.MTU),
        backend=network(view, record.network),
        other_config=dict(record.other_config),
        locking_mode=locking_mode(view, record),
        ipv4_configuration=ipv4_configuration(record),
        ipv6_configuration=ipv6_configuration(record),
        trunks=[int(tag) for tag in record.trunks],
    )


def mode_of(view: Reader, record: VIF) -> str:
    """The locking mode in effect: a VIF's own or, where the VIF leaves it to it, its network's."""
    if record.locking_mode != enums.VifLockingMode.network_default:
        return record.locking_mode
    return view.get(PoolNetwork, record.network).default_locking_mode


def locking_mode(view: Reader, record: VIF) -> VifLockingMode:
    mode = mode_of(view, record)
    if mode == "locked":
        allowed = VifLockedAddresses(ipv4=list(record.ipv4_allowed), ipv6=list(record.ipv6_allowed))
        return VifLockingMode("Locked", allowed)
    return VifLockingMode(mode.capitalize())


def ipv4_configuration(record: VIF) -> VifIpv4Configuration:
    if record.ipv4_configuration_mode == "Static":
        addresses = (list(record.ipv4_addresses), record.ipv4_gateway or None)
        return VifIpv4Configuration("Static4", addresses)
    dhcp = record.ipv4_configuration_mode == "DHCP"
    return VifIpv4Configuration("DHCP4" if dhcp else "Unspecified4")


def ipv6_configuration(record: VIF) -> VifIpv6Configuration:
    if record.ipv6_configuration_mode == "Static":
        addresses = (list(record.ipv6_addresses), record.ipv6_gateway or None)
        return VifIpv6Configuration("Static6", addresses)
    automatic = record.ipv6_configuration_mode not in ("None", "Static")
    return VifIpv6Configuration("Autoconf6" if automatic else "Unspecified6")


def network(view: Reader, ref: NetworkRef) -> Network:
    return Network("Local", view.get(PoolNetwork, ref).bridge)
