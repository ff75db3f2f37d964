"""Asks hosts that are live again about objects adrift, and releases what they are done with."""

import logging
from collections.abc import Iterator
from functools import partial

from datamodel import XenAPIError
from datamodel.classes import HostRef, TaskRef
from pooldb import Database
from rules.lifecycle.host import is_live
from xenops.errors import XenopsError

from forwarder.daemons.affairs import Affair
from forwarder.daemons.hosts import Ask
from forwarder.doubts import keeping
from forwarder.doubts.rows import ROWS, Row
from forwarder.locks.locking import Doubt
from forwarder.locks.subjects import Subject

log = logging.getLogger(__name__)

DEBUG = "settle"


def affairs(db: Database) -> Iterator[Affair]:
    """The doubts that hosts can be asked about."""
    with db.transaction() as tx:
        kept = keeping.kept(tx)
    for task, of_task in kept.items():
        for subject, doubts in of_task.items():
            hosts = frozenset(host for host, _ in doubts)
            if all(is_live(db.view, host) for host in hosts):
                yield Affair(hosts, partial(_settle, db, task, subject, doubts))
    yield from _overtaken(db)


def _overtaken(db: Database) -> Iterator[Affair]:
    """Work that was overtaken: its host is told, which else might wait for one that is dead."""
    with db.transaction() as tx:
        overtaken = [
            (subject, host, operation)
            for task, of_task in keeping.under_way(tx).items()
            for subject, doubts in of_task.items()
            if ROWS[subject.cls].is_overtaken(tx, task, subject.ref)
            for host, operation in doubts
            if is_live(tx, host)
        ]
    for subject, host, operation in overtaken:
        yield Affair(frozenset({host}), partial(_tell, db, subject, host, operation))


def _tell(db: Database, subject: Subject, host: HostRef, operation: str, ask: Ask) -> None:
    try:
        ROWS[subject.cls].fence(db, ask, subject.ref, host, operation)
    except (XenAPIError, XenopsError) as error:
        log.warning("host %s does not know that %s was overtaken: %s", host, operation, error)


def _settle(db: Database, task: TaskRef, subject: Subject, doubts: list[Doubt], ask: Ask) -> None:
    """Release an object if its hosts have ended all work on it."""
    row, ref = ROWS[subject.cls], subject.ref
    try:
        for host, operation in doubts:
            row.fence(db, ask, ref, host, operation)
        if any(_is_at_it(row, ask, host, operation) for host, operation in doubts):
            return
        answers = {host: row.ask(db, ask, ref, host, operation) for host, operation in doubts}
    except (XenAPIError, XenopsError) as error:
        log.warning("%s %s is still adrift: %s", *subject, error)
        return
    with db.transaction() as tx:
        for host, answer in answers.items():
            row.apply(tx, ref, host, answer)
        keeping.release(tx, task, subject)
        row.is_released(tx, ref)
        log.warning("%s is adrift no more", keeping.named(tx, subject))


def _is_at_it(row: Row, ask: Ask, host: HostRef, operation: str) -> bool:
    """Ask a host to stop an operation, or never to begin it; whether the host still works on it.

    The operation's client was told that it failed.
    """
    for stop in row.stops:
        ask(host, stop, f"{operation}/settle", DEBUG, id=operation)
    task = ask(host, row.stat, f"{operation}/settle", DEBUG, id=operation)
    return bool(task.state.tag == "Pending")
