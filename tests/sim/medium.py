"""What outlives all processes of a disk's way: the images' bytes, and what guests know of them.

The indexes of SRs are real files, written by the real code; an image is an empty real file, whose
blocks are a model here. What is appended to an index is followed here too, so that at each moment
it is known what each disk consists of, and what it must read as.
"""

import errno
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from storage.layers import Chain, Format, Layer
from storage.volumes import files, images, index
from storage.volumes.programs import ProgramFailed, Stopped
from storage.volumes.state import State, applied

from tests.sim import threads
from tests.sim.scheduler import Process, process, scheduler

BLOCKS = 6
SPACE = 1 << 40
SPARE = index.BALLAST // 16


@dataclass
class Image:
    format: Format
    size: int
    blocks: dict[int, int] = field(default_factory=dict)


@dataclass
class Ledger:
    """What a disk must read as: of each block what was flushed last, or what was written since."""

    flushed: dict[int, int] = field(default_factory=dict)
    written: dict[int, set[int]] = field(default_factory=dict)

    def copy(self) -> "Ledger":
        return Ledger(
            dict(self.flushed), {block: set(found) for block, found in self.written.items()}
        )

    def allows(self, block: int, value: int) -> bool:
        return value == self.flushed.get(block, 0) or value in self.written.get(block, ())


class Medium:
    """The storage that all hosts see. ``is_full`` and ``is_away`` are faults of it."""

    def __init__(self, broken: Callable[[str, str], None]) -> None:
        self._broken = broken
        self.images: dict[str, Image] = {}
        self.ledgers: dict[str, Ledger] = {}
        self.index = State()
        self.is_full = False
        self.is_away = False
        self._spare = 0
        self._gates: dict[str, threads.Lock] = {}
        self._held: dict[int, tuple[threads.Lock, Process]] = {}
        self._last = 0
        self.open_in: Callable[[str], list[str]] = lambda node: []
        """The engines that have a layer open."""
        self._install()

    # --- disks ------------------------------------------------------------------------------

    def line(self, vdi: str) -> tuple[str, ...]:
        return self.index.line(self.index.disks[vdi].leaf)

    def contents(self, line: tuple[str, ...]) -> dict[int, int]:
        found: dict[int, int] = {}
        for node in line:
            found.update(self.images[node].blocks)
        return found

    def next_value(self) -> int:
        self._last += 1
        return self._last

    def over(self, node: str) -> Iterator[Ledger]:
        """The ledgers of all disks that have a layer."""
        for vdi in self.index.disks:
            if node in self.line(vdi):
                yield self.ledgers[vdi]

    def check(self, vdi: str, line: tuple[str, ...], when: str) -> None:
        """See that nothing flushed is lost, and that nothing is there that was never written."""
        found, ledger = self.contents(line), self.ledgers[vdi]
        for block in range(BLOCKS):
            if not ledger.allows(block, found.get(block, 0)):
                said = f"block {block} of VDI {vdi} is {found.get(block, 0)} {when}, and must be"
                said += f" {ledger.flushed.get(block, 0)} or of {ledger.written.get(block, set())}"
                self._broken("flushed bytes are lost", said)

    def _follow(self, content: bytes) -> None:
        said = json.loads(content[9:])
        before = self.index
        now = self.index = applied(State() if "schema" in said else before, said["set"])
        if "schema" in said:
            if before.nodes and (before.nodes, before.disks) != (now.nodes, now.disks):
                self._broken("an index lost a change", f"{before} became {now}")
            return
        for vdi in said["set"].get("disks", {}):
            if vdi not in now.disks:
                self.ledgers.pop(vdi, None)
                continue
            leaf = now.disks[vdi].leaf
            old = before.disks.get(vdi)
            if old is not None and (old.leaf in now.line(leaf) or leaf in before.line(old.leaf)):
                continue
            self.ledgers[vdi] = self._source(before, now.line(leaf))
        for vdi in now.disks:
            for node in now.line(now.disks[vdi].leaf):
                if node not in self.images:
                    self._broken("a layer is gone", f"node {node} of VDI {vdi}")

    def _source(self, before: State, line: tuple[str, ...]) -> Ledger:
        for node in reversed(line):
            for vdi, disk in before.disks.items():
                if disk.leaf == node:
                    return self.ledgers[vdi].copy()
        return Ledger()

    def _erased(self, path: Path) -> None:
        node = path.stem
        if node in self.images:
            for vdi in self.index.disks:
                if node in self.line(vdi):
                    self._broken("a layer that is needed is erased", f"{node} of VDI {vdi}")
            if self.open_in(node):
                self._broken("a layer in use is erased", f"{node}: {self.open_in(node)}")
            del self.images[node]

    # --- what stands in for the files' calls ------------------------------------------------

    def reach(self) -> None:
        """A step at the medium, which does not end while it is away."""
        found = scheduler()
        found.point()
        while self.is_away and found.current is not None:
            found.park(found.now + 0.5)

    def _append(self, _: Any, descriptor: int, content: bytes) -> None:
        self.reach()
        if self.is_full:
            if self._spare < len(content):
                raise OSError(errno.ENOSPC, "No space left on device")
            self._spare -= len(content)
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        half = len(content) // 2
        os.write(descriptor, content[:half])
        scheduler().point()
        os.write(descriptor, content[half:])
        if name.endswith("/index"):
            self._follow(content)

    def _rename(self, _: Any, old: Path, new: Path) -> None:
        self.reach()
        os.rename(old, new)
        if new.name == "index":
            self._follow(new.read_bytes())

    def _flock(self, descriptor: int, how: int) -> None:
        self.reach()
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        gate = self._gates.setdefault(name, threads.Lock())
        gate.acquire()
        owner = process()
        held = self._held[descriptor] = (gate, owner)

        def died() -> None:
            if self._held.get(descriptor) is held:
                self._close(descriptor)

        held_by = owner.at_death
        held_by.append(died)
        self._deaths[descriptor] = lambda: held_by.remove(died)

    def _close(self, descriptor: int) -> None:
        held = self._held.pop(descriptor, None)
        os.close(descriptor)
        if held is not None:
            gate, owner = held
            if owner.alive:
                self._deaths.pop(descriptor)()
            gate.release()

    def _truncate(self, path: Any, size: int) -> None:
        os.truncate(path, size)
        self._spare += SPARE

    def _statvfs(self, path: Any) -> SimpleNamespace:
        free = 0 if self.is_full else SPACE // 2
        return SimpleNamespace(f_blocks=SPACE, f_frsize=1, f_bavail=free)

    def _install(self) -> None:
        self._deaths: dict[int, Callable[[], None]] = {}
        system = _Os(close=self._close, truncate=self._truncate, statvfs=self._statvfs)
        calls = SimpleNamespace(LOCK_EX=2, flock=self._flock)
        _replace(
            index.Medium,
            append=lambda me, descriptor, content: self._append(me, descriptor, content),
            sync=lambda me, descriptor: self.reach(),
            rename=lambda me, old, new: self._rename(me, old, new),
        )
        _replace(index, fcntl=calls, os=system)
        _replace(files, fcntl=calls, os=system)
        _replace(
            images,
            create=self._create,
            header=self._header,
            grow=self._grow,
            point=lambda path, backing, lock: self.reach(),
            commit=self._commit,
            mend=lambda layer, lock: self.reach(),
            synced=lambda path: self.reach(),
        )
        unlink = Path.unlink

        def erase(path: Path, missing_ok: bool = False) -> None:
            if path.suffix in (".qcow2", ".raw"):
                self._erased(path)
            unlink(path, missing_ok=missing_ok)

        _replace(Path, unlink=erase)

    def _create(
        self, path: Path, format_: Format, size: int, backing: Layer | None, lock: int
    ) -> None:
        self.reach()
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        path.touch()
        self.reach()
        self.images[path.stem] = Image(format_, size)

    def _header(self, path: Path) -> images.Header:
        if not path.exists():
            raise FileNotFoundError(path)
        return images.Header(self.images[path.stem].size, None)

    def _grow(self, layer: Layer, size: int, lock: int) -> None:
        self.reach()
        self._require_unused(layer.node)
        image = self.images[layer.node]
        image.size = max(image.size, size)

    def _commit(self, chain: Chain, lock: int, stop: Callable[[], bool]) -> None:
        top, base = chain[-1].node, chain[-2].node
        for block in range(BLOCKS):
            self.reach()
            if stop():
                raise Stopped
            self._require_unused(top)
            self._require_unused(base)
            if block in self.images[top].blocks:
                self.images[base].blocks[block] = self.images[top].blocks[block]

    def _require_unused(self, node: str) -> None:
        if users := self.open_in(node):
            raise ProgramFailed("qemu-img", 1, f"Failed to get lock: {node} is open in {users}")


def _replace(of: object, **found: Any) -> None:
    for name, value in found.items():
        setattr(of, name, value)


class _Os:
    """`os`, but for some calls."""

    def __init__(self, **calls: Any) -> None:
        self.__dict__.update(calls)

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


__all__ = ["BLOCKS", "Image", "Ledger", "Medium"]
