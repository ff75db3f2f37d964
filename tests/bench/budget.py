"""What a call is made of: commits of the pool database and messages, and what one of each costs."""

import itertools
import json
import sqlite3
import statistics
import tempfile
import time
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pooldb
from broker.envelope import Message
from broker.topology import host_vhost
from datamodel.classes import VM
from datamodel.objects import name_of
from xenops.client import Client as Xenopsd
from xenops.envelope import XENOPSD, Call

from broker import BrokerSettings, Connection, connect
from tests.bench.calls import Bench, timed
from tests.conftest import Pool

TIMES = 300
CALLS = 20
STATISTICS_EVERY_S = 6.0


def unit_costs(pool: Pool, folder: Path) -> dict[str, float]:
    """Medians in ms of what calls are made of: commits on this disk, and messages."""
    user = "forwarder"
    vhost = host_vhost(pool.layout.hosts[0].uuid)
    broker = ("127.0.0.1", pool.layout.ports["amqp"])
    settings = BrokerSettings((broker,), vhost, user, pool.layout.secret(f"broker-{user}"), "bench")
    connection = connect(settings)
    try:
        return {
            "durable commit of one object": _commit(folder),
            "question to xenopsd and its answer": _question(connection),
        }
    finally:
        connection.close()


def _commit(folder: Path) -> float:
    with tempfile.TemporaryDirectory(dir=folder) as own:
        db = pooldb.connect(f"sqlite:///{own}/pool.db")
        with db.transaction() as tx:
            ref = tx.create(name_of(VM), {"name_label": "bench"})
        numbers = itertools.count()

        def write() -> None:
            with db.transaction() as tx:
                tx.update(name_of(VM), ref, {"name_description": str(next(numbers))})

        cost = _median(write)
        db.close()
    return cost


def _question(connection: Connection) -> float:
    numbers = itertools.count()

    def send(call: Call, body: dict[str, object], operation: str) -> object:
        message = Message(method=call.wire, body=body, message_id=operation)
        return connection.call(call.interface.queue, message, timeout_s=30.0)

    ask, query = Xenopsd(send, "bench"), XENOPSD.SERVICE.query
    return _median(lambda: ask(query, str(next(numbers)), unit=None))


def _median(action: Callable[[], object]) -> float:
    return statistics.median(timed(action) for _ in range(TIMES))


def parts(bench: Bench, vm: str) -> dict[str, dict[str, float]]:
    """For each kind of call: how many commits and messages one of them needs, on the average.

    What the pool does unasked in the same time is taken off.
    """
    client, numbers = bench.client, itertools.count()
    template = client("VM.get_by_name_label", "Other install media")[0]
    copies: list[str] = []

    def describe() -> None:
        client("VM.set_name_description", vm, str(next(numbers)))

    def start_and_stop() -> None:
        client("VM.start", vm, False, False)
        client("VM.hard_shutdown", vm)

    kinds: dict[str, Callable[[], object]] = {
        "VM.get_record": partial(client, "VM.get_record", vm),
        "VM.get_allowed_VBD_devices": partial(client, "VM.get_allowed_VBD_devices", vm),
        "VM.set_name_description": describe,
        "VM.clone": lambda: copies.append(client("VM.clone", template, "copy")),
        "VM.destroy": lambda: client("VM.destroy", copies.pop()),
        "VM.start and VM.hard_shutdown": start_and_stop,
    }
    counter = Counter(bench.pool)
    unasked = counter.per_second(lambda: None)
    return {kind: counter.per_call(action, unasked) for kind, action in kinds.items()}


class Counter:
    """Counts the commits and the messages of a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        token = b64encode(f"operator:{pool.layout.secret('broker-operator')}".encode()).decode()
        self._asked = urllib.request.Request(
            f"{pool.layout.management_url}/api/overview",
            headers={"Authorization": f"Basic {token}"},
        )

    def per_second(self, action: Callable[[], object]) -> dict[str, float]:
        began, before = time.monotonic(), self._now()
        action()
        after = self._now()
        seconds = time.monotonic() - began
        return {kind: (after[kind] - before[kind]) / seconds for kind in after}

    def per_call(
        self, action: Callable[[], object], unasked: Mapping[str, float]
    ) -> dict[str, float]:
        began, before = time.monotonic(), self._now()
        for _ in range(CALLS):
            action()
        after = self._now()
        seconds = time.monotonic() - began
        return {
            kind: max(after[kind] - before[kind] - unasked[kind] * seconds, 0.0) / CALLS
            for kind in after
        }

    def _now(self) -> dict[str, int]:
        time.sleep(STATISTICS_EVERY_S)  # the broker counts anew each five seconds
        with urllib.request.urlopen(self._asked) as answer:
            messages = json.load(answer)["message_stats"]["publish"]
        database = sqlite3.connect(self._pool.layout.path("database", "pool.db"))
        (commits,) = database.execute(
            "select value from facts where name = 'generation'"
        ).fetchone()
        database.close()
        return {"commits": commits, "messages": messages}
