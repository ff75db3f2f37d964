"""A host's report of the state of a VM."""

from collections.abc import Mapping
from typing import Any

from datamodel.classes import HostRef
from pooldb import Transaction

from forwarder.states import reconcile
from forwarder.updates.hearing import HEARD
from forwarder.updates.registry import on


@on("vm", reconcile.is_known)
def take(tx: Transaction, host: HostRef, body: Mapping[str, Any]) -> None:
    tx.kv_set(HEARD, host, tx.now())
    reconcile.apply_vm(tx, host, body)
