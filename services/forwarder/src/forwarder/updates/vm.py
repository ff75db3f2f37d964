"""A host tells the state of a VM."""

import logging
from collections.abc import Mapping
from typing import Any

from pooldb import Database, Transaction

from forwarder.core import announcements
from forwarder.core.announcements import Announcement
from forwarder.states import reconcile
from forwarder.updates.hearing import HEARD
from forwarder.updates.registry import on

log = logging.getLogger(__name__)

RUNS_TWICE = "VM_RUNS_TWICE"
"""Name of the message about a VM that two hosts say they run."""


def is_known(db: Database, host: str, body: Mapping[str, Any]) -> bool:
    """Whether the forwarder that had the work done has written the state before us."""
    if not reconcile.is_known(db, host, body):
        return False
    db.refresh()
    return reconcile.second_copy(db.view, host, body) is None


@on("vm", is_known)
def take(tx: Transaction, host: str, body: Mapping[str, Any]) -> None:
    tx.kv_set(HEARD, host, tx.now())
    reconcile.apply_vm(tx, host, body)
    _look_for_second_copy(tx, host, body)


def _look_for_second_copy(tx: Transaction, host: str, body: Mapping[str, Any]) -> None:
    """A VM that runs twice is for people to decide: which copy is right nobody else can know."""
    vm = reconcile.second_copy(tx, host, body)
    if vm is None or announcements.is_told(tx, RUNS_TWICE, vm):
        return
    here = tx.get("host", host)["name_label"]
    there = tx.get("host", reconcile.place(tx.get("VM", vm)))["name_label"]
    text = f"runs on host {here} too, though the pool has it on host {there}: stop one of the two"
    log.error("VM %s %s", tx.get("VM", vm)["uuid"], text)
    announcements.write(tx, Announcement(RUNS_TWICE, vm, text, announcements.DATA_AT_RISK))
