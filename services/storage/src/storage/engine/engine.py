"""One VM's engine: opens its disks layer by layer, exports them, and changes them while in use.

What is open is read from the process itself each time, so a daemon that was started again knows
what the one before it knew. An export tells that a disk is open; layers that no export needs were
left by a call that was cut short, and are closed by the next.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storage.engine.errors import CancelledError, EngineError
from storage.engine.jobs import Jobs, Progress, part_done, unseen
from storage.engine.monitor import ANSWER_S, Monitor
from storage.engine.names import (
    COMMIT,
    EXPORTED,
    MIRROR,
    commit_id,
    export_id,
    exported_disk,
    layer_uuid,
    mirror_id,
    node_name,
    own_name,
)
from storage.engine.nbd import Nbd
from storage.engine.opening import open_layer
from storage.engine.process import Process, remove
from storage.layers import Chain, Layer


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
        self._jobs = Jobs(self._monitor)
        self._on_end = on_end
        self._changing = threading.RLock()
        self._opened: dict[str, str] = {}
        self._cancelled: set[str] = set()
        self._adopted = self._stopped = self._removed = False
        threading.Thread(target=self._watch, name=f"engine {vm}", daemon=True).start()

    # The process.

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.lives

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Have the engine to oneself; the first closes what an earlier daemon has left half done.

        It is not done before, because an engine whose storage hangs does not answer.
        """
        with self._changing:
            if not self._adopted:
                for id in self._monitor.exports():
                    if not id.startswith(EXPORTED):
                        self._unexport(id)
                self._sweep()
                self._adopted = True
            yield

    def stop(self) -> None:
        """End the process, which closes its disks, and forget it; it may be dead already."""
        with self._changing:
            if self._removed:
                return
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
            self._removed = True

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
        with self._turn():
            names = tuple(node_name(layer.node) for layer in chain)
            leaf = self._find_leaf(disk)
            if leaf is not None:
                if self._monitor.graph().chain(leaf) != names:
                    raise EngineError(f"disk {disk} is open with other layers")
                _assert_mode(disk, self._monitor.nodes()[leaf], writable=writable)
                return
            graph, nodes = self._monitor.graph(), self._monitor.nodes()
            try:
                below: str | None = None
                for place, (layer, name) in enumerate(zip(chain, names, strict=True)):
                    written = writable and layer is chain[-1]
                    if name not in graph.layers:
                        open_layer(self._monitor, layer, below, writable=written)
                    elif graph.chain(name) != names[: place + 1]:
                        raise EngineError(f"{layer.path} is open with other layers below it")
                    else:
                        _assert_mode(disk, nodes[name], writable=written)
                    below = name
                self._opened[disk] = names[-1]
            except EngineError:
                self._sweep_quietly()
                raise

    def export(self, disk: str, *, writable: bool) -> Export:
        """Let a guest connect to an open disk; nothing is done if that is so already."""
        with self._turn():
            id = export_id(disk)
            if id not in self._monitor.exports():
                self._export(id, disk, self._leaf(disk), writable=writable)
            return Export(self._monitor.process.nbd, disk)

    def close(self, disk: str) -> None:
        """Cut off the disk's client, flush the disk and close it; nothing to do if it is closed.

        Raises EngineError if the flush failed; the disk is closed then, too, and what was last
        written to it may be lost.
        """
        with self._turn():
            leaf = self._find_leaf(disk)
            if leaf is None:
                self._sweep()
                return
            self._jobs.stop(leaf)
            if export_id(disk) in self._monitor.exports():
                self._unexport(export_id(disk))
            try:
                self._flush(leaf)
            finally:
                self._opened.pop(disk, None)
                self._sweep()

    def flush(self, disk: str) -> None:
        """Return once all that the guest has written is on the storage."""
        with self._turn():
            self._flush(self._leaf(disk))

    def snapshot(self, leaves: Mapping[str, Layer]) -> None:
        """Have disks go over to new, empty leaves at one instant; a disk that has, stays.

        Merges stand back for it and are taken up again afterwards; a mirror is in its way.
        """
        with self._turn():
            actions = []
            try:
                for disk, layer in leaves.items():
                    leaf, name = self._leaf(disk), node_name(layer.node)
                    if leaf == name:
                        continue
                    if mirror_id(disk) in self._monitor.jobs():
                        raise EngineError(f"disk {disk} is mirrored: its leaf must stay")
                    self._jobs.stop(leaf, COMMIT)
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
        with self._turn():
            leaf = self._leaf(disk)
            has = self._monitor.nodes()[leaf]["image"]["virtual-size"]
            if size < has:
                raise EngineError(f"disk {disk} has {has} bytes and is not made smaller")
            id = export_id(disk)
            exported = id in self._monitor.exports()
            # A device below a raw disk has grown already, but not yet for the disk's client.
            if size == has and (not exported or self._shown_size(disk) == size):
                return
            if self._monitor.graph().jobs_on(leaf):
                raise EngineError(f"disk {disk} is being merged or mirrored")
            self._opened[disk] = leaf
            if exported:
                self._unexport(id)
            try:
                if size > has:
                    self._monitor.execute("block_resize", {"node-name": leaf, "size": size})
            finally:
                if exported:
                    self._export(id, disk, leaf, writable=True)

    def disks(self) -> dict[str, OpenDisk]:
        """What is open, by the names that the disks were opened under."""
        with self._turn():
            graph, nodes = self._monitor.graph(), self._monitor.nodes()
            jobs = {id: part_done(job) for id, job in self._monitor.jobs().items()}
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
        with self._turn():
            leaf = self._leaf(disk)
            image = self._monitor.nodes()[leaf]["image"]
            for node in self._monitor.execute("query-blockstats", {"query-nodes": True}):
                if node["node-name"] == leaf:
                    highest = node["parent"]["stats"]["wr_highest_offset"]
                    return Stat(image["virtual-size"], image.get("actual-size", 0), highest)
            raise EngineError(f"disk {disk} has no statistics")

    # Long work: merges and mirrors.

    def commit(self, disk: str, top: Layer, base: Layer, progress: Progress = unseen) -> None:
        """Write what ``top`` and the layers between hold into ``base``, below a guest's writes.

        Afterwards the disk's chain is without them, in the images' headers too. The caller knows
        that no other disk needs ``base`` as it was. Nothing to do if the chain is without ``top``
        already; a merge that an earlier daemon began is awaited. Raises CancelledError.
        """
        job = commit_id(top, base)
        with self._turn():
            self._cancelled.discard(disk)
        while not self._commit_now(disk, job, top, base):
            try:
                self._jobs.follow(job, progress)
            except BaseException:
                with suppress(EngineError):
                    self.cancel_commit(disk)
                raise

    def cancel_commit(self, disk: str) -> None:
        """Stop a merge, if there is one; its layers stay as they are."""
        with self._turn():
            self._cancelled.add(disk)
            leaf = self._find_leaf(disk)
            if leaf is not None:
                self._jobs.stop(leaf, COMMIT)

    def _commit_now(self, disk: str, job: str, top: Layer, base: Layer) -> bool:
        """Begin a merge unless it runs; True if there is nothing left to be done."""
        with self._turn():
            leaf = self._leaf(disk)
            if self._jobs.runs(job):
                return False
            chain = self._monitor.graph().chain(leaf)
            if node_name(top.node) not in chain:
                self._sweep()
                return True
            if disk in self._cancelled:
                raise CancelledError(f"the merge of disk {disk} was cancelled")
            self._assert_mergeable(disk, chain, top, base)
            above = layer_uuid(chain[chain.index(node_name(top.node)) + 1])
            arguments = {
                "job-id": job,
                "device": leaf,
                "top-node": node_name(top.node),
                "base-node": node_name(base.node),
                "backing-file": _backing_name(top.path.with_name(above), base),
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

    def mirror(self, disk: str, target: Export, progress: Progress = unseen, *, full: bool) -> None:
        """Copy a disk to another engine's export, and from then on each write to both.

        Returns once both are the same; `end_mirror` keeps them so. If not ``full``, only the leaf
        is copied. A target that goes away ends the mirror and not the guest.
        """
        job = mirror_id(disk)
        with self._turn():
            leaf = self._leaf(disk)
            if not self._jobs.runs(job):
                self._begin_mirror(job, leaf, target, full=full)
        try:
            self._jobs.follow(job, progress, until="ready")
        except BaseException:
            with suppress(EngineError):
                self.cancel_mirror(disk)
            raise
        with self._turn():
            self._assert_mirrored(disk)

    def end_mirror(self, disk: str) -> None:
        """Leave the target as the disk is now; the guest has stopped, or is cut off by this.

        Raises EngineError if the target has not all that was written; the disk stays open.
        """
        with self._turn():
            self._assert_mirrored(disk)
            job, leaf = mirror_id(disk), self._leaf(disk)
            if export_id(disk) in self._monitor.exports():
                self._opened[disk] = leaf
                self._unexport(export_id(disk))
            self._monitor.execute("block-job-cancel", {"device": job, "force": False})
            self._jobs.follow(job)
            self._jobs.runs(job)

    def cancel_mirror(self, disk: str) -> None:
        """Give up a mirror, if there is one."""
        with self._turn():
            leaf = self._find_leaf(disk)
            if leaf is not None:
                self._jobs.stop(leaf, MIRROR)

    def _begin_mirror(self, job: str, leaf: str, target: Export, *, full: bool) -> None:
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
            self._sweep_quietly()
            raise

    def _assert_mirrored(self, disk: str) -> None:
        if not self._jobs.runs(mirror_id(disk)):
            raise EngineError(f"disk {disk} is not mirrored")

    # What the process has open.

    def _leaves(self) -> dict[str, str]:
        """The disks that are open, each with the name of its leaf."""
        graph = self._monitor.graph()
        exported = {
            exported_disk(id): graph.leaf(node)
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

    def _shown_size(self, disk: str) -> int:
        with Nbd(self._monitor.process.nbd, disk) as client:
            return client.size

    def _flush(self, leaf: str) -> None:
        if self._monitor.nodes()[leaf]["ro"]:
            return
        with self._private(leaf) as (socket, name), Nbd(socket, name) as disk:
            disk.flush()

    @contextmanager
    def _private(self, leaf: str) -> Iterator[tuple[Path, str]]:
        """An export for ourselves."""
        id = own_name()
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


def _assert_mode(disk: str, node: Mapping[str, Any], *, writable: bool) -> None:
    if node["ro"] is writable:
        has = "for reading only" if node["ro"] else "for writing"
        raise EngineError(f"disk {disk}: layer {layer_uuid(node['node-name'])} is open {has}")


def _backing_name(path: Path, backing: Layer) -> str:
    """How an image's header names the layer below: without its folder, if that is the same."""
    return backing.path.name if backing.path.parent == path.parent else str(backing.path)
