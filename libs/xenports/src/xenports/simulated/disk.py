"""One disk of a simulated guest: what the guest writes there, and what it knows of it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice

from xenports.simulated.marks import BLOCK, Findings, Ledger, Mark, compare, places
from xenports.simulated.nbd import Client, NbdError, NbdGone

DEPTH = 16
"""How many requests of a guest are under way together."""
FLUSH_EVERY = 2
"""After so many marks a guest flushes, when nobody asks it for more."""


class Disk:
    """A disk that is plugged. Its requests raise NbdError; one after NbdGone it is *pulled*.

    A pulled disk stays dead: it must be plugged anew. What the guest does there comes one after
    another, whichever threads ask for it.

    Before all else a guest looks at what is there. One that just boots goes on from that; one that
    ``remembers`` the disk must find all that it has written.
    """

    def __init__(
        self, client: Client, ledger: Ledger, *, writable: bool, remembers: bool = False
    ) -> None:
        self.ledger = ledger
        self.remembers = remembers
        self.writable = writable and not client.read_only
        self.size = client.size
        self.error: str | None = None
        """The last error."""
        self.errors = self.writes = self.reads = self.flushes = 0
        self.at_first: Findings | None = None
        """What was not as it must be when the guest first looked; None before that."""
        self._client = client
        self._lock = threading.Condition(threading.Lock())
        self._away = False
        self._turn = 0
        self._unflushed = 0

    @property
    def seen(self) -> bool:
        """Whether the guest knows what is there, from now or from before."""
        return self.remembers or self.at_first is not None

    def remember(self, ledger: Ledger) -> None:
        """Have the guest, which has not run yet, know what it wrote before."""
        with self.standing_still():
            self.ledger, self.remembers = ledger, True

    @property
    def pulled(self) -> bool:
        return self._client.gone is not None

    def live(self, runs: Callable[[], bool]) -> None:
        """Write a mark, or read one if the disk is only read; do nothing unless the guest runs."""
        with self.standing_still():
            if not runs():
                return
            with self._noting():
                self._look()
                blocks = self._next(1)
                if not self.writable:
                    self._blocks(blocks)
                    return
                self._write([self.ledger.next(block) for block in blocks])
                if self._unflushed >= FLUSH_EVERY:
                    self._flush()

    def write_marks(self, count: int, *, flush: bool) -> None:
        """Write so many marks, many at a time."""
        with self._using():
            while count > 0 and (blocks := self._next(min(count, DEPTH))):
                self._write([self.ledger.next(block) for block in blocks])
                count -= len(blocks)
            if flush:
                self._flush()

    def flush(self) -> None:
        with self._using():
            self._flush()

    def read(self, offset: int, length: int) -> bytes:
        with self._using():
            self.reads += 1
            return self._client.read(offset, length)

    def write(self, offset: int, data: bytes) -> None:
        """Write other bytes than marks; no mark is written to their blocks from then on."""
        with self._using():
            self.ledger.take(range(offset // BLOCK, -(-(offset + len(data)) // BLOCK)))
            self.writes += 1
            self._client.write(offset, data)

    def verify(self) -> Findings:
        """Compare the disk with all that was written, flushed or not."""
        with self._using():
            blocks = self.ledger.blocks(self.size)
            found = self._blocks(blocks)
            return compare(found, self.ledger, self.ledger, blocks, answered=True)

    def close(self) -> None:
        """Flush and take leave; it is no error if the disk was pulled."""
        with self.standing_still():
            with suppress(NbdError), self._noting():
                if self.writable:
                    self._flush()
            self._client.close()

    @contextmanager
    def left(self, connect: Callable[[], Client]) -> Iterator[None]:
        """Have no connection in the block, before which all is flushed; then a new one.

        What a guest does with the disk waits meanwhile.
        """
        with self.standing_still(), self._noting():
            if self.writable:
                self._flush()
            self._client.close()
            self._away = True
        yield
        with self.standing_still(), self._noting():
            try:
                self._client = connect()
                self.size = self._client.size
                self.remembers, self.at_first = self.seen, None
            finally:
                self._away = False
                self._lock.notify_all()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Nothing of the disk or of its ledger changes in the block."""
        with self._lock:
            yield

    @contextmanager
    def _using(self) -> Iterator[None]:
        with self.standing_still(), self._noting():
            self._lock.wait_for(lambda: not self._away)
            self._look()
            yield

    def _look(self) -> None:
        if self.at_first is not None:
            return
        blocks = self.ledger.blocks(self.size)
        found = self._blocks(blocks)
        if not self.remembers:
            self._client.flush()
            self.ledger.adopt(found)
            blocks = self.ledger.blocks(self.size)
        self.at_first = compare(found, self.ledger, self.ledger, blocks, answered=self.remembers)
        self._turn = self.ledger.number

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Note errors; once the server is gone, nobody will flush what is not flushed."""
        try:
            yield
        except NbdError as error:
            self.errors += 1
            self.error = str(error)
            if isinstance(error, NbdGone):
                self.ledger.note_lost()
            raise

    def _next(self, count: int) -> list[int]:
        """The blocks whose turn it is, each at most once."""
        taken = self.ledger.taken if self.writable else ()
        mine = [block for block in places(self.size) if block not in taken]
        if not mine:
            return []
        start = self._turn % len(mine)
        blocks = list(islice(mine[start:] + mine[:start], count))
        self._turn += len(blocks)
        return blocks

    def _write(self, marks: Sequence[Mark]) -> None:
        """Write marks of different blocks together; raises the last error once all have ended."""
        under_way = [(mark, self._client.begin_write(mark.offset, mark.bytes())) for mark in marks]
        failure: NbdError | None = None
        for mark, reply in under_way:
            try:
                reply.wait()
            except NbdError as error:
                failure = error
            else:
                self.ledger.note_written(mark)
                self.writes += 1
                self._unflushed += 1
        if failure is not None:
            raise failure

    def _flush(self) -> None:
        written = list(self.ledger.written.values())
        self._unflushed = 0
        try:
            self._client.flush()
        except NbdError:
            self.ledger.note_lost()  # a later flush says nothing of what this one failed to flush
            raise
        self.ledger.note_flushed(written)
        self.flushes += 1

    def _blocks(self, blocks: Sequence[int]) -> dict[int, bytes]:
        """What is in those of these blocks that the disk has."""
        inside = [block for block in blocks if (block + 1) * BLOCK <= self.size]
        found: dict[int, bytes] = {}
        for start in range(0, len(inside), DEPTH):
            part = inside[start : start + DEPTH]
            under_way = [self._client.begin_read(block * BLOCK, BLOCK) for block in part]
            found |= {block: reply.data() for block, reply in zip(part, under_way, strict=True)}
            self.reads += len(part)
        return found
