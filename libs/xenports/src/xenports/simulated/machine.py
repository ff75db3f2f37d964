"""The simulated Xen itself: domains with real bytes of memory, accounted for."""

import hashlib
import mmap
import random
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from xenports.simulated.balloon import Balloon

PAGE = 4096
PAGE_KIB = 4
DOM0_KIB = 512 * 1024
# How long a guest runs before its kernel and user land write to its memory, and how much they then
# write in each step until they have written all of it.
BOOT_S = 0.2
BOOT_PAGES_A_STEP = 2048
# They are copied from a block that the processor's cache holds.
BLOCK_PAGES = 64
HASHED_PARTS = 8
STEP_S = 0.02


class Refused(Exception):
    """The hypercall failed; the text is what the caller sees."""


@dataclass
class Guest:
    """How a guest behaves."""

    obeys: bool = True
    dirty_pages_per_s: int = 200
    fill_on_boot: bool = True
    disk_writes_per_s: float = 2.0
    """How many marks it writes on each disk that has bytes."""
    balloon: Balloon | None = field(default_factory=Balloon)
    """None for a guest without a driver."""


@dataclass
class Domain:
    domid: int
    uuid: str
    kind: str
    max_kib: int
    vcpus: int
    memory_kib: int = 0
    pages: mmap.mmap | None = None
    paused: bool = True
    shutdown: int | None = None
    built: bool = False
    started: float = 0.0
    time_offset_s: int = 0
    lived_s: float = 0.0
    filled: int = 0
    dirty: set[int] | None = None
    guest: Guest = field(default_factory=Guest)

    @property
    def running(self) -> bool:
        return self.built and not self.paused and self.shutdown is None

    @property
    def page_count(self) -> int:
        return self.memory_kib // PAGE_KIB


class Machine:
    """One host. All methods may be called from any thread; they raise Refused."""

    def __init__(self, memory_kib: int, seed: int) -> None:
        self.total_kib = memory_kib
        self.changed = threading.Condition()
        self.generation = 1
        self.clock_s = 0.0
        """How long the guests have lived: the sum of the steps of `live`."""
        self.domains: dict[int, Domain] = {}
        self._next_domid = 1
        self._random = random.Random(seed)
        self._faults: dict[str, int] = {}

    # --- faults -----------------------------------------------------------------------------

    def inject(self, name: str, after: int) -> None:
        """Let the ``after``-th call of this name from now on fail."""
        self._faults[name] = after

    def _may_fail(self, call: str) -> None:
        left = self._faults.get(call)
        if left is None:
            return
        if left <= 1:
            del self._faults[call]
            raise Refused(f"{call}: EIO (injected)")
        self._faults[call] = left - 1

    @contextmanager
    def _setting(self, call: str) -> Iterator[None]:
        """A call that nobody waits for: the real Xen raises no event for it either."""
        with self.changed:
            self._may_fail(call)
            yield

    @contextmanager
    def _change(self, call: str) -> Iterator[None]:
        """A call that changes what domains there are, or whether they run."""
        with self._setting(call):
            yield
            self.generation += 1
            self.changed.notify_all()

    def find(self, domid: int) -> Domain:
        try:
            return self.domains[domid]
        except KeyError:
            raise Refused(f"ESRCH: there is no domain {domid}") from None

    # --- hypercalls -------------------------------------------------------------------------

    def free_kib(self) -> int:
        used = sum(domain.memory_kib for domain in self.domains.values())
        return self.total_kib - DOM0_KIB - used

    def create(self, uuid: str, kind: str, max_kib: int, vcpus: int) -> int:
        with self._change("create"):
            domid = self._next_domid
            self._next_domid += 1
            self.domains[domid] = Domain(domid, uuid, kind, max_kib, vcpus)
            return domid

    def destroy(self, domid: int) -> None:
        with self._change("destroy"):
            domain = self.domains.pop(domid, None)
            if domain is not None and domain.pages is not None:
                domain.pages.close()

    def pause(self, domid: int) -> None:
        with self._change("pause"):
            self.find(domid).paused = True

    def unpause(self, domid: int) -> None:
        with self._change("unpause"):
            domain = self.find(domid)
            if not domain.built:
                raise Refused(f"EINVAL: domain {domid} is not built")
            domain.paused = False
            domain.started = domain.started or time.time()

    def shutdown(self, domid: int, code: int) -> None:
        with self._change("shutdown"):
            domain = self.find(domid)
            if domain.shutdown is None:
                domain.shutdown = code

    def resume(self, domid: int) -> None:
        with self._change("resume"):
            self.find(domid).shutdown = None

    def set_time_offset(self, domid: int, offset_s: int) -> None:
        with self._setting("set_time_offset"):
            self.find(domid).time_offset_s = offset_s

    def time_offset(self, domid: int) -> int:
        with self.changed:
            return self.find(domid).time_offset_s

    def set_vcpus(self, domid: int, vcpus: int) -> None:
        with self._setting("set_vcpus"):
            self.find(domid).vcpus = vcpus

    def set_max_kib(self, domid: int, max_kib: int) -> None:
        with self._setting("set_max_kib"):
            self.find(domid).max_kib = max_kib

    def populate(self, domid: int, memory_kib: int) -> None:
        """Give a domain its memory, all zero."""
        with self._setting("populate"):
            domain = self.find(domid)
            free = self.free_kib()
            if memory_kib > free:
                raise Refused(f"ENOMEM {memory_kib} {free}")
            domain.memory_kib = memory_kib
            domain.pages = _memory(max(memory_kib, domain.max_kib))

    def build(self, domid: int, kernel: str) -> None:
        """Put something that depends on kernel and domain into the first pages."""
        with self._change("build"):
            domain = self.find(domid)
            assert domain.pages is not None
            image = hashlib.sha256(f"{kernel} {domain.uuid}".encode()).digest() * (PAGE // 32)
            domain.pages[:PAGE] = image
            domain.filled = 1
            domain.built = True

    def finish_restore(self, domid: int, filled: int) -> None:
        with self._change("restore"):
            domain = self.find(domid)
            domain.built = True
            domain.filled = filled

    def describe(self) -> list[dict[str, Any]]:
        with self.changed:
            return [
                {
                    "domid": domain.domid,
                    "uuid": domain.uuid,
                    "kind": domain.kind,
                    "paused": domain.paused,
                    "shutdown": domain.shutdown,
                    "memory_kib": domain.memory_kib,
                    "max_kib": domain.max_kib,
                    "vcpus": domain.vcpus,
                    "started": domain.started,
                }
                for domain in self.domains.values()
            ]

    def wait(self, seen: int, timeout_s: float) -> int:
        with self.changed:
            self.changed.wait_for(lambda: self.generation > seen, timeout_s)
            return self.generation

    # --- memory -----------------------------------------------------------------------------

    def log_dirty(self, domid: int, enabled: bool) -> None:
        with self.changed:
            self.find(domid).dirty = set() if enabled else None

    def take_dirty(self, domid: int) -> list[int]:
        """The pages written since they were last taken; from now on there are none."""
        with self.changed:
            domain = self.find(domid)
            pages = sorted(domain.dirty or ())
            domain.dirty = set() if domain.dirty is not None else None
            return pages

    def used_pages(self, domid: int) -> int:
        """How many pages there are up to the last one that was ever written."""
        return self.find(domid).filled

    def read_pages(self, domid: int, pages: Sequence[int]) -> bytes:
        with self.changed:
            memory = self.find(domid).pages
            assert memory is not None
            return b"".join(memory[run.start * PAGE : run.stop * PAGE] for run in runs(pages))

    def write_pages(self, domid: int, pages: Sequence[int], data: bytes | bytearray) -> None:
        with self.changed:
            memory, unwritten = self.find(domid).pages, memoryview(data)
            assert memory is not None
            for run in runs(pages):
                size = len(run) * PAGE
                memory[run.start * PAGE : run.stop * PAGE] = unwritten[:size]
                unwritten = unwritten[size:]

    def memory_hash(self, domid: int, pages: int | None = None) -> str:
        """A checksum of the first ``pages``, by default of all that were ever written.

        The domain should stand still. It is the CRCs of eight parts: a guest waits for this.
        """
        domain = self.find(domid)
        count = domain.filled if pages is None else pages
        memory = memoryview(domain.pages or b"")[: count * PAGE]
        size = len(memory) // HASHED_PARTS + 1
        parts = (memory[number * size : (number + 1) * size] for number in range(HASHED_PARTS))
        return "".join(f"{zlib.crc32(part):08x}" for part in parts)

    def inflate(self, domid: int, target_kib: int) -> None:
        """Tell a guest's balloon driver how much memory the guest is to have."""
        with self.changed:
            balloon = self.find(domid).guest.balloon
            if balloon is not None:
                balloon.target_kib = target_kib

    def live(self, passed_s: float = STEP_S) -> None:
        """For one step, let the guests write to their memory and their drivers work."""
        with self.changed:
            self.clock_s += passed_s
            for domain in self.domains.values():
                if domain.running and domain.pages is not None:
                    self._balloon(domain, passed_s)
                    self._touch(domain)

    def _balloon(self, domain: Domain, passed_s: float) -> None:
        """Let a driver work; a guest gets no more than its limit, and no more than is free."""
        balloon = domain.guest.balloon
        if balloon is None:
            return
        step = balloon.step(domain.memory_kib, self.clock_s, passed_s)
        room = max(min(domain.max_kib - domain.memory_kib, self.free_kib()), 0)
        self.resize(domain, domain.memory_kib + min(step, room))

    def resize(self, domain: Domain, memory_kib: int) -> None:
        """Add empty pages at a domain's end, or take its last ones."""
        assert domain.pages is not None
        if memory_kib < domain.memory_kib:
            start, end = (kib // PAGE_KIB * PAGE for kib in (memory_kib, domain.memory_kib + 3))
            domain.pages.madvise(mmap.MADV_DONTNEED, start, end - start)
            domain.filled = min(domain.filled, start // PAGE)
            if domain.dirty is not None:
                domain.dirty = {page for page in domain.dirty if page < domain.filled}
        domain.memory_kib = memory_kib

    def _touch(self, domain: Domain) -> None:
        assert domain.pages is not None
        count = domain.page_count
        written: list[int] = []
        domain.lived_s += STEP_S
        if domain.guest.fill_on_boot and domain.filled < count and domain.lived_s > BOOT_S:
            until = min(domain.filled + BOOT_PAGES_A_STEP, count)
            written = list(range(domain.filled, until))
            block = self._random.randbytes(PAGE) * BLOCK_PAGES
            for start in range(domain.filled, until, BLOCK_PAGES):
                size = min(until - start, BLOCK_PAGES) * PAGE
                domain.pages[start * PAGE : start * PAGE + size] = block[:size]
            domain.filled = until
        for _ in range(int(domain.guest.dirty_pages_per_s * STEP_S)):
            page = self._random.randrange(max(domain.filled, 1))
            domain.pages[page * PAGE : page * PAGE + 8] = self._random.randbytes(8)
            written.append(page)
        if domain.dirty is not None:
            domain.dirty.update(written)


def runs(pages: Sequence[int]) -> Iterator[range]:
    """The pages as ranges of such as follow each other."""
    start = 0
    for end in range(1, len(pages) + 1):
        if end == len(pages) or pages[end] != pages[end - 1] + 1:
            yield range(pages[start], pages[end - 1] + 1)
            start = end


def _memory(kib: int) -> mmap.mmap:
    """Memory that is all zero, and costs nothing before it is written."""
    memory = mmap.mmap(-1, kib * 1024, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):  # not every kernel has large pages, which are filled much faster
        memory.madvise(mmap.MADV_HUGEPAGE)
    return memory
