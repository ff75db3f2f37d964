"""VBDs and VIFs as records: each has an object of metrics, which comes and goes with it."""

from collections.abc import Mapping
from typing import Any

from pooldb import Transaction

from forwarder.locks import locking

METRICS = {"VBD": "VBD_metrics", "VIF": "VIF_metrics"}


def add(tx: Transaction, cls: str, values: Mapping[str, Any], *, attached: bool = False) -> str:
    """Add a device to its VM; its reference."""
    metrics = tx.create(METRICS[cls], {})
    ref = tx.create(cls, {**values, "metrics": metrics, "currently_attached": attached})
    locking.refresh(tx, cls, ref)
    return ref


def remove(tx: Transaction, cls: str, ref: str) -> None:
    """Remove a device from its VM."""
    metrics = tx.get(cls, ref)["metrics"]
    if tx.find(METRICS[cls], metrics) is not None:
        tx.delete(METRICS[cls], metrics)
    tx.delete(cls, ref)
