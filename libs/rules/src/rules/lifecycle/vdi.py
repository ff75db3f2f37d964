"""The VDI's operations: a row for each; refusals count in the order of `check`."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from datamodel import XenAPIError
from datamodel.classes import SR, VBD, VDI, VM, Pool, VDIRef
from pooldb import Reader

from rules.lifecycle.possible import possible
from rules.lifecycle.sr import is_plugged, require_feature


class Use(Enum):
    """How a disk may be attached to VMs while something is done with it."""

    NONE = "not at all"
    READ = "read-only"
    ANY = "as it likes"


@dataclass(frozen=True)
class Row:
    """The feature that an operation needs, and in which conditions of a disk it may begin."""

    feature: str | None = None
    attached: Use = Use.NONE
    cbt_metadata: bool = False
    cbt_enabled: bool = True


# In upstream's order of allowed_operations.
SHOWN = {
    "copy": Row(None, Use.READ),
    "generate_config": Row("VDI_GENERATE_CONFIG", cbt_metadata=True),
    "clone": Row("VDI_CLONE", Use.ANY),
    "resize_online": Row("VDI_RESIZE_ONLINE", Use.ANY),
    "forget": Row(cbt_metadata=True),
    "update": Row("VDI_UPDATE", cbt_metadata=True),
    "resize": Row("VDI_RESIZE"),
    "snapshot": Row("VDI_SNAPSHOT", Use.ANY),
    "destroy": Row("VDI_DELETE", cbt_metadata=True),
}
ROWS = {
    **SHOWN,
    "mirror": Row("VDI_MIRROR", Use.ANY, cbt_enabled=False),
    "set_on_boot": Row("VDI_RESET_ON_BOOT", cbt_enabled=False),
    "enable_cbt": Row("VDI_CONFIG_CBT", Use.ANY),
    "disable_cbt": Row("VDI_CONFIG_CBT", Use.ANY),
    "data_destroy": Row("VDI_CONFIG_CBT", Use.ANY, cbt_metadata=True),
    "list_changed_blocks": Row("VDI_CONFIG_CBT", cbt_metadata=True),
    "revert_from": Row("VDI_CLONE"),
}

RESIZING = ("resize", "resize_online")
KEEPS_IMAGE = ("destroy", "forget", "data_destroy", "resize")
"""Operations that would take away the image from which a suspended VM is to be resumed."""

BESIDE = {"destroy": ("mirror",)}
"""By operation: those beside which it may begin; all may begin beside a copy, which only reads."""

HA_TYPES = ("ha_statefile", "redo_log")
TYPE_WORDS = {
    **{"ha_statefile": "HA statefile", "redo_log": "Redo log", "rrd": "rrd"},
    **{"pvs_cache": "PVS cache", "cbt_metadata": "CBT metadata"},
}
"""How errors name a type; all other types get a capital letter."""


def type_word(type_: str) -> str:
    """A disk's type as errors name it."""
    return TYPE_WORDS.get(type_, type_.capitalize())


def check(tx: Reader, ref: VDIRef, record: VDI, operation: str, *, strict: bool = True) -> None:
    """Raise the XenAPI's error unless the operation may begin now."""
    row = ROWS[operation]
    sr = tx.find(SR, record.SR)
    if operation == "set_on_boot":
        _check_halted(tx, record)
    _check_concurrency(ref, record, operation)
    if operation in RESIZING and sr is not None and not is_plugged(tx, sr):
        raise XenAPIError("SR_HAS_NO_PBDS", record.SR)
    _check_use(tx, ref, record, operation, row)
    if sr is not None:
        require_feature(tx, record.SR, sr, row.feature)
    if record.type == "cbt_metadata" and not row.cbt_metadata:
        raise XenAPIError("VDI_INCOMPATIBLE_TYPE", ref, type_word(record.type))
    if record.cbt_enabled and not row.cbt_enabled:
        raise XenAPIError("VDI_CBT_ENABLED", ref)
    _check_kind(tx, ref, record, operation)


def check_unused(tx: Reader, ref: VDIRef, record: VDI, operation: str) -> None:
    """Raise if a disk is in use in any way; errors name ``operation``, which is begun elsewhere."""
    _check_concurrency(ref, record, operation)
    _check_use(tx, ref, record, operation, Row())


def _check_halted(tx: Reader, record: VDI) -> None:
    """Raise VM_BAD_POWER_STATE unless all VMs that have the disk are halted."""
    for vbd in record.VBDs:
        vm = tx.get(VBD, vbd).VM
        state = tx.get(VM, vm).power_state
        if state != "Halted":
            raise XenAPIError("VM_BAD_POWER_STATE", vm, "halted", state.lower())


def _check_concurrency(ref: VDIRef, record: VDI, operation: str) -> None:
    beside = ("copy", *BESIDE.get(operation, ()))
    for task, other in record.current_operations.items():
        if other not in beside:
            raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VDI", ref, other, task)


def _check_use(tx: Reader, ref: VDIRef, record: VDI, operation: str, row: Row) -> None:
    """Raise for what VMs do with a disk. A copy in progress reads the disk, as a VM would."""
    modes = set(_modes(tx, record, operation))
    if "copy" in record.current_operations.values():
        modes.add("RO")
    if (modes and row.attached is Use.NONE) or ("RW" in modes and row.attached is Use.READ):
        raise XenAPIError("VDI_IN_USE", ref, operation)
    if operation in KEEPS_IMAGE and record.type == "suspend" and _is_image(tx, ref):
        raise XenAPIError("VDI_IN_USE", ref, operation)
    if operation == "data_destroy":
        return
    for vbd in record.VBDs:
        for task, other in tx.get(VBD, vbd).current_operations.items():
            raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VBD", vbd, other, task)


def _modes(tx: Reader, record: VDI, operation: str) -> Iterator[str]:
    """The modes in which VMs have a disk now, as far as they matter to an operation."""
    vbds = [tx.get(VBD, vbd) for vbd in record.VBDs]
    attached = [vbd for vbd in vbds if vbd.currently_attached or vbd.reserved]
    for vbd in attached:
        # The VBDs of a checkpoint stay attached, but no guest uses them.
        if operation == "list_changed_blocks" and tx.get(VM, vbd.VM).is_a_snapshot:
            continue
        yield str(vbd.mode)


def _is_image(tx: Reader, ref: VDIRef) -> bool:
    vms = tx.all(VM).values()
    return any(vm.suspend_VDI == ref and vm.power_state == "Suspended" for vm in vms)


def _check_kind(tx: Reader, ref: VDIRef, record: VDI, operation: str) -> None:
    """Raise for an operation that a disk of this kind does not allow."""
    match operation:
        case "snapshot":
            _check_snapshot(ref, record)
        case "copy":
            check_on_boot(record)
            if record.type in HA_TYPES:
                reason = "VDI containing HA statefile or redo log cannot be copied"
                raise XenAPIError("OPERATION_NOT_ALLOWED", reason)
        case "resize" | "resize_online":
            _check_ha(tx, record)
        case "destroy" | "revert_from":
            _check_removable(tx, ref, record)
        case "forget":
            _check_ha(tx, record)
            _check_rrds(ref, record)
        case "enable_cbt" | "disable_cbt":
            _check_tracked(ref, record)
        case "data_destroy":
            _check_data(tx, ref, record)


def _check_snapshot(ref: VDIRef, record: VDI) -> None:
    if record.sharable:
        raise XenAPIError("VDI_IS_SHARABLE", ref)
    check_on_boot(record)
    if "copy" in record.current_operations.values():
        raise XenAPIError("OPERATION_NOT_ALLOWED", "Snapshot operation not allowed during copy.")


def check_on_boot(record: VDI) -> None:
    """Refuse a disk that forgets at each boot what was written: images of it would be useless."""
    if record.on_boot == "reset":
        raise XenAPIError("VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION")


def _check_removable(tx: Reader, ref: VDIRef, record: VDI) -> None:
    sr = tx.find(SR, record.SR)
    if sr is not None and sr.type == "udev":
        raise XenAPIError("VDI_IS_A_PHYSICAL_DEVICE", ref)
    if sr is not None and sr.is_tools_sr:
        raise XenAPIError("SR_OPERATION_NOT_SUPPORTED", record.SR)
    _check_rrds(ref, record)
    _check_ha(tx, record)


def _check_rrds(ref: VDIRef, record: VDI) -> None:
    if record.type == "rrd":
        raise XenAPIError("VDI_HAS_RRDS", ref)


def _check_ha(tx: Reader, record: VDI) -> None:
    """Refuse a disk that high availability uses, while that is on."""
    if record.type in HA_TYPES and any(pool.ha_enabled for pool in tx.all(Pool).values()):
        raise XenAPIError("HA_IS_ENABLED")


def _check_tracked(ref: VDIRef, record: VDI) -> None:
    if record.is_a_snapshot:
        raise XenAPIError("OPERATION_NOT_ALLOWED", f"VDI is a snapshot: {ref}")
    if record.type not in ("user", "system"):
        raise XenAPIError("VDI_INCOMPATIBLE_TYPE", ref, type_word(record.type))
    check_on_boot(record)


def _check_data(tx: Reader, ref: VDIRef, record: VDI) -> None:
    if not record.is_a_snapshot:
        raise XenAPIError("OPERATION_NOT_ALLOWED", f"VDI is not a snapshot: {ref}")
    if not record.cbt_enabled:
        raise XenAPIError("VDI_NO_CBT_METADATA", ref)
    _check_removable(tx, ref, record)
    if any(_modes(tx, record, "data_destroy")):
        raise XenAPIError("VDI_IN_USE", ref, "data_destroy")


def allowed(tx: Reader, ref: VDIRef, record: VDI) -> list[str]:
    return possible(check, SHOWN, tx, ref, record)
