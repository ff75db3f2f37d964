"""A host gives a sign of life, and tells of itself with it."""

from collections.abc import Mapping
from typing import Any

from pooldb import Transaction

from forwarder.lifecycle.host import is_live
from forwarder.placement import adrift
from forwarder.updates import census, heartbeat
from forwarder.updates.hearing import HEARD
from forwarder.updates.registry import on


@on("host")
def take(tx: Transaction, host: str, body: Mapping[str, Any]) -> None:
    tx.kv_set(HEARD, host, tx.now())
    if not is_live(tx, host):
        adrift.is_heard_again(tx, host)
    heartbeat.apply(tx, host, body["state"])
    census.take(tx, host, body["state"].get("domains", ()))
