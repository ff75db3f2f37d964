"""VLAN: interfaces that share a wire by their tags, as records; nothing on a host changes yet."""

from typing import Any

from datamodel.classes import PIF, VLAN, PIF_metrics, VLANRef
from datamodel.objects import ref_of
from pooldb import Transaction

from forwarder.core.patterns import introducer
from forwarder.core.registry import implements


def _introduce(tx: Transaction, values: dict[str, Any]) -> VLANRef:
    """Record a VLAN, whose interface shares the metrics of the interface under it."""
    vlan = ref_of(tx.new(VLAN, values))
    metrics = tx.get(PIF, values["tagged_PIF"]).metrics
    own = tx.get(PIF, values["untagged_PIF"]).metrics
    changed_pif = tx.edit(PIF, values["untagged_PIF"])
    changed_pif.VLAN_master_of = vlan
    changed_pif.metrics = metrics
    if own != metrics and tx.find(PIF_metrics, own) is not None:
        tx.delete(PIF_metrics, own)
    return vlan


implements("VLAN.pool_introduce")(introducer("VLAN.pool_introduce", _introduce))
