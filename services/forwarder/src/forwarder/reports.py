"""Takes the hosts' reports and notices when one has stopped reporting."""

import logging
from collections.abc import Callable
from typing import Any

from pooldb import Database, Transaction

from broker import Delivery
from forwarder import announcements, heartbeat, multipath, reconcile
from forwarder.announcements import Announcement

log = logging.getLogger(__name__)

SILENCE_MAX_S = 30.0
RUNS_TWICE = "VM_RUNS_TWICE"
"""Name of the message about a VM that two hosts say they run."""

HEARD = "heard"
"""kv namespace: host → when it was last heard, by the database's clock.

It is shared because each report goes to one forwarder, and which one it is changes.
"""


class Reports:
    """One per forwarder. The broker gives each host's reports to one forwarder at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._settled = 0
        self.publish: Callable[[int], None] = lambda generation: None

    def take(self, host: str, delivery: Delivery) -> None:
        """Write one report into the database."""
        body: dict[str, Any] = delivery.body
        if not self._says_nothing_new(host, body):
            self._write(lambda tx: _apply(tx, host, body))
        delivery.ack()

    def _says_nothing_new(self, host: str, body: dict[str, Any]) -> bool:
        """Whether the forwarder that had the work done has written a VM's state before us."""
        if body["kind"] != "vm" or not reconcile.is_known(self._db, host, body):
            return False
        self._db.refresh()
        return reconcile.second_copy(self._db.view, host, body) is None

    def _write(self, change: Callable[[Transaction], None]) -> None:
        before = self._db.view.generation
        with self._db.transaction() as tx:
            change(tx)
        if tx.generation != before:
            self.publish(tx.generation)

    def look_for_silent_hosts(self) -> None:
        """A host that nobody has heard for a while is shown as not live."""
        self._write(mark_silent)

    def settle_paths(self) -> None:
        """Have PBDs that were plugged since tell of their storage paths, too."""
        if self._settled != self._db.view.generation:
            self._write(multipath.settle)
            self._settled = self._db.view.generation


def _apply(tx: Transaction, host: str, body: dict[str, Any]) -> None:
    if tx.find("host", host) is None:
        return  # it was destroyed, and has come back
    if body["kind"] == "multipath":
        multipath.take(tx, host, body)
        return
    tx.kv_set(HEARD, host, tx.now())
    if body["kind"] == "vm":
        reconcile.apply_vm(tx, host, body)
        _look_for_second_copy(tx, host, body)
    elif body["kind"] == "host":
        heartbeat.apply(tx, host, body["state"])


def _look_for_second_copy(tx: Transaction, host: str, body: dict[str, Any]) -> None:
    """A VM that runs twice is for people to decide: which copy is right nobody else can know."""
    vm = reconcile.second_copy(tx, host, body)
    if vm is None or announcements.is_told(tx, RUNS_TWICE, vm):
        return
    here = tx.get("host", host)["name_label"]
    there = tx.get("host", tx.get("VM", vm)["resident_on"])["name_label"]
    text = f"runs on host {here} too, though the pool has it on host {there}: stop one of the two"
    log.error("VM %s %s", tx.get("VM", vm)["uuid"], text)
    announcements.write(tx, Announcement(RUNS_TWICE, vm, text, announcements.DATA_AT_RISK))


def mark_silent(tx: Transaction) -> None:
    """Show hosts that were not heard within the bound as not live; the first look only notes."""
    heard = tx.kv_items(HEARD)
    for ref, host in tx.all("host").items():
        metrics = tx.find("host_metrics", host["metrics"])
        if metrics is None or not metrics["live"]:
            continue
        if ref not in heard:
            tx.kv_set(HEARD, ref, tx.now())
        elif tx.now() - heard[ref] > SILENCE_MAX_S:
            log.warning("host %s is silent", host["name_label"])
            tx.update("host_metrics", host["metrics"], {"live": False})
