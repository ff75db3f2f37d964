"""A host's sign of life, with which it tells about itself and its domains."""

from collections.abc import Mapping
from typing import Any

from datamodel.classes import Host, HostRef
from pooldb import Transaction
from rules.lifecycle.host import is_live

from forwarder.doubts import keeping
from forwarder.states.reconcile import alone
from forwarder.updates import census, heartbeat
from forwarder.updates.hearing import HEARD
from forwarder.updates.registry import on


@on("host")
def take(tx: Transaction, host: HostRef, body: Mapping[str, Any]) -> None:
    tx.kv_set(HEARD, host, tx.now())
    if not is_live(tx, host):
        keeping.is_heard_again(tx, host)
    heartbeat.apply(tx, host, body["state"])
    with alone(f"host {tx.get(Host, host).uuid}", "domains"):
        census.take(tx, host, body["state"])
