"""VBDs and VIFs as records: each has a metrics object, which is made and removed with it."""

from collections.abc import Mapping
from typing import Any

from datamodel.classes import VBD, VIF, VBD_metrics, VBDRef, VIF_metrics, VIFRef
from datamodel.objects import name_of, ref_of
from pooldb import Transaction

from forwarder.locks import locking


def add_vbd(tx: Transaction, values: Mapping[str, Any], *, attached: bool = False) -> VBDRef:
    """Add a VBD to its VM; the VBD's reference."""
    vbd = tx.new(VBD, values)
    vbd.metrics = ref_of(tx.new(VBD_metrics))
    vbd.currently_attached = attached
    locking.refresh(tx, name_of(VBD), ref_of(vbd))
    return ref_of(vbd)


def add_vif(tx: Transaction, values: Mapping[str, Any], *, attached: bool = False) -> VIFRef:
    """Add a VIF to its VM; the VIF's reference."""
    vif = tx.new(VIF, values)
    vif.metrics = ref_of(tx.new(VIF_metrics))
    vif.currently_attached = attached
    locking.refresh(tx, name_of(VIF), ref_of(vif))
    return ref_of(vif)


def remove_vbd(tx: Transaction, ref: VBDRef) -> None:
    """Remove a VBD from its VM."""
    metrics = tx.get(VBD, ref).metrics
    if tx.find(VBD_metrics, metrics) is not None:
        tx.delete(VBD_metrics, metrics)
    tx.delete(VBD, ref)


def remove_vif(tx: Transaction, ref: VIFRef) -> None:
    """Remove a VIF from its VM."""
    metrics = tx.get(VIF, ref).metrics
    if tx.find(VIF_metrics, metrics) is not None:
        tx.delete(VIF_metrics, metrics)
    tx.delete(VIF, ref)
