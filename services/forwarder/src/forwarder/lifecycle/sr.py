"""The SR's operations."""

from collections.abc import Mapping
from typing import Any

from forwarder.lifecycle.simple import check_free

# The field's order of allowed_operations.
OPERATIONS = (
    *("destroy", "unplug", "plug", "update", "vdi_resize", "forget", "vdi_clone", "scan"),
    *("vdi_snapshot", "vdi_create", "vdi_destroy"),
)


def check(
    tx: Any, ref: str, record: Mapping[str, Any], operation: str, *, strict: bool = True
) -> None:
    """Raise the field's error unless the operation may begin now."""
    check_free("SR", ref, record)


def allowed(tx: Any, ref: str, record: Mapping[str, Any]) -> list[str]:
    return list(OPERATIONS) if not record["current_operations"] else []
