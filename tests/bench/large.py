"""A large pool: what a long life leaves in the database, put there at once."""

import itertools
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pooldb
from datamodel.classes import VM, Message, Task
from datamodel.objects import ClassName, name_of
from pooldb import Transaction
from pooldb.tasks import date

from tests.bench import calls
from tests.bench.calls import Bench
from tests.bench.upstream import LARGE
from tests.conftest import Pool

ENDED_TASKS, VMS, MESSAGES = 100_000, 10_000, 100_000
IN_A_COMMIT = 2000


def roads(bench: Bench, vms: list[str], template: str, more: str = "") -> None:
    """The kinds of calls that must not cost more in a large pool."""
    client, vm = bench.client, vms[0]
    bench.measure(f"VM.get_uuid, XML{more}", partial(client.xml, "VM.get_uuid", vm))
    bench.measure(f"VM.get_record, JSON{more}", partial(client, "VM.get_record", vm))
    bench.measure(f"log in and out{more}", client.log_in_and_out)
    question = partial(client, "VM.get_allowed_VBD_devices", vm)
    bench.measure(f"VM.get_allowed_VBD_devices{more}", question)
    calls.changes(bench, vms, template, more)
    calls.power(bench, vms[:1], more)
    calls.events(bench, vm, more)


def measure(bench: Bench, vms: list[str], template: str) -> None:
    """The same roads in the fresh pool and in the large one."""
    roads(bench, vms, template)
    fill(bench.pool)
    while len(bench.client("VM.get_all")) < VMS or len(bench.client("message.get_all")) < MESSAGES:
        time.sleep(1.0)
    roads(bench, vms, template, LARGE)


def fill(pool: Pool) -> None:
    """Put ended tasks, VMs and messages into a running pool's database."""
    path = pool.layout.path("database", "pool.db")
    db = pooldb.connect(f"sqlite:///{path}")
    objects = _objects()
    while batch := list(itertools.islice(objects, IN_A_COMMIT)):
        with db.transaction() as tx:
            for add in batch:
                add(tx)
    db.close()


def _objects() -> Iterator[Callable[[Transaction], object]]:
    ended = {"status": "success", "progress": 1.0, "finished": date(time.time())}
    for number in range(ENDED_TASKS):
        yield partial(_add, name_of(Task), {"name_label": f"task {number}", **ended})
    for number in range(VMS):
        yield partial(_add, name_of(VM), {"name_label": f"VM {number}"})
    for number in range(MESSAGES):
        yield partial(_add, name_of(Message), {"name": f"message {number}"})


def _add(cls: ClassName, record: dict[str, Any], tx: Transaction) -> None:
    tx.create(cls, record)
