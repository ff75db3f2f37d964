"""``make bench``: how fast a fresh simulated pool answers, beside upstream's figures.

Each round measures everything once, so that what else goes on on the machine hits all alike.
"""

import itertools
import os
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from broker.envelope import Message
from broker.topology import host_vhost
from xenops.client import Client as Xenopsd
from xenops.envelope import XENOPSD, Call

from broker import BrokerSettings, connect
from tests import records
from tests.bench.client import Client
from tests.bench.figures import HEAD, Measured, cpu_of
from tests.conftest import Pool, running_pool

ROUNDS = 3
SECONDS = 1.0
TIMES_MIN = 3
TURNS = 9
IN_FLIGHT = 8
VMS = 1000
WAITING = 500
PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 1024 * 1024

T = TypeVar("T")
Action = Callable[[], object]


class Bench:
    """A running pool and what was measured on it so far."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.clients = [Client(pool) for _ in range(IN_FLIGHT)]
        self.client = self.clients[0]
        self.found: dict[str, Measured] = {}
        self._executor = ThreadPoolExecutor(IN_FLIGHT)

    def _pids(self) -> list[int]:
        return list(self.pool.supervisor.pids().values())

    def measure(self, name: str, upstream_ms: float | None, *actions: Action) -> None:
        """Repeat actions for a while, each in a thread of its own, and note their times."""
        until = time.perf_counter() + SECONDS

        def repeat(action: Action) -> list[float]:
            times: list[float] = []
            while time.perf_counter() < until or len(times) < TIMES_MIN:
                times.append(timed(action))
            return times

        def run() -> list[float]:
            found = self.together([partial(repeat, action) for action in actions])
            return list(itertools.chain(*found))

        self.note(name, upstream_ms, len(actions), run)

    def together(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Make calls at the same time; a single one without another thread's delay."""
        if len(calls) == 1:
            return [calls[0]()]
        return list(self._executor.map(lambda call: call(), calls))

    def note(
        self, name: str, upstream_ms: float | None, in_flight: int, run: Callable[[], list[float]]
    ) -> None:
        """Note the times that ``run`` returns, with what the pool used for them."""
        before, began = cpu_of(self._pids), time.perf_counter()
        times = run()
        seconds, cpu_ms = time.perf_counter() - began, cpu_of(self._pids) - before
        key = f"{name} {in_flight}"
        self.found.setdefault(key, Measured(name, upstream_ms, in_flight)).add(
            times, seconds, cpu_ms
        )


def timed(action: Action) -> float:
    """Milliseconds that an action takes."""
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def new_vm(client: Client, memory_mib: int) -> str:
    """A halted VM with a disk and an interface."""
    template = client("VM.get_by_name_label", "Other install media")[0]
    vm: str = client("VM.clone", template, "bench")
    client("VM.provision", vm)
    client("VM.set_memory_limits", vm, *[memory_mib * MIB] * 4)
    vdi = client("VDI.create", records.vdi(client("SR.get_all")[0], MIB))
    client("VBD.create", records.vbd(vm, vdi))
    client("VIF.create", records.vif(vm, client("network.get_all")[0]))
    return vm


def reads(bench: Bench, vms: list[str]) -> None:
    client, vm = bench.client, vms[0]
    bench.measure("VM.get_uuid", 0.09, lambda: client("VM.get_uuid", vm))
    many = [partial(own, "VM.get_uuid", vm) for own in bench.clients]
    bench.measure("VM.get_uuid", 0.6, *many)
    bench.measure("VM.get_record", 0.16, lambda: client("VM.get_record", vm))
    everything = f"VM.get_all_records, {VMS} VMs"
    bench.measure(everything, 136.0, lambda: client("VM.get_all_records"))


def changes(bench: Bench, vms: list[str], template: str) -> None:
    client, vm, numbers = bench.client, vms[0], itertools.count()
    text = "VM.set_name_description"
    bench.measure(text, 0.15, lambda: client(text, vm, str(next(numbers))))
    clones: list[str] = []
    bench.measure("VM.clone", 1.2, lambda: clones.append(client("VM.clone", template, "copy")))
    for clone in clones:
        client("VM.destroy", clone)
    bench.measure("VM.get_possible_hosts", None, lambda: client("VM.get_possible_hosts", vm))


def broker_rpc(bench: Bench) -> None:
    """A question to xenopsd over its durable queue, which takes no look at Xen."""
    layout = bench.pool.layout
    user, password = "forwarder", layout.secret("broker-forwarder")
    vhost = host_vhost(layout.hosts[0].uuid)
    broker = ("127.0.0.1", layout.ports["amqp"])
    settings = BrokerSettings((broker,), vhost, user, password, "bench")
    connection = connect(settings)
    numbers = itertools.count()

    def send(call: Call, body: dict[str, object], operation: str) -> object:
        message = Message(method=call.wire, body=body, message_id=operation)
        return connection.call(call.interface.queue, message, timeout_s=30.0)

    ask, query = Xenopsd(send, "bench"), XENOPSD.SERVICE.query
    bench.measure("broker RPC, durable", 1.9, lambda: ask(query, str(next(numbers)), unit=None))
    connection.close()


def power(bench: Bench, vms: list[str]) -> None:
    """Starts and shutdowns are measured apart but come in turns."""
    kinds = (("VM.start", (False, False), 25.0, 208.0), ("VM.hard_shutdown", (), 14.0, 100.0))
    for clients, turns in ((bench.clients[:1], TURNS), (bench.clients, TURNS // 3)):
        for _, (wire, arguments, alone_ms, together_ms) in itertools.product(range(turns), kinds):
            upstream_ms = alone_ms if len(clients) == 1 else together_ms
            calls = [
                partial(timed, partial(client, wire, vm, *arguments))
                for client, vm in zip(clients, vms, strict=False)
            ]
            bench.note(wire, upstream_ms, len(calls), partial(bench.together, calls))


def migrate(bench: Bench, vm: str) -> None:
    client = bench.client
    client("VM.start", vm, False, False)
    time.sleep(2.0)  # the guest boots: it writes to all of its memory

    def move() -> None:
        here = client("VM.get_resident_on", vm)
        target = next(host for host in client("host.get_all") if host != here)
        client("VM.pool_migrate", vm, target, {})

    bench.note("VM.pool_migrate, 256 MiB", None, 1, lambda: [timed(move) for _ in range(2)])
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

    bench.note("change → event.from", 31.0, 1, lambda: [hear(number) for number in range(10)])


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
    said = f", {WAITING} wait"
    bench.measure(
        f"VM.get_possible_hosts{said}", None, partial(client, "VM.get_possible_hosts", other)
    )
    for _ in range(TURNS):
        for wire, arguments in (("VM.start", (False, False)), ("VM.hard_shutdown", ())):
            call = partial(timed, partial(client, wire, other, *arguments))
            bench.note(f"{wire}{said}", None, 1, partial(bench.together, [call]))
    each_kib = (memory_mib(bench.pool) - before) * 1024 / WAITING
    print(f"a waiting call takes {each_kib:.0f} KiB of the forwarders' memory", flush=True)
    client("VM.hard_shutdown", crowded)
    await_end(client, tasks)


def await_end(client: Client, tasks: list[str]) -> None:
    """Wait until tasks have ended, so that they are not measured with what comes next."""
    token, pending = "", set(tasks)
    while pending:
        told = client("event.from", ["task"], token, 30.0)
        token = told["token"]
        pending = {task for task in pending if client("task.get_status", task) == "pending"}


def memory_mib(pool: Pool) -> float:
    """What the forwarders have of the machine's memory."""
    pids = (pid for name, pid in pool.supervisor.pids().items() if name.startswith("forwarder"))
    said = (Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in pids)
    return sum(int(pages) for pages in said) * PAGE / MIB


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_pool(Path(folder)) as pool:
        bench = Bench(pool)
        template = bench.client("VM.get_by_name_label", "Other install media")[0]
        vms = [new_vm(bench.client, 64) for _ in range(IN_FLIGHT)]
        large = new_vm(bench.client, 256)
        while len(bench.client("VM.get_all")) < VMS:
            bench.client("VM.clone", template, "copy")
        for number in range(ROUNDS):
            print(f"round {number + 1} of {ROUNDS}", flush=True)
            reads(bench, vms)
            changes(bench, vms, template)
            broker_rpc(bench)
            power(bench, vms)
            migrate(bench, large)
            events(bench, vms[0])
            crowd(bench, vms[1], vms[0])
        print(HEAD)
        for measured in bench.found.values():
            print(measured.line(), flush=True)


if __name__ == "__main__":
    main()
