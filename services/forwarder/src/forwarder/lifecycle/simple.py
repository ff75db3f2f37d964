"""For classes whose operations only keep each other out."""

from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError


def check_free(cls: str, ref: str, record: Mapping[str, Any]) -> None:
    """Raise OTHER_OPERATION_IN_PROGRESS when any operation runs."""
    for task, other in record["current_operations"].items():
        raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", cls, ref, other, task)
