"""The handlers of updates from hosts, by kind."""

import logging
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from datamodel.classes import Host, HostRef
from pooldb import Database, Transaction

log = logging.getLogger(__name__)

Body = Mapping[str, Any]
Take = Callable[[Transaction, HostRef, Body], None]
"""(transaction, host, update): writes what the update says."""
IsKnown = Callable[[Database, HostRef, Body], bool]
"""Whether what an update says is written already, so that no transaction is needed."""

TAKES: dict[str, Take] = {}
KNOWN: dict[str, IsKnown] = {}


class SecondHandler(Exception):
    """The kind of update already has a handler."""


def on(kind: str, is_known: IsKnown | None = None) -> Callable[[Take], Take]:
    """Declare the handler of a kind of update; raises SecondHandler."""

    def declare(take: Take) -> Take:
        if kind in TAKES:
            raise SecondHandler(kind)
        TAKES[kind] = take
        if is_known is not None:
            KNOWN[kind] = is_known
        return take

    return declare


def is_known(db: Database, host: HostRef, body: Body) -> bool:
    """Whether what an update says is written already."""
    is_written = KNOWN.get(body["kind"])
    return is_written is not None and is_written(db, host, body)


def take(tx: Transaction, host: HostRef, body: Body) -> None:
    """Write what an update says, unless its host was destroyed or its kind has no handler."""
    handler = TAKES.get(body["kind"])
    if handler is None:
        _note_unknown(body["kind"])
    elif tx.find(Host, host) is not None:
        handler(tx, host, body)


@cache
def _note_unknown(kind: str) -> None:
    """Log it once for each kind: a host that is newer than we are sends it again and again."""
    log.warning("nobody takes updates of kind %r", kind)
