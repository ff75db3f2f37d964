"""The SR's operations. The first refusal in the order of `check` is the one that counts."""

from collections.abc import Collection

from datamodel import XenAPIError
from datamodel.classes import PBD, SM, SR, VDI, SRRef
from pooldb import Reader

from rules.lifecycle.possible import possible

# Upstream's order of allowed_operations.
OPERATIONS = (
    *("vdi_introduce", "vdi_enable_cbt", "vdi_list_changed_blocks", "destroy", "unplug", "plug"),
    *("pbd_create", "vdi_disable_cbt", "update", "pbd_destroy", "vdi_resize", "forget"),
    *("vdi_clone", "vdi_data_destroy", "scan", "vdi_snapshot", "vdi_mirror", "vdi_create"),
    *("vdi_destroy", "vdi_set_on_boot", "vdi_revert"),
)

FEATURES = {
    "update": "SR_UPDATE",
    "vdi_create": "VDI_CREATE",
    "vdi_introduce": "VDI_INTRODUCE",
    "vdi_destroy": "VDI_DELETE",
    "vdi_resize": "VDI_RESIZE",
    "vdi_snapshot": "VDI_SNAPSHOT",
    "vdi_mirror": "VDI_MIRROR",
    "vdi_revert": "VDI_REVERT",
    "vdi_set_on_boot": "VDI_RESET_ON_BOOT",
    **dict.fromkeys(
        ("vdi_enable_cbt", "vdi_disable_cbt", "vdi_data_destroy", "vdi_list_changed_blocks"),
        "VDI_CONFIG_CBT",
    ),
}
"""The features that operations need of the driver. If it cannot clone, a disk is copied instead."""

NOT_FOR_TOOLS = ("vdi_create", "vdi_destroy")
UNPLUGGED = ("destroy", "forget")
TOGETHER = ("plug",)
"""Operations that may go on side by side."""


def check(tx: Reader, ref: SRRef, record: SR, operation: str, *, strict: bool = True) -> None:
    """Raise the XenAPI's error unless the operation may begin now."""
    require_feature(tx, ref, record, FEATURES.get(operation))
    if record.is_tools_sr and operation in NOT_FOR_TOOLS:
        raise XenAPIError("SR_OPERATION_NOT_SUPPORTED", ref)
    if operation in UNPLUGGED and is_plugged(tx, record):
        raise XenAPIError("SR_HAS_PBD", ref)
    if operation == "destroy":
        if not record.PBDs:
            raise XenAPIError("SR_HAS_NO_PBDS", ref)
        if _has_disks(tx, record):
            raise XenAPIError("SR_NOT_EMPTY")
    for task, other in record.current_operations.items():
        if operation not in TOGETHER or other not in TOGETHER:
            raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "SR", ref, other, task)


def features(tx: Reader, type_: str) -> Collection[str]:
    """What SRs of a type can do, as its driver's record says: nothing if there is no driver."""
    return next((sm.features for sm in tx.all(SM).values() if sm.type == type_), ())


def require_feature(tx: Reader, ref: SRRef, record: SR, feature: str | None) -> None:
    """Raise SR_OPERATION_NOT_SUPPORTED[SR] if a feature is named and the driver lacks it."""
    if feature is not None and feature not in features(tx, record.type):
        raise XenAPIError("SR_OPERATION_NOT_SUPPORTED", ref)


def is_plugged(tx: Reader, record: SR) -> bool:
    """Whether any host uses an SR."""
    return any(tx.get(PBD, pbd).currently_attached for pbd in record.PBDs)


def require_plugged(tx: Reader, ref: SRRef) -> None:
    """Raise SR_HAS_NO_PBDS[SR] unless a host uses the SR."""
    if not is_plugged(tx, tx.get(SR, ref)):
        raise XenAPIError("SR_HAS_NO_PBDS", ref)


def _has_disks(tx: Reader, record: SR) -> bool:
    """Whether an SR has any disks besides those that are destroyed with it."""
    disks = (tx.get(VDI, vdi) for vdi in record.VDIs)
    return any(disk.managed and disk.type != "rrd" for disk in disks)


def allowed(tx: Reader, ref: SRRef, record: SR) -> list[str]:
    return possible(check, OPERATIONS, tx, ref, record)
