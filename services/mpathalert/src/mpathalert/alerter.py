"""Follows the pool's events as a client of the XenAPI and makes the messages that are due."""

import http.client
import logging
import xmlrpc.client
from collections.abc import Callable, Iterable
from typing import Any
from xml.parsers.expat import ExpatError

import msgspec
import XenAPI
from telemetry import Alive

from mpathalert.alerts import Alerts
from mpathalert.disks import Disk, Record, Records
from mpathalert.metrics import Levels

log = logging.getLogger(__name__)

NAME, PRIORITY, CLASS = "MULTIPATH_PERIODIC_ALERT", 3, "Pool"
REPORTED = "mpathalert"
"""The key of ``pool.other_config`` for the unhealthy disks in the last message."""
EVENTS_S = 10.0
RETRY_S = 5.0
REST_S = 0.5
"""Hosts change with each start of a VM, so that their events come in crowds."""

LOST = (XenAPI.Failure, xmlrpc.client.Error, http.client.HTTPException, ExpatError, OSError)
"""What a call raises when the server refuses it, is gone, or answers nonsense."""

MakeAlerts = Callable[[Iterable[Disk]], Alerts]


class Alerter:
    """``make_alerts`` gets what an earlier run reported; ``log_in`` opens a session."""

    def __init__(
        self, log_in: Callable[[], Any], make_alerts: MakeAlerts, levels: Levels, alive: Alive
    ) -> None:
        self._log_in = log_in
        self._make_alerts = make_alerts
        self._levels = levels
        self._alive = alive
        self._alerts: Alerts | None = None
        self._trouble = ""

    def run(self, wait: Callable[[float], bool]) -> None:
        """Work until ``wait``, which waits for some seconds, returns True."""
        while True:
            try:
                return self.follow(wait)
            except LOST as error:
                self._levels.connected = False
                if str(error) != self._trouble:
                    log.warning("the pool's events are not heard: %s", error)
                self._trouble = str(error)
            if wait(RETRY_S):
                return

    def follow(self, wait: Callable[[float], bool]) -> None:
        """Log in and follow the events, as `run`, until something in ``LOST`` is raised.

        A comparison finds what changed between two sessions.
        """
        api = self._log_in()
        records, token = Records(), ""
        while True:
            due_s = None if self._alerts is None else self._alerts.wait_s()
            timeout_s = EVENTS_S if due_s is None else min(due_s, EVENTS_S)
            batch = api.event_from(list(Records.CLASSES), token, timeout_s)
            token = batch["token"]
            self._alive.sign()
            for event in batch["events"]:
                records.take(event)
            self._levels.connected, self._trouble = True, ""
            if records.pool is not None:
                self._compare(api, records, *records.pool)
            if wait(REST_S):
                return

    def _compare(self, api: Any, records: Records, pool: str, record: Record) -> None:
        if self._alerts is None:
            self._alerts = self._make_alerts(_reported(record["other_config"]))
        self._levels.disks = records.disks()
        self._alerts.see(self._levels.disks)
        if self._alerts.wait_s() == 0:
            api.message.create(NAME, PRIORITY, CLASS, record["uuid"], self._alerts.message())
            log.info("operators are told that paths of disks have changed")
            # In this order, a death in between repeats the message instead of losing it.
            _keep(api, pool, self._alerts.sent())


def _reported(other_config: dict[str, str]) -> list[Disk]:
    kept = other_config.get(REPORTED, "[]")
    try:
        return msgspec.json.decode(kept, type=list[Disk])
    except msgspec.DecodeError as error:
        log.warning("what was reported last is unknown: pool other_config %s: %s", REPORTED, error)
        return []


def _keep(api: Any, pool: str, disks: list[Disk]) -> None:
    api.pool.remove_from_other_config(pool, REPORTED)
    if disks:
        api.pool.add_to_other_config(pool, REPORTED, msgspec.json.encode(disks).decode())
