"""Takes the hosts' reports and notices when one has stopped reporting."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from datamodel.classes import HostRef
from pooldb import Database, Transaction

from broker import Delivery
from forwarder.updates import hearing, multipath, registry

ANSWER_MAX_S = 5.0
# A forwarder that has not looked for AWAY_S was away itself; for BACK_S it only listens to hosts,
# which speak every 5 s.
AWAY_S, BACK_S = 10.0, 15.0


Answering = Callable[[Iterable[HostRef], float], Mapping[HostRef, bool]]
"""Which hosts answer a question, as `daemons.hosts.Hosts.answering`."""


class Reports:
    """A forwarder's hearing. The broker gives each host's reports to one forwarder at a time."""

    def __init__(self, db: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._clock = clock
        self._settled = 0
        self._looked = self._back = clock()
        self.publish: Callable[[int], None] = lambda generation: None
        self.answering: Answering = lambda hosts, timeout_s: dict.fromkeys(hosts, False)

    def take(self, host: HostRef, delivery: Delivery) -> None:
        """Write one report into the database."""
        body: dict[str, Any] = delivery.body
        if not registry.is_known(self._db, host, body):
            self._write(lambda tx: registry.take(tx, host, body))
        delivery.ack()

    def _write(self, change: Callable[[Transaction], None]) -> None:
        before = self._db.view.generation
        with self._db.transaction() as tx:
            change(tx)
        if tx.generation != before:
            self.publish(tx.generation)

    def look_for_silent_hosts(self) -> None:
        """Show a host as not live if nobody has heard it for a while and it does not answer.

        Reports may lie unread at a forwarder that stands still, or that was away as this one may
        have been. So hosts are asked first, and a forwarder that was away listens before it judges.
        """
        now = self._clock()
        if now - self._looked > AWAY_S:
            self._back = now
        if now - self._back >= BACK_S:
            with self._db.transaction() as tx:
                unheard = hearing.look_for_unheard(tx)
            if unheard and self._judge(unheard):
                self._back = self._clock()
        self._looked = self._clock()

    def _judge(self, unheard: Mapping[HostRef, float]) -> bool:
        """Ask hosts that have been silent for long; whether we were away ourselves meanwhile."""
        asked = self._clock()
        answers = self.answering(unheard, ANSWER_MAX_S)
        if self._clock() - asked > ANSWER_MAX_S + AWAY_S:
            return True
        self._write(lambda tx: hearing.conclude(tx, unheard, answers))
        return not answers

    def settle_paths(self) -> None:
        """Write the storage paths of PBDs that were plugged since the last reports, too."""
        if self._settled != self._db.view.generation:
            self._write(multipath.settle)
            self._settled = self._db.view.generation
