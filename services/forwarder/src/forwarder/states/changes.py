"""Records that are written only where something is different."""

from collections.abc import Mapping
from typing import Any

from pooldb import Transaction


def update_if_different(
    tx: Transaction, cls: str, ref: str, record: Mapping[str, Any], changes: Mapping[str, Any]
) -> None:
    """Write ``changes`` unless the record has them already."""
    if any(record[name] != value for name, value in changes.items()):
        tx.update(cls, ref, changes)
