"""The engines of VMs and the processes of SRs, and guests that write their disks, in the model."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import SimpleNamespace

from storage.drivers.file import File
from storage.drivers.mounts import Mounts
from storage.engine.errors import CancelledError, EngineError, EngineGone
from storage.frontend.process import OwnProcess
from storage.layers import Chain, Layer
from storage.worker.loop import Loop
from xenports.simulated.disks import Ends, Plug

from tests.sim import threads
from tests.sim.medium import BLOCKS, Medium
from tests.sim.scheduler import Process, process, scheduler

PIDS = itertools.count(1)


# --- engines ------------------------------------------------------------------------------------


@dataclass
class OpenDisk:
    layers: tuple[str, ...]
    writable: bool
    is_exported: bool = False
    pending: dict[int, int] = field(default_factory=dict)
    """What was written and not flushed."""


class Engine:
    """The process of one VM's engine; outlives the daemon."""

    def __init__(self, medium: Medium, host: str, vm: str) -> None:
        self.medium = medium
        self.host, self.vm = host, vm
        self.lives = True
        self.is_stopped = False
        self.told_of: Callable[[], None] = lambda: None
        self.open_disks: dict[str, OpenDisk] = {}

    def _step(self) -> None:
        scheduler().point()
        self.medium.reach()
        if not self.lives:
            raise EngineGone(f"the engine of VM {self.vm} has ended")

    def die(self) -> None:
        self.lives = False
        self.open_disks = {}
        if not self.is_stopped:
            self.told_of()

    def _of(self, disk: str) -> OpenDisk:
        if disk not in self.open_disks:
            raise EngineError(f"disk {disk} is not open")
        return self.open_disks[disk]

    def open(self, disk: str, chain: Chain, *, writable: bool) -> None:
        self._step()
        layers = tuple(layer.node for layer in chain)
        has = self.open_disks.get(disk)
        if has is not None:
            if (has.layers, has.writable) != (layers, writable):
                raise EngineError(f"disk {disk} is open with other layers")
            return
        for layer in chain:
            self._lock(layer, writable=writable and layer is chain[-1])
        self.open_disks[disk] = OpenDisk(layers, writable)

    def _lock(self, layer: Layer, *, writable: bool) -> None:
        if layer.node not in self.medium.images:
            raise EngineError(f"there is no {layer.node}")
        for engine in ENGINES:
            for disk in engine.open_disks.values():
                writes = disk.writable and disk.layers[-1] == layer.node
                if engine is not self and (writes or (writable and layer.node in disk.layers)):
                    raise EngineError(f"{layer.node} is locked by the engine of VM {engine.vm}")

    def export(self, disk: str, *, writable: bool) -> object:
        self._step()
        self._of(disk).is_exported = True
        return None

    def close(self, disk: str) -> None:
        self._step()
        if disk in self.open_disks:
            self.flush(disk)
            del self.open_disks[disk]
        scheduler().point()

    def disks(self) -> Mapping[str, OpenDisk]:
        self._step()
        return dict(self.open_disks)

    def snapshot(self, leaves: Mapping[str, Layer]) -> None:
        self._step()
        for disk, layer in leaves.items():
            self._of(disk)
            if layer.node not in self._of(disk).layers:
                self._lock(layer, writable=True)
        for disk, layer in leaves.items():
            has = self._of(disk)
            if layer.node not in has.layers:
                self.flush(disk)
                has.layers = (*has.layers, layer.node)
        scheduler().point()

    def commit(self, disk: str, top: Layer, base: Layer, progress: Callable[[float], None]) -> None:
        self._step()
        for block in range(BLOCKS):
            self._step()
            has = self._of(disk)
            if top.node not in has.layers:
                return
            if top.node == has.layers[-1]:
                raise EngineError(f"{top.node} is written by the guest")
            if len(self.medium.open_in(base.node)) > 1:
                raise EngineError(f"{base.node} is locked")
            below, above = self.medium.images[base.node], self.medium.images[top.node]
            if block in above.blocks:
                below.blocks[block] = above.blocks[block]
            progress(block / BLOCKS)
            if not self.lives:
                raise CancelledError(disk)
        has = self._of(disk)
        has.layers = tuple(node for node in has.layers if node != top.node)
        scheduler().point()

    # What guests do; nobody else has a turn meanwhile.

    def write(self, disk: str, block: int) -> None:
        has = self._of(disk)
        value = has.pending[block] = self.medium.next_value()
        for ledger in self.medium.over(has.layers[-1]):
            ledger.written.setdefault(block, set()).add(value)

    def flush(self, disk: str) -> None:
        has = self._of(disk)
        self.medium.images[has.layers[-1]].blocks.update(has.pending)
        for ledger in self.medium.over(has.layers[-1]):
            for block, value in has.pending.items():
                ledger.flushed[block] = value
                ledger.written.pop(block, None)
        has.pending = {}


ENGINES: list[Engine] = []
"""All engines that live, of all hosts."""


class Engines:
    """`storage.engine.engines.Engines`, of a daemon of one host."""

    def __init__(self, medium: Medium, host: str, on_end: Callable[[str], None]) -> None:
        self._medium, self._host, self._on_end = medium, host, on_end
        self._engines = {engine.vm: engine for engine in KEPT if engine.host == host}
        for engine in self._engines.values():
            self._adopt(engine)
            if not engine.lives:
                on_end(engine.vm)

    def _adopt(self, engine: Engine) -> None:
        owner = process()
        engine.told_of = lambda: self._on_end(engine.vm) if owner.alive else None

    def of(self, vm: str) -> Engine | None:
        return self._engines.get(vm)

    def all(self) -> dict[str, Engine]:
        return dict(self._engines)

    def ensure(self, vm: str) -> Engine:
        scheduler().point()
        if vm not in self._engines:
            made = self._engines[vm] = Engine(self._medium, self._host, vm)
            ENGINES.append(made)
            KEPT.append(made)
            self._adopt(made)
            scheduler().point()
        if not self._engines[vm].lives:
            raise EngineGone(f"the engine of VM {vm} has ended: stop it first")
        return self._engines[vm]

    def stop(self, vm: str) -> None:
        scheduler().point()
        engine = self._engines.pop(vm, None)
        if engine is not None:
            engine.is_stopped = True
            for disk in engine.open_disks:
                engine.flush(disk)
            end(engine)
            if engine in KEPT:
                KEPT.remove(engine)

    def socket(self, vm: str) -> Path:
        return Path(f"/engines/{vm}")


KEPT: list[Engine] = []
"""The engines that no daemon has stopped, dead ones included."""


def end(engine: Engine) -> None:
    if engine in ENGINES:
        ENGINES.remove(engine)
        engine.die()


class Ended:
    """`queue.SimpleQueue`; what no thread puts, as a fault does, is taken too."""

    def __init__(self) -> None:
        self._come: list[str] = []
        self._news = threads.Event()

    def put(self, vm: str) -> None:
        self._come.append(vm)
        self._news.set()

    def get(self) -> str:
        while not self._come:
            self._news.clear()
            self._news.wait()
        return self._come.pop(0)


# --- SRs' processes -----------------------------------------------------------------------------


class Channel:
    """One end of a socket pair."""

    def __init__(self) -> None:
        self.peer: Channel = self
        self.lines: list[bytes] = []
        self.news = threads.Event()
        self.is_closed = False

    def sendall(self, data: bytes) -> None:
        scheduler().point()
        if self.is_closed:
            raise BrokenPipeError
        self.peer.lines.append(data)
        self.peer.news.set()

    def makefile(self, mode: str) -> "Channel":
        return self

    def __enter__(self) -> "Channel":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __iter__(self) -> "Channel":
        return self

    def __next__(self) -> bytes:
        while not self.lines:
            if self.is_closed:
                raise StopIteration
            self.news.clear()
            self.news.wait()
        return self.lines.pop(0)


class SrProcess(OwnProcess):
    """An SR's process: the real loop, in a process of the simulation."""

    def __init__(self, own: Process, number: int, channel: Channel) -> None:
        self.own = own
        stub = SimpleNamespace(pid=number, wait=lambda: 0)
        super().__init__(stub, channel)  # type: ignore[arg-type]

    def end(self) -> None:
        scheduler().kill(self.own)


class Starter:
    """`storage.frontend.process.Starter`."""

    def __init__(self, mounts: Path, plugins: Path | None = None) -> None:
        self._mounts = mounts

    def __call__(self, driver: str) -> SrProcess:
        daemon, number = process(), next(PIDS)
        own = Process(f"sr-{daemon.place}-{number}", daemon.place)
        ours, theirs = Channel(), Channel()
        ours.peer, theirs.peer = theirs, ours

        def died() -> None:
            ours.is_closed = theirs.is_closed = True
            ours.news.set()

        own.at_death.append(died)
        daemon.at_death.append(lambda: scheduler().kill(own))

        def run() -> None:
            Loop(File(Mounts(self._mounts)), theirs).run()  # type: ignore[arg-type]

        scheduler().spawn(own, run, "main")
        SR_PROCESSES.append(own)
        return SrProcess(own, number, ours)


SR_PROCESSES: list[Process] = []


# --- guests -------------------------------------------------------------------------------------


@dataclass
class Plugged:
    plug: Plug
    ends: Ends
    engine: Engine
    is_dead: bool = False


class GuestDisks:
    """`xenports.simulated.disks.Disks`: back ends of disks with bytes, and what guests do."""

    def __init__(self, host: str, medium: Medium, seed: int) -> None:
        self._host, self._medium = host, medium
        self._random = Random(f"guests {host} {seed}")
        self.plugged: dict[str, Plugged] = {}

    def plug(self, backend: str, plug: Plug, ends: Ends) -> None:
        if backend in self.plugged:
            return
        socket, _, disk = plug.address.removeprefix("nbd:unix:").partition(":exportname=")
        vm = socket.rpartition("/")[2]
        for engine in ENGINES:
            has = engine.open_disks.get(disk)
            if (engine.host, engine.vm) == (self._host, vm) and has and has.is_exported:
                plug.disk = disk
                self.plugged[backend] = Plugged(plug, ends, engine)
                if plug.writable and not has.pending:
                    vdi = disk.rpartition("/")[2]
                    if vdi in self._medium.ledgers:
                        self._medium.check(vdi, has.layers, f"as VM {vm} begins on {self._host}")
                ends.ready()
                return
        ends.failed("nobody serves it")

    def unplug(self, backend: str) -> bool:
        found = self.plugged.pop(backend, None)
        if found is None:
            return False
        if found.engine.lives and found.plug.disk in found.engine.open_disks:
            found.engine.flush(found.plug.disk)
        found.ends.closed()
        return True

    def hold(self, backend: str, held: bool) -> None:
        if backend in self.plugged:
            self.plugged[backend].ends.held(held)

    def remove(self, backend: str) -> None:
        self.plugged.pop(backend, None)

    def bury(self, domid: int) -> None:
        for backend in [b for b, found in self.plugged.items() if found.plug.domid == domid]:
            del self.plugged[backend]

    def live(self, running: list[int]) -> None:
        for found in list(self.plugged.values()):
            disk = found.engine.open_disks.get(found.plug.disk)
            if found.is_dead or disk is None or not found.engine.lives:
                if not found.is_dead:
                    found.is_dead = True
                    found.ends.pulled("its server has ended")
                continue
            if found.plug.domid not in running or not found.plug.writable:
                continue
            if self._medium.is_away or self._medium.is_full:
                continue
            found.engine.write(found.plug.disk, self._random.randrange(BLOCKS))
            if self._random.random() < 0.5:
                found.engine.flush(found.plug.disk)
