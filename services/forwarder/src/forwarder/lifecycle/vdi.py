"""The VDI's operations: what changes its bytes, or needs them to stay, needs it unattached."""

from collections.abc import Iterator, Mapping
from typing import Any

from datamodel import XenAPIError

from forwarder.lifecycle.simple import check_free

OPERATIONS = (
    *("clone", "copy", "destroy", "resize", "snapshot", "update", "forget"),
    *("enable_cbt", "disable_cbt", "data_destroy", "mirror"),
)
UNATTACHED = ("destroy", "resize", "forget", "data_destroy", "clone", "update", "set_on_boot")
UNWRITTEN = ("copy",)
"""What a VM that only reads the disk does not mind."""

KEEPS_IMAGE = ("destroy", "resize", "forget", "data_destroy")
"""What takes the image away from which a suspended VM is to be resumed."""

SNAPSHOT_ONLY, NO_SNAPSHOT = ("data_destroy",), ("enable_cbt", "disable_cbt", "mirror")


def check(
    tx: Any, ref: str, record: Mapping[str, Any], operation: str, *, strict: bool = True
) -> None:
    """Raise the field's error unless the operation may begin now."""
    check_free("VDI", ref, record)
    if operation in SNAPSHOT_ONLY and not record["is_a_snapshot"]:
        raise XenAPIError("OPERATION_NOT_ALLOWED", f"VDI is not a snapshot: {ref}")
    if operation in NO_SNAPSHOT and record["is_a_snapshot"]:
        raise XenAPIError("OPERATION_NOT_ALLOWED", f"VDI is a snapshot: {ref}")
    if operation in (*UNATTACHED, *UNWRITTEN):
        modes = list(attached(tx, record))
        if "RW" in modes or (modes and operation in UNATTACHED):
            raise XenAPIError("VDI_IN_USE", ref, operation)
    if operation in KEEPS_IMAGE and record["type"] == "suspend" and _is_image(tx, ref):
        raise XenAPIError("VDI_IN_USE", ref, operation)


def attached(tx: Any, record: Mapping[str, Any]) -> Iterator[str]:
    """The modes in which VMs have a disk now."""
    for vbd in record["VBDs"]:
        found = tx.find("VBD", vbd)
        if found is not None and (found["currently_attached"] or found["reserved"]):
            yield str(found["mode"])


def _is_image(tx: Any, ref: str) -> bool:
    vms = tx.all("VM").values()
    return any(vm["suspend_VDI"] == ref and vm["power_state"] == "Suspended" for vm in vms)


def allowed(tx: Any, ref: str, record: Mapping[str, Any]) -> list[str]:
    found = []
    for operation in OPERATIONS:
        try:
            check(tx, ref, record, operation)
        except XenAPIError:
            continue
        found.append(operation)
    return found
