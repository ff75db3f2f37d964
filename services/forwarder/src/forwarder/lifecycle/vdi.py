"""The VDI's operations: what changes its bytes needs it unattached."""

from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError

from forwarder.lifecycle.simple import check_free

OPERATIONS = (
    *("clone", "copy", "destroy", "resize", "snapshot", "update", "forget"),
    *("enable_cbt", "disable_cbt", "data_destroy", "mirror"),
)
UNATTACHED = ("destroy", "resize", "forget", "data_destroy")
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
    if operation in UNATTACHED:
        for vbd in record["VBDs"]:
            found = tx.find("VBD", vbd)
            if found is not None and found["currently_attached"]:
                raise XenAPIError("VDI_IN_USE", ref, operation)


def allowed(tx: Any, ref: str, record: Mapping[str, Any]) -> list[str]:
    found = []
    for operation in OPERATIONS:
        try:
            check(tx, ref, record, operation)
        except XenAPIError:
            continue
        found.append(operation)
    return found
