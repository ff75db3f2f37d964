"""Takes the hosts' reports and notices when one has stopped reporting."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pooldb import Database, Transaction

from broker import Delivery
from forwarder.core import announcements
from forwarder.core.announcements import Announcement
from forwarder.lifecycle.host import is_live
from forwarder.placement import adrift
from forwarder.states import reconcile
from forwarder.updates import census, heartbeat, multipath

log = logging.getLogger(__name__)

SILENCE_MAX_S = 30.0
ANSWER_MAX_S = 5.0
# Who has not looked for so long was away itself, and hears the hosts first: they speak every 5 s.
AWAY_S, BACK_S = 10.0, 15.0
RUNS_TWICE = "VM_RUNS_TWICE"
"""Name of the message about a VM that two hosts say they run."""

HEARD = "heard"
"""kv namespace: host → when it was last heard, by the database's clock.

It is shared because each report goes to one forwarder, and which one it is changes.
"""


Answering = Callable[[Iterable[str], float], Mapping[str, bool]]
"""Which hosts answer a question, as `forwarder.daemons.hosts.Hosts.answering`."""


class Reports:
    """One per forwarder. The broker gives each host's reports to one forwarder at a time."""

    def __init__(self, db: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._clock = clock
        self._settled = 0
        self._looked = self._back = clock()
        self.publish: Callable[[int], None] = lambda generation: None
        self.answering: Answering = lambda hosts, timeout_s: dict.fromkeys(hosts, False)

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
        """A host that nobody has heard for a while, and that does not answer, is shown as not live.

        Reports may lie unread, with a forwarder that stands still or before one that was away: this
        one, too. So hosts are asked first, and who was away judges nobody before he has heard.
        """
        now = self._clock()
        if now - self._looked > AWAY_S:
            self._back = now
        if now - self._back >= BACK_S:
            with self._db.transaction() as tx:
                unheard = look_for_unheard(tx)
            if unheard and self._judge(unheard):
                self._back = self._clock()
        self._looked = self._clock()

    def _judge(self, unheard: Mapping[str, float]) -> bool:
        """Ask hosts that were not heard for long; whether we were away ourselves meanwhile."""
        asked = self._clock()
        said = self.answering(unheard, ANSWER_MAX_S)
        if self._clock() - asked > ANSWER_MAX_S + AWAY_S:
            return True
        self._write(lambda tx: conclude(tx, unheard, said))
        return not said

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
        if not is_live(tx, host):
            adrift.is_heard_again(tx, host)
        heartbeat.apply(tx, host, body["state"])
        census.take(tx, host, body["state"].get("domains", ()))


def _look_for_second_copy(tx: Transaction, host: str, body: dict[str, Any]) -> None:
    """A VM that runs twice is for people to decide: which copy is right nobody else can know."""
    vm = reconcile.second_copy(tx, host, body)
    if vm is None or announcements.is_told(tx, RUNS_TWICE, vm):
        return
    here = tx.get("host", host)["name_label"]
    there = tx.get("host", reconcile.place(tx.get("VM", vm)))["name_label"]
    text = f"runs on host {here} too, though the pool has it on host {there}: stop one of the two"
    log.error("VM %s %s", tx.get("VM", vm)["uuid"], text)
    announcements.write(tx, Announcement(RUNS_TWICE, vm, text, announcements.DATA_AT_RISK))


def hear(tx: Transaction, host: str) -> None:
    """A host has said something: it is live, if it is one of the pool's."""
    record = tx.find("host", host)
    if record is None:
        return
    tx.kv_set(HEARD, host, tx.now())
    if not is_live(tx, host):
        adrift.is_heard_again(tx, host)
        tx.update("host_metrics", record["metrics"], {"live": True})


def look_for_unheard(tx: Transaction) -> dict[str, float]:
    """The live hosts that were not heard within the bound, with when they were heard last.

    The first look only notes.
    """
    heard = tx.kv_items(HEARD)
    found = {}
    for ref in [ref for ref in tx.all("host") if is_live(tx, ref)]:
        if ref not in heard:
            tx.kv_set(HEARD, ref, tx.now())
        elif tx.now() - heard[ref] > SILENCE_MAX_S:
            found[ref] = heard[ref]
    return found


def conclude(tx: Transaction, unheard: Mapping[str, float], said: Mapping[str, bool]) -> None:
    """Who answers was heard; who does not is silent, unless somebody has heard it meanwhile."""
    for ref, answers in said.items():
        if answers:
            hear(tx, ref)
        elif tx.find("host", ref) is not None and tx.kv_get(HEARD, ref) == unheard[ref]:
            host = tx.get("host", ref)
            log.warning("host %s is silent", host["name_label"])
            tx.update("host_metrics", host["metrics"], {"live": False})
