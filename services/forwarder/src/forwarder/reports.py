"""Takes the hosts' reports and notices when one has stopped reporting."""

import functools
import logging
import time
from collections.abc import Callable
from typing import Any

from pooldb import Database, Transaction

from broker import Delivery
from forwarder import reconcile

log = logging.getLogger(__name__)

SILENCE_MAX_S = 30.0


class Reports:
    """One per forwarder. The broker gives each host's reports to one forwarder at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._heard: dict[str, float] = {}
        self.publish: Callable[[int], None] = lambda generation: None

    def take(self, host: str, delivery: Delivery) -> None:
        """Write one report into the database."""
        body: dict[str, Any] = delivery.body
        self._heard[host] = time.monotonic()
        if body["kind"] == "vm":
            self._write(lambda tx: reconcile.apply_vm(tx, host, body))
        elif body["kind"] == "host":
            self._write(lambda tx: reconcile.apply_heartbeat(tx, host, body["state"]))
        delivery.ack()

    def _write(self, change: Callable[[Transaction], None]) -> None:
        before = self._db.view.generation
        with self._db.transaction() as tx:
            change(tx)
        if tx.generation != before:
            self.publish(tx.generation)

    def look_for_silent_hosts(self) -> None:
        """A host that we listened to and that is silent now is shown as not live."""
        for host, heard in list(self._heard.items()):
            if time.monotonic() - heard < SILENCE_MAX_S:
                continue
            record = self._db.view.find("host", host)
            metrics = record and self._db.view.find("host_metrics", record["metrics"])
            if record and metrics and metrics["live"]:
                log.warning("host %s is silent", record["name_label"])
                self._write(functools.partial(_not_live, record["metrics"]))


def _not_live(metrics: str, tx: Transaction) -> None:
    tx.update("host_metrics", metrics, {"live": False})
