"""Marks on a disk that loses, reorders and tears what was not flushed, against a model of it."""

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st
from xenports.simulated.marks import BLOCK, Findings, Ledger, Mark, places, read_mark, verify

BLOCKS = 6
SIZE = BLOCKS * 17 * BLOCK
PLACES = places(SIZE)
NOTHING = Findings([], [])


class Disk:
    """Durable blocks, and a cache of what was not flushed, in the order of writing."""

    def __init__(self) -> None:
        self.durable: dict[int, bytes] = {}
        self.cache: list[tuple[int, bytes]] = []

    def write(self, mark: Mark, fua: bool) -> None:
        self.cache.append((mark.block, mark.bytes()))
        if fua:
            mine = [one for one in self.cache if one[0] == mark.block]
            self.durable.update(mine)
            self.cache = [one for one in self.cache if one[0] != mark.block]

    def flush(self) -> None:
        self.durable.update(self.cache)
        self.cache = []

    def crash(self, survivors: list[tuple[int, bytes]]) -> None:
        """Of what was not flushed only ``survivors`` are there, in their order."""
        self.durable.update(survivors)
        self.cache = []

    def read(self, offset: int, length: int) -> bytes:
        return {**self.durable, **dict(self.cache)}.get(offset // BLOCK, bytes(BLOCK))


class Guest:
    """A guest that writes on a disk and keeps a ledger."""

    def __init__(self, writer: int) -> None:
        self.disk, self.ledger = Disk(), Ledger(writer)

    def do(self, step: str, block: int) -> None:
        mark = self.ledger.next(block)
        if step == "flush":
            written = list(self.ledger.written.values())
            self.disk.flush()
            self.ledger.note_flushed(written)
        elif step == "unanswered":
            self.disk.write(mark, fua=False)
        else:
            self.disk.write(mark, fua=step == "fua")
            self.ledger.note_written(mark, durable=step == "fua")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "fua", "flush", "unanswered"]), st.sampled_from(PLACES)
    ),
    max_size=30,
)


def lived(steps: list[tuple[str, int]], writer: int = 1) -> Guest:
    guest = Guest(writer)
    for step, block in steps:
        guest.do(step, block)
    return guest


@given(STEPS, st.data())
def test_nothing_is_found_on_a_disk_that_keeps_its_promise(
    steps: list[tuple[str, int]], data: st.DataObject
) -> None:
    guest = lived(steps)
    assert verify(guest.disk.read, SIZE, guest.ledger, answered=True) == NOTHING
    shuffled = data.draw(st.permutations(guest.disk.cache))
    kept = data.draw(st.integers(0, len(shuffled)))
    guest.disk.crash(shuffled[:kept])
    assert verify(guest.disk.read, SIZE, guest.ledger) == NOTHING


@given(STEPS, st.sampled_from(["zeroed", "older", "torn", "elsewhere", "of another"]), st.data())
def test_each_breach_is_found(
    steps: list[tuple[str, int]], breach: str, data: st.DataObject
) -> None:
    guest = lived(steps)
    flushed = guest.ledger.flushed
    assume(flushed)
    guest.disk.crash([])
    block = data.draw(st.sampled_from(sorted(flushed)))
    mark = flushed[block]
    bytes_ = mark.bytes()
    if breach == "zeroed":
        bad = bytes(BLOCK)
    elif breach == "older":
        bad = Mark(mark.writer, block, mark.number - 1).bytes()
    elif breach == "torn":
        cut = data.draw(st.integers(1, 7)) * 512
        torn_with = data.draw(
            st.sampled_from([bytes(BLOCK), Mark(mark.writer, block, mark.number + 1).bytes()])
        )
        bad = bytes_[:cut] + torn_with[cut:]
    elif breach == "elsewhere":
        bad = Mark(mark.writer, block + 17, mark.number).bytes()
    else:
        bad = Mark(mark.writer + 1, block, mark.number).bytes()
    guest.disk.durable[block] = bad
    found = verify(guest.disk.read, SIZE, guest.ledger)
    assert found.missing == [block]
    assert found.foreign == ([] if breach in ("zeroed", "older") else [block])


@given(STEPS, st.sampled_from(PLACES))
def test_what_was_never_written_is_found(steps: list[tuple[str, int]], block: int) -> None:
    guest = lived(steps)
    guest.disk.durable[block] = Mark(1, block, guest.ledger.number + 1).bytes()
    guest.disk.cache = [one for one in guest.disk.cache if one[0] != block]
    assert block in verify(guest.disk.read, SIZE, guest.ledger).foreign


@given(STEPS, STEPS, st.data())
def test_a_snapshot_has_what_was_flushed_before_and_nothing_from_later(
    before: list[tuple[str, int]], during: list[tuple[str, int]], data: st.DataObject
) -> None:
    guest = lived(before)
    required = Ledger.read(msgspec.json.decode(msgspec.json.encode(guest.ledger)))
    instant = data.draw(st.integers(0, len(during)))
    for step, block in during[:instant]:
        guest.do(step, block)
    taken = Disk()
    taken.durable = dict(guest.disk.durable)
    taken.crash([one for one in guest.disk.cache if data.draw(st.booleans())])
    for step, block in during[instant:]:
        guest.do(step, block)
    assert verify(taken.read, SIZE, required, guest.ledger) == NOTHING


@given(STEPS, STEPS)
def test_who_comes_later_goes_on_from_what_is_there(
    first: list[tuple[str, int]], second: list[tuple[str, int]]
) -> None:
    """Another host that boots from the disk, and then the first host again."""
    one = lived(first)
    one.disk.crash([])
    there = Guest(2)
    there.disk = one.disk
    there.ledger.adopt({block: there.disk.read(block * BLOCK, BLOCK) for block in PLACES})
    assert verify(there.disk.read, SIZE, there.ledger) == NOTHING
    for step, block in second:
        there.do(step, block)
    assert verify(there.disk.read, SIZE, there.ledger) == NOTHING
    there.disk.flush()
    one.ledger.adopt({block: there.disk.read(block * BLOCK, BLOCK) for block in PLACES})
    assert verify(there.disk.read, SIZE, one.ledger) == NOTHING
    assert one.ledger.number >= max(
        (mark.number for mark in there.ledger.flushed.values()), default=0
    )


@given(st.binary(min_size=1, max_size=64))
def test_other_bytes_are_no_mark_and_are_left_alone(start: bytes) -> None:
    data = start.ljust(BLOCK, b"\0")
    assert read_mark(data) is None
    ledger = Ledger(1)
    ledger.adopt({0: data, 17: bytes(BLOCK)})
    assert ledger.taken == ({0} if any(data) else set())
    assert 17 in ledger.blocks(SIZE)


def test_a_disk_that_shrank_has_lost_what_was_beyond() -> None:
    guest = lived([("fua", PLACES[-1])])
    assert verify(guest.disk.read, BLOCK, guest.ledger).missing == [PLACES[-1]]


def test_blocks_with_other_bytes_prove_nothing() -> None:
    guest = lived([("fua", PLACES[1])])
    guest.ledger.take([PLACES[1]])
    guest.disk.durable[PLACES[1]] = b"x" * BLOCK
    assert verify(guest.disk.read, SIZE, guest.ledger) == NOTHING
