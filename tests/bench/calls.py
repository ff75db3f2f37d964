"""The kinds of calls that are measured, each on its road through the pool."""

import itertools
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from tests import records
from tests.bench.client import Client
from tests.bench.figures import Measured, cpu_of
from tests.bench.upstream import ALL_VMS
from tests.conftest import Pool

SECONDS = 1.0
TIMES_MIN = 3
TURNS = 9
IN_FLIGHT, MANY = 8, 32
WAITING = 500
PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 1024 * 1024
WITH_DEVICES = ", disk and interface"

T = TypeVar("T")
Action = Callable[[], object]


class Bench:
    """A running pool and what was measured on it so far."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.clients = [Client(pool) for _ in range(MANY)]
        self.client = self.clients[0]
        self.measured: dict[str, Measured] = {}
        self._executor = ThreadPoolExecutor(MANY)

    def _pids(self) -> list[int]:
        return list(self.pool.supervisor.pids().values())

    def measure(self, name: str, *actions: Action) -> None:
        """Repeat actions for a while, each in a thread of its own, and note their times."""
        until = time.perf_counter() + SECONDS

        def repeat(action: Action) -> list[float]:
            times: list[float] = []
            while time.perf_counter() < until or len(times) < TIMES_MIN:
                times.append(timed(action))
            return times

        def run() -> list[float]:
            times = self.together([partial(repeat, action) for action in actions])
            return list(itertools.chain(*times))

        self.note(name, len(actions), run)

    def together(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Make calls at the same time; a single one without another thread's delay."""
        if len(calls) == 1:
            return [calls[0]()]
        return list(self._executor.map(lambda call: call(), calls))

    def note(self, name: str, in_flight: int, run: Callable[[], list[float]]) -> None:
        """Note the times that ``run`` returns, with what the pool used for them."""
        before, began = cpu_of(self._pids), time.perf_counter()
        times = run()
        seconds, cpu_ms = time.perf_counter() - began, cpu_of(self._pids) - before
        key = f"{name} {in_flight}"
        self.measured.setdefault(key, Measured(name, in_flight)).add(times, seconds, cpu_ms)


def timed(action: Action) -> float:
    """Milliseconds that an action takes."""
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def new_vm(client: Client, memory_mib: int, *, devices: bool) -> str:
    """A halted VM, with a disk and an interface if it is to have devices."""
    template = client("VM.get_by_name_label", "Other install media")[0]
    vm: str = client("VM.clone", template, "bench")
    client("VM.provision", vm)
    client("VM.set_memory_limits", vm, *[memory_mib * MIB] * 4)
    if devices:
        vdi = client("VDI.create", records.vdi(client("SR.get_all")[0], MIB))
        client("VBD.create", records.vbd(vm, vdi))
        client("VIF.create", records.vif(vm, client("network.get_all")[0]))
    return vm


def reads(bench: Bench, vm: str) -> None:
    client = bench.client
    for clients in (bench.clients[:1], bench.clients[:IN_FLIGHT]):
        bench.measure("VM.get_uuid, XML", *[partial(own.xml, "VM.get_uuid", vm) for own in clients])
        bench.measure(
            "VM.get_record, JSON", *[partial(own, "VM.get_record", vm) for own in clients]
        )
    bench.measure(f"{ALL_VMS}, JSON", partial(client, "VM.get_all_records"))
    bench.measure(f"{ALL_VMS}, XML", partial(client.xml, "VM.get_all_records"))
    bench.measure("VM.get_all, 1000 VMs, XML", partial(client.xml, "VM.get_all"))
    for number in (1, IN_FLIGHT, MANY):
        bench.measure("log in and out", *[own.log_in_and_out for own in bench.clients[:number]])
    bench.measure("VM.get_allowed_VBD_devices", partial(client, "VM.get_allowed_VBD_devices", vm))
    bench.measure("VM.get_possible_hosts", partial(client, "VM.get_possible_hosts", vm))


def changes(bench: Bench, vms: list[str], template: str) -> None:
    client, numbers = bench.client, itertools.count()

    def describe(own: Client, vm: str) -> None:
        own("VM.set_name_description", vm, str(next(numbers)))

    for number in (1, IN_FLIGHT, MANY):
        own_vms = zip(bench.clients[:number], itertools.cycle(vms), strict=False)
        bench.measure("VM.set_name_description", *[partial(describe, *own) for own in own_vms])
    record = {**client("VM.get_record", vms[0]), "is_a_template": False}
    made: list[str] = []
    bench.measure("VM.create", lambda: made.append(client("VM.create", record)))
    bench.measure("VM.clone", lambda: made.append(client("VM.clone", template, "copy")))
    bench.note("VM.destroy", 1, lambda: [timed(partial(client, "VM.destroy", vm)) for vm in made])


def power(bench: Bench, vms: list[str], more: str = "") -> None:
    """Starts and shutdowns are measured apart but come in turns."""
    kinds = (("VM.start", (False, False)), ("VM.hard_shutdown", ()))
    numbers = dict.fromkeys((1, len(vms)))
    for clients, turns in ((bench.clients[:number], TURNS // min(number, 3)) for number in numbers):
        for _, (wire, arguments) in itertools.product(range(turns), kinds):
            calls: list[Callable[[], float]] = [
                partial(timed, partial(client, wire, vm, *arguments))
                for client, vm in zip(clients, vms, strict=False)
            ]
            bench.note(f"{wire}{more}", len(calls), partial(bench.together, calls))


def migrate(bench: Bench, vm: str) -> None:
    client = bench.client
    client("VM.start", vm, False, False)
    time.sleep(2.0)  # the guest boots: it writes to all of its memory

    def move() -> None:
        here = client("VM.get_resident_on", vm)
        target = next(host for host in client("host.get_all") if host != here)
        client("VM.pool_migrate", vm, target, {})

    bench.note("VM.pool_migrate, 256 MiB", 1, lambda: [timed(move) for _ in range(2)])
    client("VM.hard_shutdown", vm)


def events(bench: Bench, vm: str) -> None:
    """From the call that changes something to the answer of a waiting event.from."""
    listener, client = bench.clients[1], bench.client

    def hear(number: int) -> float:
        token = listener("event.from", [f"vm/{vm}"], "", 1.0)["token"]
        arrived: list[float] = []

        def listen() -> None:
            listener("event.from", [f"vm/{vm}"], token, 30.0)
            arrived.append(time.perf_counter())

        thread = threading.Thread(target=listen)
        thread.start()
        time.sleep(0.1)  # let it wait
        began = time.perf_counter()
        client("VM.set_name_description", vm, str(began))
        thread.join()
        return (arrived[0] - began) * 1000

    bench.note("change → event.from", 1, lambda: [hear(number) for number in range(10)])


def crowd(bench: Bench, crowded: str, other: str) -> None:
    """What others take while many calls wait for a VM whose guest does not stop."""
    client = bench.client
    client("VM.start", crowded, False, False)
    host = client("host.get_name_label", client("VM.get_resident_on", crowded))
    xen = bench.pool.xen(bench.pool.host_named(host))
    xen.call("behave", domid=int(client("VM.get_domid", crowded)), obeys=False)
    tasks = [client("Async.VM.clean_shutdown", crowded)]
    before = memory_mib(bench.pool)
    tasks += [client("Async.VM.pause", crowded) for _ in range(WAITING)]
    more = f", {WAITING} wait"
    bench.measure(f"VM.set_memory_limits{more}", partial(_limit, client, other))
    for _ in range(TURNS):
        for wire, arguments in (("VM.start", (False, False)), ("VM.hard_shutdown", ())):
            call = partial(timed, partial(client, wire, other, *arguments))
            bench.note(f"{wire}{more}", 1, partial(bench.together, [call]))
    each_kib = (memory_mib(bench.pool) - before) * 1024 / WAITING
    print(f"a waiting call takes {each_kib:.0f} KiB of the forwarders' memory", flush=True)
    client("VM.hard_shutdown", crowded)
    await_end(client, tasks)


def limits(bench: Bench, vm: str) -> None:
    """A call that only writes the database, and goes to a forwarder for it."""
    bench.measure("VM.set_memory_limits", partial(_limit, bench.client, vm))


def _limit(client: Client, vm: str) -> Any:
    return client("VM.set_memory_limits", vm, *[64 * MIB] * 4)


def await_end(client: Client, tasks: list[str]) -> None:
    """Wait until tasks have ended, so that they are not measured with what comes next."""
    token, pending = "", set(tasks)
    while pending:
        token = client("event.from", ["task"], token, 30.0)["token"]
        pending = {task for task in pending if client("task.get_status", task) == "pending"}


def memory_mib(pool: Pool) -> float:
    """What the forwarders have of the machine's memory."""
    pids = (pid for name, pid in pool.supervisor.pids().items() if name.startswith("forwarder"))
    pages = (Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in pids)
    return sum(int(page) for page in pages) * PAGE / MIB
