"""A pool in one process: its services as they are, on a simulated Xen, broker, network and clock.

A world lives as long as its process, which is forked for each run: what a run does to modules and
files is gone with it.
"""

import asyncio
import asyncio.base_events
import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import forwarder.__main__ as forwarder_main
import pooldb
import pooldb.sqlite
import squeezed.__main__ as squeezed_main
import storage.__main__ as storage_main
import telemetry
import xapi.__main__ as xapi_main
import xenopsd.__main__ as xenopsd_main
from broker.topology import POOL_VHOST, host_vhost
from datamodel import XenAPIError
from forwarder import firstboot
from storage.drivers.file import File
from storage.drivers.mounts import Mounts
from xapi import outermost, sessions
from xapi.context import Caller
from xapi.results import RecordOf, RecordsOf
from xenopsd.ports.bootloader import NoBootloader
from xenopsd.ports.device_model import NoDeviceModels
from xenopsd.ports.hotplug import NoHotplug
from xenopsd.ports.machine import SimulatedMachine
from xenopsd.ports.storage import DummyStorage
from xenports.hypervisor import HypervisorError
from xenports.simulated.guests import Guests
from xenports.simulated.hypervisor import SimulatedHypervisor, _error
from xenports.simulated.machine import Machine, Refused
from xenports.simulated.memory_store import MemoryStore
from xenports.simulated.server import Server

from broker import BrokerSettings
from tests.sim import engines, network, threads
from tests.sim.broker import BROKER, Broker
from tests.sim.medium import Medium
from tests.sim.scheduler import Process, Scheduler, process, scheduler

MIB = 1024
HOSTS = {f"host{n}": f"{n}{n}{n}{n}{n}{n}{n}{n}-0000-4000-8000-00000000000{n}" for n in (1, 2, 3)}
HOST_MIB = 1100
DOM0_MIB = 512
CALL_S = 0.01
"""What a call of Xen that changes something takes, on average."""
LIVE_EVERY_S = 0.5
"""How often guests' balloon drivers move."""
RESTART_MAX_S = 2.0


class Unreachable(Exception):
    """The gateway is away, or died before it answered."""


# --- Xen, which outlives all others -------------------------------------------------------------


class _Guests(Guests):
    """Guests that hear of xenstore in a thread of theirs."""

    def born(self, domid: int) -> None:
        guest = self._machine.domains[domid].guest
        guest.fill_on_boot, guest.dirty_pages_per_s = False, 0

    def buried(self, domid: int) -> None:
        self.disks.bury(domid)


class Xen:
    """One host's hypervisor and xenstore."""

    def __init__(self, name: str, found: Scheduler, memory_mib: int) -> None:
        self.name = name
        self.scheduler = found
        self.machine = Machine(memory_mib * MIB, 1)
        self.store = MemoryStore()
        self.process = Process(f"xen-{name}", name)
        self.random = Random(f"xen {name} {found.seed}")
        self.guests = _Guests(self.machine, self.store, Path("/nowhere"))
        self.calls = Server(self.machine, self.guests)._calls
        self.calls["read_pages"] = self.machine.read_pages
        self.calls["write_pages"] = self.machine.write_pages
        self.at_change: Callable[[Xen, str], None] = lambda xen, call: None
        self.lacked_kib = 0
        """How much memory was missing that somebody was promised."""

    def start(self) -> None:
        handle = Store(self, self.process)
        handle.on_change("/local/domain", self.guests._changed)
        self._live()

    def _live(self) -> None:
        self.machine.live(LIVE_EVERY_S)
        self.scheduler.at(self.scheduler.now + LIVE_EVERY_S, self._live)

    def running(self) -> list[Any]:
        return [domain for domain in self.machine.domains.values() if domain.running]


LOOKS = (
    *("domains", "free_kib", "total_kib", "time_offset", "used_pages", "memory_hash", "log_dirty"),
    *("take_dirty", "read_pages"),
)


class Hypervisor(SimulatedHypervisor):
    """The port, as a process of the host has it."""

    def __init__(self, xen: Xen) -> None:
        self._xen = xen

    def call(self, call: str, data: bytes = b"", **arguments: Any) -> tuple[Any, bytes]:
        xen = self._xen
        xen.scheduler.point()
        try:
            if call == "wait":
                return xen.machine.wait(**arguments), b""
            with xen.scheduler.atomic():
                if call == "read_pages":
                    return None, xen.machine.read_pages(**arguments)
                if call == "write_pages":
                    arguments["data"] = data
                result = xen.calls[call](**arguments)
        except Refused as error:
            failure: HypervisorError = _error(call, str(error))
            raise failure from None
        if call not in LOOKS:
            xen.at_change(xen, call)
            xen.scheduler.park(xen.scheduler.now + xen.random.expovariate(1 / CALL_S))
        return result, b""


class Store:
    """A host's xenstore, as one of its processes has it: watches end with the process."""

    def __init__(self, xen: Xen, owner: Process | None = None) -> None:
        self._xen = xen
        self._process = owner or process()
        self._mine: list[tuple[str, Callable[[str], None]]] = []
        self._process.at_death.append(self._died)

    def _died(self) -> None:
        watches = self._xen.store._watches
        for mine in self._mine:
            if mine in watches:
                watches.remove(mine)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._xen.store, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self._xen.scheduler.point()
            with self._xen.scheduler.atomic():
                result = found(*arguments, **named)
                return list(result) if name == "tree" else result

        return call

    def on_change(self, path: str, callback: Callable[[str], None]) -> None:
        heard: list[str] = []
        news = threads.Event()

        def hear(changed: str) -> None:
            heard.append(changed)
            news.set()

        def follow() -> None:
            while True:
                news.wait()
                news.clear()
                while heard:
                    callback(heard.pop(0))

        watch = (path, hear)
        self._mine.append(watch)
        self._xen.store._watches.append(watch)
        self._xen.scheduler.spawn(self._process, follow, f"watch {path}")

    @contextmanager
    def watch(self, path: str) -> Iterator[Any]:
        with self._xen.store.watch(path) as fired:
            yield fired


# --- what a process has of its machine ----------------------------------------------------------


class Disks:
    """Databases: what was not committed goes with its process; ``full`` are full machines."""

    def __init__(self) -> None:
        self.full: set[str] = set()
        self._gates: dict[str, threads.Lock] = {}
        self._connect = sqlite3.connect

    def connect(self, path: Any, **options: Any) -> sqlite3.Connection:
        made: _Sqlite = self._connect(path, factory=_Sqlite, **options)
        made.disks = self
        if scheduler().current is not None:
            owner = process()
            made.place = owner.place
            owner.at_death.append(made.close)
        return made

    def flock(self, file: Any, what: int) -> None:
        gate = self._gates.setdefault(file.name, threads.Lock())
        if scheduler().current is None:
            return
        if what == pooldb.sqlite.fcntl.LOCK_EX:
            gate.acquire()
            owner = process()
            owner.at_death.append(lambda: self._given_back(gate, owner))
        elif gate._owner is not None and gate._owner.process is process():
            gate.release()

    def _given_back(self, gate: threads.Lock, owner: Process) -> None:
        if gate._owner is not None and gate._owner.process is owner:
            gate.release()


class _Sqlite(sqlite3.Connection):
    disks: Disks
    place = ""

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:  # type: ignore[override]
        self._step(statement)
        return super().execute(statement, *values)

    def executemany(self, statement: str, values: Any) -> sqlite3.Cursor:  # type: ignore[override]
        self._step(statement)
        return super().executemany(statement, values)

    def _step(self, statement: str) -> None:
        scheduler().point()
        if self.place in self.disks.full and statement.startswith(("insert", "update", "delete")):
            raise sqlite3.OperationalError("database or disk is full")


class Loop(asyncio.base_events.BaseEventLoop):
    """An event loop on the simulation's clock."""

    def __init__(self) -> None:
        super().__init__()
        self._news = threads.Event()
        self._selector = SimpleNamespace(select=self._select)

    def _select(self, timeout: float | None) -> list[Any]:
        self._news.wait(timeout)
        self._news.clear()
        return []

    def _process_events(self, events: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        self._news.set()


class Gateway:
    """An xapi, as its clients reach it."""

    def __init__(self, owner: Process, dispatcher: Any, loop: Loop) -> None:
        self.process = owner
        self._dispatcher = dispatcher
        self._loop = loop
        self._asking: set[Any] = set()

    def call(self, name: str, params: Sequence[Any]) -> Any:
        """A call over a connection; raises XenAPIError, Unreachable."""
        if not self.process.alive:
            raise Unreachable(name)
        ended = threads.Event()
        answer: list[Any] = []
        self.process.at_death.append(ended.set)

        async def ask() -> None:
            try:
                answer.append((await self._dispatcher.call(name, list(params), Caller(True)))[1])
            except Exception as error:
                answer.append(error)
            ended.set()

        def begin() -> None:
            task = self._loop.create_task(ask())
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

        self._loop.call_soon_threadsafe(begin)
        ended.wait()
        if self.process.alive:
            self.process.at_death.remove(ended.set)
        if not answer:
            raise Unreachable(name)
        if isinstance(answer[0], Exception):
            raise outermost.reason(answer[0], name)
        return _plain(answer[0])


def _plain(found: Any) -> Any:
    """A result as it goes to the client."""
    if isinstance(found, RecordsOf):
        return {ref: dict(row.record) for ref, row in found.rows.items()}
    return dict(found.row.record) if isinstance(found, RecordOf) else found


# --- the pool -----------------------------------------------------------------------------------


class World:
    """``folder`` is this run's own, in memory; ``base`` a pool database to begin with."""

    def __init__(
        self,
        found: Scheduler,
        seed: int,
        folder: Path,
        base: Path | None,
        *,
        forwarders: int = 1,
        host_mib: int = HOST_MIB,
        disks: bool = False,
    ) -> None:
        """With ``disks`` its hosts have storage daemons."""
        self.scheduler = found
        self.folder = folder
        self.story: list[tuple[float, str, str, Mapping[str, Any]]] = []
        self.broker = Broker(found, seed, HOSTS.values())
        self.network = network.Network(seed)
        self.disks = Disks()
        self.gateway: Gateway | None = None
        self.random = self.broker.random
        self.dead_hosts: set[str] = set()
        self.processes: dict[str, Process] = {}
        self.away: dict[str, float] = {}
        self.xens = {name: Xen(name, found, host_mib) for name in HOSTS}
        self.client = Process("client")
        self.medium = Medium(lambda kind, said: self.note(kind, said)) if disks else None
        self.note: Callable[[str, str], None] = lambda kind, said: None
        self._install()
        self._base(base)
        self._mains: dict[str, tuple[str, Callable[[], None]]] = {
            "xapi": ("pool", self._xapi),
            **{
                f"forwarder-{n}": ("pool", lambda n=n: self._forwarder(n))  # type: ignore[misc]
                for n in range(1, forwarders + 1)
            },
        }
        for name in HOSTS:
            self._mains[f"door-{name}"] = (
                name,
                lambda name=name: self._door(name),  # type: ignore[misc]
            )
            self._mains[f"squeezed-{name}"] = (
                name,
                lambda name=name: self._squeezed(name),  # type: ignore[misc]
            )
            self._mains[f"xenopsd-{name}"] = (
                name,
                lambda name=name: self._xenopsd(name),  # type: ignore[misc]
            )
            if self.medium is not None:
                self._mains[f"storage-{name}"] = (
                    name,
                    lambda name=name: self._storage(name),  # type: ignore[misc]
                )

    @property
    def services(self) -> list[str]:
        return list(self._mains)

    def say(self, kind: str, **facts: Any) -> None:
        """Note what happened."""
        me = self.scheduler.current
        who = me.process.name if me is not None else "world"
        self.story.append((self.scheduler.now, who, kind, facts))

    # --- processes --------------------------------------------------------------------------

    def start(self) -> None:
        for xen in self.xens.values():
            xen.start()
        for name in self._mains:
            self.start_service(name)

    def start_service(self, name: str) -> None:
        place, main = self._mains[name]
        if place in self.dead_hosts:
            return
        made = self.processes[name] = Process(name, place)

        def run() -> None:
            try:
                main()
                why = "ended"
            except Exception as error:
                why = f"ended with {type(error).__name__}: {error}"
            self.say("process", what=f"{name} {why}")
            self._again(name, made)

        self.scheduler.spawn(made, run, "main")

    def kill(self, name: str) -> None:
        """kill -9; its supervisor starts it again soon."""
        found = self.processes[name]
        if found.alive:
            self.say("fault", what=f"{name} is killed")
            self.broker.count(f"kills of {name.split('-')[0]}")
            self._again(name, found)

    def _again(self, name: str, found: Process) -> None:
        again = self.scheduler.now + self.random.random() * RESTART_MAX_S
        self.scheduler.at(again, lambda: self._start_again(name, found))
        self.scheduler.kill(found)

    def _start_again(self, name: str, found: Process) -> None:
        if self.processes[name] is found:
            self.say("fault", what=f"{name} is started again")
            self.start_service(name)

    def lose_host(self, name: str) -> None:
        """A host goes away for good, its guests and its memory of disks with it."""
        self.say("fault", what=f"{name} is gone for good")
        self.broker.count("hosts lost")
        self.dead_hosts.add(name)
        xen = self.xens[name]
        for domid in list(xen.machine.domains):
            xen.guests.disks.bury(domid)
        xen.machine.domains.clear()
        for engine in [engine for engine in engines.KEPT if engine.host == name]:
            engine.is_stopped = True
            engines.end(engine)
            engines.KEPT.remove(engine)
        on_it = [self.processes[one] for one, (place, _) in self._mains.items() if place == name]
        # Whoever kills its own process goes no further.
        current = self.scheduler.current
        own = None if current is None else current.process
        for victim in sorted(on_it, key=lambda one: one is own):
            self.scheduler.kill(victim)

    # --- their main functions ---------------------------------------------------------------

    def _broker_settings(self, vhost: str, name: str) -> BrokerSettings:
        return BrokerSettings((("broker", 5672),), vhost, name, "", name)

    def _xapi(self) -> None:
        config = SimpleNamespace(
            one_of_several=False,
            certificates_dir=None,
            database=f"sqlite:///{self.folder}/pool.db",
            root_password=SimpleNamespace(text="secret"),
            pool_secret=SimpleNamespace(text="secret"),
            alive_file=None,
            broker_settings=lambda: self._broker_settings(POOL_VHOST, "xapi"),
        )
        loop = Loop()
        loop.run_until_complete(xapi_main.serve(config))  # type: ignore[arg-type]

    def _forwarder(self, number: int) -> None:
        name = f"forwarder-{number}"
        config = SimpleNamespace(
            service=name,
            database=f"sqlite:///{self.folder}/pool.db",
            workers=16,
            calls_max=1000,
            alive_file=None,
            broker_settings=lambda: self._broker_settings(POOL_VHOST, name),
        )
        forwarder_main.run(config, threads.Event())  # type: ignore[arg-type]

    def _xenopsd(self, name: str) -> None:
        uuid = HOSTS[name]
        config = SimpleNamespace(
            service=f"xenopsd-{name}",
            host_uuid=uuid,
            hostname=name,
            cpus=4,
            state_dir=self.folder / name,
            xen_socket="",
            xenstore_socket=name,
            shared_storage_dir=self.folder / "shared",
            hooks_dir="/nowhere",
            door_dir=self.folder / name / "door",
            workers=4,
            alive_file=None,
            broker_settings=lambda: self._broker_settings(host_vhost(uuid), f"xenopsd-{name}"),
        )
        xenopsd_main.run(config, threads.Event())  # type: ignore[arg-type]

    def _door(self, name: str) -> None:
        self.network.door(self.folder / name / "door")

    def _storage(self, name: str) -> None:
        uuid = HOSTS[name]
        config = SimpleNamespace(
            service=f"storage-{name}",
            host_uuid=uuid,
            state_dir=self.folder / name / "storage",
            plugins_dir=None,
            limit_s=25.0,
            alive_file=None,
            broker_settings=lambda: self._broker_settings(host_vhost(uuid), f"storage-{name}"),
        )
        storage_main.run(config, threads.Event())  # type: ignore[arg-type]

    def _squeezed(self, name: str) -> None:
        uuid = HOSTS[name]
        config = SimpleNamespace(
            service=f"squeezed-{name}",
            state_dir=self.folder / name,
            xen_socket="",
            xenstore_socket=name,
            reserve_kib=32 * MIB,
            alive_file=None,
            broker_settings=lambda: self._broker_settings(host_vhost(uuid), f"squeezed-{name}"),
        )
        squeezed_main.run(config, threads.Event())  # type: ignore[arg-type]

    # --- what stands in for the machine under them ------------------------------------------

    def _install(self) -> None:
        BROKER[:] = [self.broker]
        network.install(self.network)
        sqlite3.connect = self.disks.connect  # type: ignore[assignment]
        pooldb.sqlite.fcntl = SimpleNamespace(  # type: ignore[assignment]
            LOCK_EX=2, LOCK_UN=8, flock=self.disks.flock
        )
        for module in (xenopsd_main, squeezed_main):
            module.Store = lambda name: Store(self.xens[name])  # type: ignore[assignment, misc]
        squeezed_main.hypervisor_of = lambda config, store: Hypervisor(
            self.xens[config.xenstore_socket]
        )
        xenopsd_main.ports = self._ports  # type: ignore[assignment]
        if self.medium is None:
            xenopsd_main.StorageDaemon = (  # type: ignore[misc]
                lambda send, host: DummyStorage(  # type: ignore[assignment]
                    self.folder / "shared" / "disks", host
                )
            )
        else:
            self._install_disks(self.medium)
        xenopsd_main.boot_time = lambda: 1_799_000_000.0
        xapi_main.listeners = (  # type: ignore[assignment]
            lambda config, dispatcher, certificates: dispatcher
        )
        xapi_main.serve_all = self._serve_all  # type: ignore[assignment]
        telemetry.hop = self._hop  # type: ignore[assignment]
        root = logging.getLogger()
        root.handlers[:] = [_Teller(self)]
        root.setLevel(logging.WARNING)
        logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False

    def _install_disks(self, medium: Medium) -> None:
        (self.folder / "medium").mkdir(parents=True)
        medium.open_in = lambda node: [
            engine.vm
            for engine in engines.ENGINES
            for disk in engine.open_disks.values()
            if node in disk.layers
        ]
        storage_main.Engines = lambda folder, on_end: engines.Engines(  # type: ignore[assignment, misc]
            medium, process().place, on_end
        )
        storage_main.queue = SimpleNamespace(SimpleQueue=engines.Ended)  # type: ignore[assignment]
        storage_main.Starter = engines.Starter  # type: ignore[assignment, misc]
        storage_main.served = lambda mounts, plugins: {"file": File(Mounts(mounts))}
        for name, xen in self.xens.items():
            disks = engines.GuestDisks(name, medium, self.scheduler.seed)
            xen.guests.disks = disks  # type: ignore[assignment]
            self._write(xen, disks)

    def _write(self, xen: Xen, disks: engines.GuestDisks) -> None:
        """Have guests write their disks now and then."""
        disks.live([domain.domid for domain in xen.running()])
        self.scheduler.at(self.scheduler.now + 0.4, lambda: self._write(xen, disks))

    def _ports(self, config: Any, store: Store) -> Any:
        return (
            Hypervisor(self.xens[config.hostname]),
            DummyStorage(self.folder / "shared" / "locks", config.host_uuid),
            NoHotplug(),
            NoDeviceModels(),
            NoBootloader(),
            SimulatedMachine(config.cpus, config.hostname),
        )

    async def _serve_all(self, dispatcher: Any, at_stop: Any) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Loop)
        self.gateway = Gateway(process(), dispatcher, loop)
        await loop.create_future()

    def _hop(self, **facts: Any) -> None:
        self.say("hop", **facts)

    def _base(self, base: Path | None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "secret").write_text("secret")
        if base is not None:
            shutil.copy(base, self.folder / "pool.db")
            return
        db = pooldb.connect(f"sqlite:///{self.folder}/pool.db")
        hosts = [
            {
                "uuid": uuid,
                "name": name,
                "address": f"127.0.0.{number}",
                "cpus": 4,
                "memory_total_kib": HOST_MIB * MIB,
            }
            for number, (name, uuid) in enumerate(HOSTS.items(), 1)
        ]
        with db.transaction() as tx:
            firstboot.populate(tx, {"pool_name": "simulated", "hosts": hosts})
            xapi_main.first_start(tx, "secret", "secret")
            sessions._open(tx, "root", "simulation", superuser=True, roles=None)
        db.close()

    # --- clients ----------------------------------------------------------------------------

    def session(self) -> str:
        """A session that is open since the beginning."""
        found = sqlite3.connect(self.folder / "pool.db")
        row = found.execute("select ref from rows where cls = 'session'").fetchone()
        found.close()
        return str(row[0])

    def call(self, name: str, *params: Any) -> Any:
        """A client's call, sent again while there is nobody at the gateway."""
        while self.gateway is None or not self.gateway.process.alive:
            self.scheduler.park(self.scheduler.now + 0.2)
        return self.gateway.call(name, (self._session, *params))

    def ask(self, name: str, *params: Any) -> Any:
        """A question, which is asked again when the gateway dies."""
        while True:
            try:
                return self.call(name, *params)
            except Unreachable:
                self.scheduler.park(self.scheduler.now + 0.2)

    def prepare(self) -> None:
        self._session = self.session()
        self.start()


class _Teller(logging.Handler):
    """What services log goes into the story."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self.lock = None  # type: ignore[assignment]

    def handle(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            said += f" [{type(error).__name__}: {error}]"
        self._world.say("log", level=record.levelname.lower(), said=said)
        return True


__all__ = ["HOSTS", "Unreachable", "World", "XenAPIError"]
