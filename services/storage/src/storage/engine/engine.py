"""One VM's engine: opens its disks layer by layer, exports them, and changes them while in use.

What is open is read from the process itself each time, so a daemon that was started again knows
what the one before it knew. An export tells that a disk is open; layers that no export needs were
left by a call that was cut short, and are closed by the next.
"""

import os
import re
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from errno import ECANCELED
from pathlib import Path
from typing import Any

from storage.engine.errors import CancelledError, EngineError
from storage.engine.graph import layer_uuid, node_name
from storage.engine.monitor import ANSWER_S, Monitor
from storage.engine.nbd import Nbd
from storage.engine.opening import open_layer
from storage.engine.process import Process, remove
from storage.images import backing_name
from storage.layers import Chain, Layer

CANCELLED = os.strerror(ECANCELED)
EXPORTED, COMMIT, MIRROR, FLUSHED = "disk.", "commit.", "mirror.", "flush."

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Export:
    """Where a guest finds its disk."""

    socket: Path
    name: str


@dataclass(frozen=True)
class OpenDisk:
    """What an engine has open: layers by their uuids, the base first; ``jobs`` by their kinds."""

    layers: tuple[str, ...]
    writable: bool
    size: int
    jobs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Stat:
    """``highest_offset`` is the end of the last byte written to the leaf's file by this engine."""

    size: int
    allocated: int
    highest_offset: int


class Engine:
    """All methods may be called by any thread; all raise EngineError, SilentError or EngineGone.

    ``on_end`` is called, in a thread of its own, when the process ends without `stop`.
    """

    def __init__(
        self,
        vm: str,
        process: Process | None,
        folder: Path,
        on_end: Callable[[], None],
        answer_s: float = ANSWER_S,
    ) -> None:
        self._folder = folder
        self._process = process
        self._monitor = Monitor(vm, process, answer_s)
        self._on_end = on_end
        self._changing = threading.RLock()
        self._opened: dict[str, str] = {}
        self._cancelled: dict[str, bool] = {}
        self._stopped = False
        threading.Thread(target=self._watch, name=f"engine {vm}", daemon=True).start()

    # The process.

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.lives

    def adopt(self) -> None:
        """Close what an earlier daemon has opened for a call that was cut short."""
        with self._changing:
            for id in self._monitor.exports():
                if not id.startswith(EXPORTED):
                    self._unexport(id)
            self._sweep()

    def stop(self) -> None:
        """End the process, which closes its disks, and forget it; it may be dead already."""
        with self._changing:
            self._stopped = True
            if self._process is not None:
                try:
                    self._monitor.execute("quit")
                    ended = self._process.ended_within(self._monitor.answer_s)
                except EngineError:
                    ended = False
                if not ended:
                    self._process.kill()
            remove(self._folder)

    def leave(self) -> None:
        """Let go of the process, which goes on; another daemon may take it over."""
        self._stopped = True
        self._monitor.leave()

    def _watch(self) -> None:
        if self._process is not None:
            self._process.ended_within(None)
        if not self._stopped:
            self._on_end()

    # Disks.

    def open(self, disk: str, chain: Chain, *, writable: bool) -> None:
        """Open a disk; nothing is done if it is open so already.

        Raises EngineError if it is open with other layers, or if one of the VM's other disks has
        one of its layers open for writing.
        """
        with self._changing:
            names = tuple(node_name(layer.node) for layer in chain)
            leaf = self._find_leaf(disk)
            if leaf is not None:
                if self._monitor.graph().chain(leaf) != names:
                    raise EngineError(f"disk {disk} is open with other layers")
                self._assert_mode(disk, leaf, writable)
                return
            try:
                below: str | None = None
                for layer, name in zip(chain, names, strict=True):
                    written = writable and layer is chain[-1]
                    if name in self._monitor.graph().layers:
                        if self._monitor.graph().chain(name) != names[: names.index(name) + 1]:
                            raise EngineError(f"{layer.path} is open with other layers below it")
                        self._assert_mode(disk, name, written)
                    else:
                        open_layer(self._monitor, layer, below, writable=written)
                    below = name
                self._opened[disk] = names[-1]
            except EngineError:
                self._sweep_quietly()
                raise

    def export(self, disk: str, *, writable: bool) -> Export:
        """Let a guest connect to an open disk; nothing is done if that is so already."""
        with self._changing:
            id = _export_id(disk)
            if id not in self._monitor.exports():
                self._export(id, disk, self._leaf(disk), writable=writable)
            return Export(self._monitor.process.nbd, disk)

    def close(self, disk: str) -> None:
        """Cut off the disk's client, flush the disk and close it; nothing to do if it is closed.

        Raises EngineError if the flush failed; the disk is closed then, too, and what was last
        written to it may be lost.
        """
        with self._changing:
            leaf = self._find_leaf(disk)
            if leaf is None:
                self._sweep()
                return
            self._end_jobs(leaf)
            if _export_id(disk) in self._monitor.exports():
                self._unexport(_export_id(disk))
            try:
                self._flush(leaf)
            finally:
                self._opened.pop(disk, None)
                self._sweep()

    def flush(self, disk: str) -> None:
        """Return once all that the guest has written is on the storage."""
        with self._changing:
            self._flush(self._leaf(disk))

    def snapshot(self, leaves: Mapping[str, Layer]) -> None:
        """Have disks go over to new, empty leaves at one instant; a disk that has, stays.

        Merges stand back for it and are taken up again afterwards; a mirror is in its way.
        """
        with self._changing:
            actions = []
            try:
                for disk, layer in leaves.items():
                    leaf, name = self._leaf(disk), node_name(layer.node)
                    if leaf == name:
                        continue
                    if _mirror_id(disk) in self._monitor.jobs():
                        raise EngineError(f"disk {disk} is mirrored: its leaf must stay")
                    self._end_jobs(leaf, COMMIT)
                    if name not in self._monitor.graph().layers:
                        open_layer(self._monitor, layer, None, writable=True)
                    data = {"node": leaf, "overlay": name}
                    actions.append({"type": "blockdev-snapshot", "data": data})
                if actions:
                    self._monitor.execute("transaction", {"actions": actions})
                for disk in self._opened.keys() & leaves.keys():
                    self._opened[disk] = node_name(leaves[disk].node)
            except EngineError:
                self._sweep_quietly()
                raise

    def resize(self, disk: str, size: int) -> None:
        """Make a disk larger; its guest must do nothing meanwhile, and connects anew afterwards.

        An NBD export keeps the size that it had at first, and QEMU refuses to change a disk below
        one. So the export is ended, which cuts off its client, and made anew; the process and with
        it all that was written stays.
        """
        with self._changing:
            leaf = self._leaf(disk)
            has = self._monitor.nodes()[leaf]["image"]["virtual-size"]
            if size < has:
                raise EngineError(f"disk {disk} has {has} bytes and is not made smaller")
            if size == has:
                return
            if self._monitor.graph().jobs_on(leaf):
                raise EngineError(f"disk {disk} is being merged or mirrored")
            id = _export_id(disk)
            exported = id in self._monitor.exports()
            self._opened[disk] = leaf
            if exported:
                self._unexport(id)
            try:
                self._monitor.execute("block_resize", {"node-name": leaf, "size": size})
            finally:
                if exported:
                    self._export(id, disk, leaf, writable=True)

    def disks(self) -> dict[str, OpenDisk]:
        """What is open, by the names that the disks were opened under."""
        with self._changing:
            graph, nodes = self._monitor.graph(), self._monitor.nodes()
            jobs = {job["id"]: _part(job) for job in self._monitor.execute("query-jobs")}
            return {
                disk: OpenDisk(
                    tuple(layer_uuid(name) for name in graph.chain(leaf)),
                    not nodes[leaf]["ro"],
                    nodes[leaf]["image"]["virtual-size"],
                    {id.partition(".")[0]: jobs[id] for id in graph.jobs_on(leaf) if id in jobs},
                )
                for disk, leaf in self._leaves().items()
            }

    def stat(self, disk: str) -> Stat:
        with self._changing:
            leaf = self._leaf(disk)
            image = self._monitor.nodes()[leaf]["image"]
            for node in self._monitor.execute("query-blockstats", {"query-nodes": True}):
                if node["node-name"] == leaf:
                    highest = node["parent"]["stats"]["wr_highest_offset"]
                    return Stat(image["virtual-size"], image.get("actual-size", 0), highest)
            raise EngineError(f"disk {disk} has no statistics")

    # Long work: merges and mirrors.

    def commit(
        self, disk: str, top: Layer, base: Layer, progress: Progress = lambda part: None
    ) -> None:
        """Write what ``top`` and the layers between hold into ``base``, below a guest's writes.

        Afterwards the disk's chain is without them, in the images' headers too. The caller knows
        that no other disk needs ``base`` as it was. Nothing to do if the chain is without ``top``
        already; a merge that an earlier daemon began is awaited. Raises CancelledError.
        """
        job = f"{COMMIT}{node_name(top.node)}.{node_name(base.node)}"
        with self._changing:
            self._cancelled[disk] = False
        try:
            while not self._commit_now(disk, job, top, base):
                self._follow(job, progress)
        finally:
            with self._changing:
                self._cancelled.pop(disk, None)

    def cancel_commit(self, disk: str) -> None:
        """Stop a merge, if there is one; its layers stay as they are."""
        with self._changing:
            if disk in self._cancelled:
                self._cancelled[disk] = True
            leaf = self._find_leaf(disk)
            if leaf is not None:
                self._end_jobs(leaf, COMMIT)

    def _commit_now(self, disk: str, job: str, top: Layer, base: Layer) -> bool:
        """Begin a merge unless it runs; True if there is nothing left to be done."""
        with self._changing:
            leaf = self._leaf(disk)
            status = self._monitor.jobs().get(job)
            if status is not None and status["status"] != "concluded":
                return False
            if status is not None:
                self._dismiss(job, status)
            chain = self._monitor.graph().chain(leaf)
            if node_name(top.node) not in chain:
                self._sweep()
                return True
            if self._cancelled[disk]:
                raise CancelledError(f"the merge of disk {disk} was cancelled")
            self._assert_mergeable(disk, chain, top, base)
            above = layer_uuid(chain[chain.index(node_name(top.node)) + 1])
            arguments = {
                "job-id": job,
                "device": leaf,
                "top-node": node_name(top.node),
                "base-node": node_name(base.node),
                "backing-file": backing_name(top.path.with_name(above), base),
                "auto-dismiss": False,
            }
            self._monitor.execute("block-commit", arguments)
            return False

    def _assert_mergeable(self, disk: str, chain: tuple[str, ...], top: Layer, base: Layer) -> None:
        upper, lower = node_name(top.node), node_name(base.node)
        if upper == chain[-1]:
            raise EngineError(f"{top.path} is written by the guest and is not merged")
        if lower not in chain[: chain.index(upper)]:
            raise EngineError(f"{base.path} is not below {top.path} in disk {disk}")
        graph = self._monitor.graph()
        for name in chain[chain.index(lower) : chain.index(upper) + 1]:
            if len(graph.parents(name)) > 1:
                raise EngineError(f"layer {layer_uuid(name)} is needed by another disk")

    def mirror(
        self, disk: str, target: Export, progress: Progress = lambda part: None, *, full: bool
    ) -> None:
        """Copy a disk to another engine's export, and from then on each write to both.

        Returns once both are the same; `end_mirror` keeps them so. If not ``full``, only the leaf
        is copied. A target that goes away ends the mirror and not the guest.
        """
        with self._changing:
            job, leaf = _mirror_id(disk), self._leaf(disk)
            status = self._monitor.jobs().get(job)
            if status is not None and status["status"] == "concluded":
                self._end_mirror(job)
                status = None
            if status is None:
                server = {"type": "unix", "path": str(target.socket)}
                node = {"driver": "nbd", "node-name": job, "server": server, "export": target.name}
                self._monitor.execute("blockdev-add", node | {"reconnect-delay": 0})
                arguments = {
                    "job-id": job,
                    "device": leaf,
                    "target": job,
                    "sync": "full" if full else "top",
                    "copy-mode": "write-blocking",
                    "auto-dismiss": False,
                }
                try:
                    self._monitor.execute("blockdev-mirror", arguments)
                except EngineError:
                    self._monitor.execute("blockdev-del", {"node-name": job})
                    raise
        self._follow(job, progress, until="ready")
        with self._changing:
            self._assert_mirrored(disk)

    def end_mirror(self, disk: str) -> None:
        """Leave the target as the disk is now; the guest has stopped, or is cut off by this.

        Raises EngineError if the target has not all that was written; the disk stays open.
        """
        with self._changing:
            self._assert_mirrored(disk)
            if _export_id(disk) in self._monitor.exports():
                self._opened[disk] = self._leaf(disk)
                self._unexport(_export_id(disk))
            job = _mirror_id(disk)
            self._monitor.execute("block-job-cancel", {"device": job, "force": False})
            self._follow(job, lambda part: None)
            self._end_mirror(job)

    def cancel_mirror(self, disk: str) -> None:
        """Give up a mirror, if there is one."""
        with self._changing:
            leaf = self._find_leaf(disk)
            if leaf is not None:
                self._end_jobs(leaf, MIRROR)

    def _assert_mirrored(self, disk: str) -> None:
        job = _mirror_id(disk)
        status = self._monitor.jobs().get(job)
        if status is None:
            raise EngineError(f"disk {disk} is not mirrored")
        if status["status"] == "concluded":
            self._end_mirror(job)

    def _end_mirror(self, job: str) -> None:
        status = self._monitor.jobs()[job]
        try:
            if "error" in status:
                raise EngineError(f"the mirror has failed: {status['error']}")
        finally:
            self._monitor.execute("job-dismiss", {"id": job})
            self._monitor.execute("blockdev-del", {"node-name": job})

    # Jobs.

    def _dismiss(self, job: str, status: Mapping[str, Any]) -> None:
        """Forget a job that has ended; raises what it failed of, unless that is a cancellation."""
        self._monitor.execute("job-dismiss", {"id": job})
        if status.get("error", CANCELLED) != CANCELLED:
            raise EngineError(f"{job.partition('.')[0]}: {status['error']}")

    def _end_jobs(self, leaf: str, kind: str = "") -> None:
        """Stop the jobs that work on a disk: all, or those of one kind."""
        for job in self._monitor.graph().jobs_on(leaf):
            if job.startswith(kind):
                if self._monitor.jobs()[job]["status"] != "concluded":
                    self._monitor.execute("block-job-cancel", {"device": job, "force": True})
                self._follow(job, lambda part: None)
                self._monitor.execute("job-dismiss", {"id": job})
                if job.startswith(MIRROR):
                    self._monitor.execute("blockdev-del", {"node-name": job})

    def _follow(self, job: str, progress: Progress, until: str = "concluded") -> None:
        """Tell a job's progress until it is as far as asked, has ended, or was dismissed."""

        def ended() -> bool:
            status = self._monitor.jobs().get(job)
            if status is None or status["status"] in (until, "concluded"):
                return True
            progress(_part(status))
            return False

        self._monitor.until(ended)

    def _leaves(self) -> dict[str, str]:
        """The disks that are open, each with the name of its leaf."""
        graph = self._monitor.graph()
        exported = {
            _disk(id): graph.leaf(node)
            for id, node in self._monitor.exports().items()
            if id.startswith(EXPORTED)
        }
        return self._opened | exported

    def _find_leaf(self, disk: str) -> str | None:
        return self._leaves().get(disk)

    def _leaf(self, disk: str) -> str:
        leaf = self._find_leaf(disk)
        if leaf is None:
            raise EngineError(f"disk {disk} is not open")
        return leaf

    def _assert_mode(self, disk: str, name: str, writable: bool) -> None:
        if self._monitor.nodes()[name]["ro"] is writable:
            has = "for writing" if writable is False else "for reading only"
            raise EngineError(f"disk {disk}: layer {layer_uuid(name)} is open {has}")

    def _export(self, id: str, name: str, leaf: str, *, writable: bool) -> None:
        arguments = {
            "type": "nbd",
            "id": id,
            "node-name": leaf,
            "name": name,
            "writable": writable,
            "allocation-depth": True,
        }
        self._monitor.execute("block-export-add", arguments)

    def _unexport(self, id: str) -> None:
        self._monitor.execute("block-export-del", {"id": id, "mode": "hard"})
        self._monitor.until(lambda: id not in self._monitor.exports(), self._monitor.answer_s)

    def _flush(self, leaf: str) -> None:
        if self._monitor.nodes()[leaf]["ro"]:
            return
        with self._private(leaf) as (socket, name), Nbd(socket, name) as disk:
            disk.flush()

    @contextmanager
    def _private(self, leaf: str) -> Iterator[tuple[Path, str]]:
        """An export for ourselves."""
        id = FLUSHED + uuid.uuid4().hex
        self._export(id, id, leaf, writable=True)
        try:
            yield self._monitor.process.nbd, id
        finally:
            self._unexport(id)

    def _sweep(self) -> None:
        """Close the layers that nothing needs, each before the layers below it."""
        for name in self._monitor.graph().unneeded(self._opened.values()):
            self._monitor.execute("blockdev-del", {"node-name": name})

    def _sweep_quietly(self) -> None:
        """Close what was opened for nothing; the error that led here is the one that counts."""
        with suppress(EngineError):
            self._sweep()


def _export_id(disk: str) -> str:
    """Ids have letters, digits and three signs only; the way back is `_disk`."""
    return EXPORTED + re.sub(
        "[^A-Za-z0-9-]", lambda sign: "".join(f"_{byte:02x}" for byte in sign[0].encode()), disk
    )


def _disk(id: str) -> str:
    coded = id.removeprefix(EXPORTED)
    plain = re.sub(b"_([0-9a-f]{2})", lambda sign: bytes.fromhex(sign[1].decode()), coded.encode())
    return plain.decode()


def _mirror_id(disk: str) -> str:
    return MIRROR + uuid.uuid5(uuid.NAMESPACE_OID, disk).hex[:16]


def _part(job: Mapping[str, Any]) -> float:
    total = job["total-progress"]
    return job["current-progress"] / total if total else 0.0
