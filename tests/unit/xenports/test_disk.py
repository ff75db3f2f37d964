"""A disk of a simulated guest, with a server in memory."""

import errno

import pytest
from xenports.simulated.disk import FLUSH_EVERY, Disk
from xenports.simulated.marks import BLOCK, Findings, Ledger, places, verify
from xenports.simulated.nbd import NbdError, NbdGone, wire

from tests.unit.xenports.memory_nbd import Server, client

SIZE = 40 * 17 * BLOCK
NOTHING = Findings([], [])


def opened(
    server: Server,
    ledger: Ledger | None = None,
    *,
    writable: bool = True,
    remembers: bool = False,
) -> Disk:
    made = Disk(client(server), ledger or Ledger(1), writable=writable, remembers=remembers)
    made.read(0, 1)
    return made


def on(data: bytearray, ledger: Ledger) -> Findings:
    """What is found in these bytes."""
    return verify(lambda offset, length: bytes(data[offset : offset + length]), SIZE, ledger)


def crashed(server: Server) -> Server:
    """The disk after its server died: what was not flushed is lost."""
    again = Server(SIZE)
    again.disk[:] = again.flushed[:] = server.flushed
    return again


def test_a_guest_writes_and_flushes_while_it_runs() -> None:
    server = Server(SIZE)
    disk = opened(server)
    disk.live(lambda: False)
    assert disk.writes == 0
    for _ in range(3 * FLUSH_EVERY):
        disk.live(lambda: True)
    assert (disk.writes, disk.flushes) == (3 * FLUSH_EVERY, 3)
    assert len(disk.ledger.flushed) == 3 * FLUSH_EVERY
    assert disk.verify() == NOTHING == on(server.flushed, disk.ledger)


def test_what_was_flushed_is_told_from_what_was_not() -> None:
    server = Server(SIZE)
    disk = opened(server)
    disk.write_marks(20, flush=True)
    disk.write_marks(30, flush=False)
    assert len(disk.ledger.written) == 30
    assert on(server.flushed, disk.ledger) == NOTHING
    server.flushed[:] = bytes(SIZE)
    assert on(server.flushed, disk.ledger).missing == places(SIZE)[:20]


def test_a_burst_goes_round_the_disk_as_often_as_it_must() -> None:
    server = Server(SIZE)
    disk = opened(server)
    disk.write_marks(100, flush=True)
    assert disk.ledger.number == 100
    assert len(disk.ledger.flushed) == 40
    assert on(server.flushed, disk.ledger) == NOTHING


def test_a_disk_that_is_only_read_is_not_written() -> None:
    server = Server(SIZE, read_only=True)
    before = server.disk[:] = b"CD" * (SIZE // 2)
    disk = opened(server)
    assert not disk.writable
    for _ in range(4):
        disk.live(lambda: True)
    disk.close()
    assert server.disk == before
    assert (disk.writes, disk.errors) == (0, 0)
    assert disk.reads == 45


def test_other_bytes_on_a_disk_are_left_alone() -> None:
    server = Server(SIZE)
    server.disk[:512] = b"x" * 512
    disk = opened(server)
    disk.write_marks(80, flush=True)
    disk.write(17 * BLOCK + 100, b"y" * BLOCK)
    disk.write_marks(80, flush=True)
    assert disk.verify() == NOTHING
    assert server.disk[:512] == b"x" * 512
    assert disk.read(17 * BLOCK + 100, BLOCK) == b"y" * BLOCK


def test_a_refused_write_is_noted_and_the_guest_goes_on() -> None:
    server = Server(SIZE)
    disk = opened(server)
    disk.write_marks(5, flush=True)
    server.refuse[wire.WRITE] = errno.ENOSPC
    with pytest.raises(NbdError):
        disk.write_marks(5, flush=True)
    assert disk.errors == 1 and "No space left" in (disk.error or "")
    assert not disk.pulled
    del server.refuse[wire.WRITE]
    disk.write_marks(40, flush=True)
    assert disk.verify() == NOTHING


def test_what_a_failed_flush_left_is_not_flushed_by_the_next_one() -> None:
    server = Server(SIZE)
    disk = opened(server)
    disk.write_marks(5, flush=False)
    server.refuse[wire.FLUSH] = errno.EIO
    with pytest.raises(NbdError):
        disk.flush()
    del server.refuse[wire.FLUSH]
    disk.flush()
    assert disk.ledger.flushed == {}


def test_a_pulled_disk_stays_dead_until_it_is_plugged_anew() -> None:
    server = Server(SIZE)
    disk = opened(server)
    disk.write_marks(10, flush=True)
    disk.write_marks(10, flush=False)
    server.hang_up()
    with pytest.raises(NbdGone):
        disk.write_marks(1, flush=True)
    assert disk.pulled
    with pytest.raises(NbdGone):
        disk.read(0, BLOCK)
    disk.close()
    assert on(server.flushed, disk.ledger) == NOTHING
    anew = opened(crashed(server), disk.ledger, remembers=True)
    assert anew.at_first == NOTHING
    assert len(anew.ledger.flushed) == 10


def test_a_guest_that_moved_must_find_what_it_wrote_flushed_or_not() -> None:
    server = Server(SIZE)
    disk = opened(server)
    disk.write_marks(3, flush=False)
    moved = Server(SIZE)
    moved.disk[:] = server.disk
    assert opened(moved, disk.ledger, remembers=True).at_first == NOTHING
    lost = opened(crashed(server), disk.ledger, remembers=True)
    assert lost.at_first == Findings(places(SIZE)[:3], [])


def test_a_guest_that_boots_goes_on_from_what_is_there() -> None:
    server = Server(SIZE)
    before = opened(server, Ledger(1))
    before.write_marks(10, flush=True)
    before.write_marks(10, flush=False)
    there = crashed(server)
    after = opened(there, Ledger(2))
    assert after.at_first == NOTHING
    assert after.ledger.number == 10 and len(after.ledger.flushed) == 10
    after.write_marks(40, flush=True)
    assert after.verify() == NOTHING
    back = opened(there.anew(), before.ledger)
    assert back.at_first == NOTHING
    assert back.verify() == NOTHING


def test_a_guest_that_boots_sees_what_its_host_knows_to_be_lost() -> None:
    server = Server(SIZE)
    before = opened(server)
    before.write_marks(10, flush=True)
    after = opened(Server(SIZE), before.ledger)
    assert after.at_first == Findings(places(SIZE)[:10], [])


def test_a_disk_that_is_closed_was_flushed() -> None:
    server = Server(SIZE)
    disk = opened(server)
    disk.write_marks(3, flush=False)
    disk.close()
    assert server.flushed == server.disk
    assert disk.ledger.written == {}


def test_a_disk_without_room_for_a_mark_is_left_alone() -> None:
    disk = opened(Server(512))
    disk.live(lambda: True)
    disk.write_marks(3, flush=True)
    assert disk.ledger.number == 0
