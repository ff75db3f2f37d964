"""An SR and engines in memory, which behave as the real ones do, and can be made to fail."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from storage.drivers.driver import AttachedSR, Config, Description
from storage.engine.errors import EngineError, EngineGone
from storage.errors import BackendError
from storage.frontend.process import Died, Hung
from storage.layers import Chain, Format, Layer, Merge
from storage.worker.wire import METHODS, outcome, refusal
from xenops.storage import Probe, SrHealth, SrInfo, VdiInfo


def layer(node: str) -> Layer:
    return Layer(node, Path(f"/memory/{node}.qcow2"), Format.QCOW2)


class MemorySR:
    """`AttachedSR`: disks as lists of nodes, and who holds them."""

    def __init__(self, uuid: str) -> None:
        self.uuid = uuid
        self.disks: dict[str, VdiInfo] = {}
        self.nodes: dict[str, list[str]] = {}
        self.holds: dict[str, dict[tuple[str, str], bool]] = {}
        self.done: dict[str, VdiInfo] = {}
        self.waiting: list[Merge] = []
        self.kept_maps: list[Merge] = []
        self.merge_fails: BackendError | None = None
        self.differ: bytes | None = None
        self.names = ("", "")
        self.count = 0
        self.seen: list[list[str]] = []

    def stat(self) -> SrInfo:
        return SrInfo(
            sr_uuid=self.uuid,
            name_label=self.names[0],
            name_description=self.names[1],
            total_space=1 << 40,
            free_space=1 << 39,
            clustered=False,
            health=SrHealth.Healthy,
        )

    def set_name(self, label: str | None, description: str | None) -> None:
        self.names = (
            self.names[0] if label is None else label,
            self.names[1] if description is None else description,
        )

    def scan(self) -> list[VdiInfo]:
        return list(self.disks.values())

    def volume(self, vdi: str) -> VdiInfo:
        if vdi not in self.disks:
            raise BackendError(144, f"VDI {vdi} is not there")
        return self.disks[vdi]

    def _once(self, operation: str, make: Callable[[], VdiInfo]) -> VdiInfo:
        if operation not in self.done:
            self.done[operation] = make()
        return self.done[operation]

    def _node(self) -> str:
        self.count += 1
        return f"node{self.count}"

    def _made(self, wanted: VdiInfo, nodes: list[str], **more: Any) -> VdiInfo:
        assert wanted.uuid
        made = replace(wanted, vdi=wanted.uuid, **more)
        self.disks[made.vdi], self.nodes[made.vdi] = made, nodes
        return made

    def create(self, operation: str, wanted: VdiInfo) -> VdiInfo:
        return self._once(operation, lambda: self._made(wanted, [self._node()]))

    def destroy(self, operation: str, vdi: str) -> None:
        if self.holds.get(vdi):
            raise BackendError(24, f"VDI {vdi} is in use")
        self.disks.pop(vdi, None)
        self.nodes.pop(vdi, None)

    def _divided(self, vdi: str) -> list[str]:
        """The nodes of a disk that gets a new leaf now."""
        below = self.nodes[vdi]
        self.nodes[vdi] = [*below, self._node()]
        return below

    def snapshot(self, operation: str, vdi: str, wanted: VdiInfo) -> VdiInfo:
        self.volume(vdi)
        made = {"is_a_snapshot": True, "read_only": True, "snapshot_of": vdi}
        return self._once(operation, lambda: self._made(wanted, self._divided(vdi), **made))

    def clone(self, operation: str, vdi: str, wanted: VdiInfo) -> VdiInfo:
        self.volume(vdi)
        return self._once(
            operation, lambda: self._made(wanted, [*self._divided(vdi), self._node()])
        )

    def resize(self, operation: str, vdi: str, size: int) -> VdiInfo:
        return self.set_fields(operation, vdi, {"virtual_size": size})

    def revert(self, operation: str, vdi: str, snapshot: str) -> VdiInfo:
        self.nodes[vdi] = [*self.nodes[snapshot], self._node()]
        return self.disks[vdi]

    def set_fields(self, operation: str, vdi: str, changes: Mapping[str, object]) -> VdiInfo:
        self.disks[vdi] = replace(self.volume(vdi), **changes)  # type: ignore[arg-type]
        return self.disks[vdi]

    def chain(self, vdi: str) -> Chain:
        self.volume(vdi)
        return tuple(layer(node) for node in self.nodes[vdi])

    def hold(self, vdi: str, host: str, vm: str, *, writable: bool) -> None:
        self.volume(vdi)
        held = self.holds.setdefault(vdi, {})
        for (other_host, other), writes in held.items():
            if (other_host, other) != (host, vm) and (writes or writable):
                raise BackendError(24, f"VDI {vdi}: VM {other} on host {other_host} has it")
        held[host, vm] = writable

    def release(self, vdi: str, host: str, vm: str) -> None:
        self.holds.get(vdi, {}).pop((host, vm), None)

    def release_host(self, host: str, vm: str | None) -> None:
        for held in self.holds.values():
            for key in [key for key in held if key[0] == host and vm in (None, key[1])]:
                del held[key]

    def merges(self) -> Sequence[Merge]:
        return list(self.waiting)

    def merge(self, merge: Merge) -> None:
        if self.merge_fails is not None:
            raise self.merge_fails
        self.merged(merge)

    def track(self, operation: str, vdi: str, *, enabled: bool) -> VdiInfo:
        self.disks[vdi] = replace(self.volume(vdi), cbt_enabled=enabled)
        return self.disks[vdi]

    def data_destroy(self, operation: str, vdi: str) -> VdiInfo:
        self.disks[vdi] = replace(self.volume(vdi), ty="cbt_metadata")
        return self.disks[vdi]

    def changed_blocks(self, since: str, until: str) -> str:
        return "AAAA"

    def differing(self, one: str, other: str) -> str:
        if self.differ is None:
            raise BackendError(460, "they have no layer in common")
        return base64.b64encode(self.differ).decode()

    def keep_maps(self, merge: Merge) -> None:
        self.kept_maps.append(merge)

    def merged(self, merge: Merge) -> None:
        self.waiting.remove(merge)
        for nodes in self.nodes.values():
            if merge.top.node in nodes:
                nodes.remove(merge.top.node)


class MemoryDriver:
    """`Driver`: SRs that outlive the processes which attach them."""

    def __init__(self) -> None:
        self.srs: dict[str, MemorySR] = {}
        self.attached: set[str] = set()
        self.description = Description("Memory", "SRs in memory", ("VDI_CREATE",))

    def probe(self, config: Config) -> str | list[Probe]:
        if "location" not in config:
            raise BackendError(90, "device_config lacks its key 'location'", "<answer/>")
        return "<SRlist/>"

    def create(self, sr: str, config: Config, size: int) -> Config:
        if sr in self.srs:
            raise BackendError(78, f"SR {sr} is there already")
        self.srs[sr] = MemorySR(sr)
        return {**config, "made": "yes"}

    def attach(self, sr: str, config: Config) -> AttachedSR:
        if sr not in self.srs:
            raise BackendError(47, f"SR {sr} is not there")
        self.attached.add(sr)
        return self.srs[sr]

    def detach(self, sr: str, config: Config) -> None:
        self.attached.discard(sr)

    def destroy(self, sr: str, config: Config) -> None:
        self.attached.discard(sr)
        del self.srs[sr]


class MemoryProcess:
    """`storage.frontend.process.Process`, whose driver runs here."""

    def __init__(self, driver: MemoryDriver, faults: "Faults") -> None:
        self._driver = driver
        self._faults = faults
        self._sr: AttachedSR | None = None
        self._has_ended = False
        self.hanging = False

    def call(self, method: str, limit_s: float, /, *args: Any, **named: Any) -> Any:
        if self._has_ended:
            raise Died("it has ended")
        params = METHODS[method].bind(*args, **named)
        self._faults.calls.append(method)
        fault = self._faults.of(method)
        if fault == "dies before":
            self._has_ended = True
            raise Died("killed")
        if fault == "hangs":
            self.hanging = True
            raise Hung(f"{method} has taken longer than {limit_s:g} s")
        said = self._do(method, params)
        if fault == "dies after":
            self._has_ended = True
            raise Died("killed")
        return outcome(said, method)

    def _do(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        of, _, name = method.rpartition(".")
        try:
            function = getattr(self._sr if of else self._driver, name)
            result = METHODS[method].call(function, params)
            if method == "attach":
                self._sr = result
            return {"result": METHODS[method].encode_result(result)}
        except Exception as error:  # as a process tells it
            return refusal(error)

    def hangs(self) -> bool:
        return self.hanging

    def ended(self) -> bool:
        return self._has_ended

    def end(self) -> None:
        self._has_ended = True


@dataclass
class Faults:
    """What happens at the next call of a method, once each; and all calls so far."""

    next: dict[str, list[str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def of(self, method: str) -> str | None:
        waiting = self.next.get(method)
        return waiting.pop(0) if waiting else None


@dataclass
class Open:
    layers: tuple[str, ...]
    writable: bool
    exported: bool = False


class MemoryEngine:
    def __init__(self) -> None:
        self.lives = True
        self.opened: dict[str, Open] = {}
        self.log: list[Any] = []
        self.refuses: str | None = None

    def _check(self, what: str) -> None:
        if not self.lives:
            raise EngineGone("the engine has ended")
        if self.refuses == what:
            raise EngineError(f"{what} is refused")

    def open(self, disk: str, chain: Chain, *, writable: bool) -> None:
        self._check("open")
        wanted = Open(tuple(one.node for one in chain), writable)
        if disk in self.opened and self.opened[disk].layers != wanted.layers:
            raise EngineError("open with other layers")
        self.opened.setdefault(disk, wanted)

    def export(self, disk: str, *, writable: bool) -> object:
        self._check("export")
        self.opened[disk].exported = True
        return None

    def close(self, disk: str) -> None:
        self._check("close")
        self.opened.pop(disk, None)

    def disks(self) -> Mapping[str, Open]:
        self._check("disks")
        return self.opened

    def snapshot(self, leaves: Mapping[str, Layer]) -> None:
        self._check("snapshot")
        self.log.append(sorted(leaves))
        for disk, leaf in leaves.items():
            self.opened[disk].layers = (*self.opened[disk].layers, leaf.node)

    def commit(self, disk: str, top: Layer, base: Layer, progress: Callable[[float], None]) -> None:
        self._check("commit")
        progress(0.5)
        self.log.append(("commit", top.node, base.node))
        open_ = self.opened[disk]
        open_.layers = tuple(node for node in open_.layers if node != top.node)


class MemoryEngines:
    """Engines outlive the daemon: a test gives the same ones to the next."""

    def __init__(self) -> None:
        self.engines: dict[str, MemoryEngine] = {}

    def of(self, vm: str) -> MemoryEngine | None:
        return self.engines.get(vm)

    def ensure(self, vm: str) -> MemoryEngine:
        engine = self.engines.setdefault(vm, MemoryEngine())
        if not engine.lives:
            raise EngineGone("the engine has ended: stop it before another is started")
        return engine

    def all(self) -> Mapping[str, MemoryEngine]:
        return dict(self.engines)

    def stop(self, vm: str) -> None:
        self.engines.pop(vm, None)

    def socket(self, vm: str) -> Path:
        return Path(f"/run/{vm}/nbd")


class MemoryDisk:
    """`storage.frontend.differences.Bytes`."""

    def __init__(self, content: bytes) -> None:
        self.content = bytearray(content)
        self.written: list[int] = []
        self.is_flushed = True
        self.fails = False

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self, offset: int, length: int) -> bytes:
        assert length > 0 and offset + length <= self.size
        if self.fails:
            raise EngineError("Input/output error")
        return bytes(self.content[offset : offset + length])

    def write(self, offset: int, data: bytes) -> None:
        assert offset + len(data) <= self.size
        self.content[offset : offset + len(data)] = data
        self.written.append(offset)
        self.is_flushed = False

    def flush(self) -> None:
        self.is_flushed = True


class MemoryDisks:
    """What engines export, by the names of the exports, and clients of it."""

    def __init__(self) -> None:
        self.disks: dict[str, MemoryDisk] = {}

    @contextmanager
    def client(self, socket: Path, name: str) -> Iterator[MemoryDisk]:
        yield self.disks[name]
