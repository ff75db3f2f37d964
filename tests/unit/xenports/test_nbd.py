"""The NBD client, with a server in memory."""

import errno
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xenports.simulated.nbd import Address, Client, Extent, NbdError, NbdGone, is_address, wire

from tests.unit.xenports.memory_nbd import BLOCK, Server, client

REPLIES = pytest.mark.parametrize("structured", [True, False])


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("nbd:unix:/run/a b/x.sock:exportname=disk", Address("/run/a b/x.sock", "disk")),
        ("nbd:unix:/run/x:y.sock:exportname=a:b", Address("/run/x:y.sock", "a:b")),
        ("nbd:127.0.0.1:10809:exportname=/d?x=1", Address(("127.0.0.1", 10809), "/d?x=1")),
        ("nbd:[::1]:10809:exportname=", Address(("::1", 10809), "")),
    ],
)
def test_an_address_is_read_and_written(text: str, address: Address) -> None:
    assert is_address(text)
    assert Address.read(text) == address
    assert str(address) == text


def test_an_export_may_have_no_name() -> None:
    assert Address.read("nbd:unix:/run/x.sock") == Address("/run/x.sock", "")


@pytest.mark.parametrize("text", ["nbd:", "nbd:unix:x.sock", "nbd:host", "/dev/sda", "nbd:a:b:c"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an NBD address"):
        Address.read(text)


@REPLIES
def test_what_was_written_is_read(structured: bool) -> None:
    server = Server(structured=structured)
    disk = client(server)
    assert disk.size == 1 << 20
    assert not disk.read_only
    disk.write(BLOCK, b"a" * BLOCK)
    disk.write(3 * BLOCK, b"b" * 512, fua=True)
    assert disk.read(0, 4 * BLOCK) == server.disk[: 4 * BLOCK]
    assert server.flushed.count(b"a") == 0 and server.flushed.count(b"b") == 512
    disk.flush()
    assert server.flushed == server.disk
    disk.trim(0, 2 * BLOCK)
    disk.zero(3 * BLOCK, BLOCK, allocate=True)
    assert not any(server.disk)
    assert server.asked[-1] == (wire.WRITE_ZEROES, wire.NO_HOLE, 3 * BLOCK, BLOCK)


def test_several_requests_are_under_way() -> None:
    disk = client(Server())
    writes = [disk.begin_write(n * BLOCK, bytes([n]) * BLOCK) for n in range(16)]
    reads = [disk.begin_read(n * BLOCK, BLOCK) for n in reversed(range(16))]
    for write in writes:
        write.wait()
    assert [read.data()[0] for read in reads] == list(reversed(range(16)))


def test_the_server_tells_what_is_allocated() -> None:
    disk = client(Server())
    disk.write(BLOCK, b"x" * BLOCK)
    assert disk.allocation(0, 4 * BLOCK) == [
        Extent(0, BLOCK, True, True),
        Extent(BLOCK, BLOCK, False, False),
        Extent(2 * BLOCK, 2 * BLOCK, True, True),
    ]


def test_a_server_may_know_no_block_status() -> None:
    with pytest.raises(NbdError, match="block status"):
        client(Server(structured=False)).allocation(0, BLOCK)


def test_an_export_that_is_not_there_is_named() -> None:
    with pytest.raises(NbdError, match="'nothing': there is no such export"):
        Client(Server(), "nothing")


def test_a_server_that_is_none_is_told() -> None:
    server = Server()
    server._replies.queue.clear()
    server.say(b"SSH-2.0-OpenSSH_9.2p1")
    with pytest.raises(NbdError, match="fixed newstyle"):
        Client(server, "disk")


@REPLIES
def test_a_refused_request_fails_alone(structured: bool) -> None:
    server = Server(structured=structured)
    disk = client(server)
    server.refuse[wire.WRITE] = errno.ENOSPC
    with pytest.raises(NbdError, match="No space left") as caught:
        disk.write(0, b"x" * BLOCK)
    assert caught.value.errno == errno.ENOSPC
    assert not isinstance(caught.value, NbdGone)
    assert disk.read(0, BLOCK) == bytes(BLOCK)
    assert disk.gone is None


def test_a_disk_that_is_only_read_says_so() -> None:
    disk = client(Server(read_only=True))
    assert disk.read_only
    with pytest.raises(NbdError) as caught:
        disk.write(0, b"x" * BLOCK)
    assert caught.value.errno == errno.EPERM


def test_a_server_that_dies_fails_all_that_is_under_way_and_all_that_follows() -> None:
    server = Server()
    disk = client(server)
    server.silent = True
    waiting = [disk.begin_write(0, b"x" * BLOCK), disk.begin_read(0, BLOCK)]
    server.hang_up()
    for reply in waiting:
        with pytest.raises(NbdGone, match="hung up"):
            reply.wait()
    server.silent = False
    with pytest.raises(NbdGone, match="hung up"):
        disk.read(0, BLOCK)
    assert disk.gone == "the server has hung up"


def test_a_reply_that_does_not_come_in_time_ends_the_connection() -> None:
    server = Server()
    disk = client(server, limit_s=0.01)
    server.silent = True
    with pytest.raises(NbdGone, match="no reply within"):
        disk.flush()
    server.silent = False
    with pytest.raises(NbdGone):
        disk.flush()


def test_leave_is_taken() -> None:
    disk = client(Server())
    disk.close()
    with pytest.raises(NbdGone, match="it was closed"):
        disk.flush()


CHUNK = wire.MAGIC.pack(wire.CHUNK_MAGIC)


@pytest.mark.parametrize(
    "reply",
    [
        b"nonsense" * 4,
        CHUNK + wire.CHUNK.pack(0, wire.NOTHING, 99, 0),
        CHUNK + wire.CHUNK.pack(0, wire.DATA, 1, 8 + 2 * BLOCK) + struct.pack(">Q", 0),
        CHUNK + wire.CHUNK.pack(0, wire.DATA, 1, 4) + struct.pack(">Q", 0),
        CHUNK + wire.CHUNK.pack(0, wire.DATA, 1, 16) + struct.pack(">Q", 1 << 40),
        CHUNK + wire.CHUNK.pack(0, wire.HOLE, 1, 12) + wire.HOLE_CHUNK.pack(BLOCK, BLOCK),
        CHUNK + wire.CHUNK.pack(0, wire.HOLE, 1, 3) + b"abc",
        CHUNK + wire.CHUNK.pack(0, wire.ERROR | 1, 1, 1) + b"a",
        CHUNK + wire.CHUNK.pack(0, wire.STATUS, 1, 1 << 30),
        CHUNK + wire.CHUNK.pack(0, 77, 1, 0),
    ],
)
def test_a_reply_that_makes_no_sense_ends_the_connection(reply: bytes) -> None:
    server = Server()
    disk = client(server)
    server.silent = True
    asked = disk.begin_read(0, BLOCK)
    server.say(reply)
    with pytest.raises(NbdGone):
        asked.wait()


@given(st.lists(st.tuples(st.integers(0, 15), st.binary(min_size=1, max_size=BLOCK)), max_size=20))
def test_a_disk_is_as_a_model_of_it(writes: list[tuple[int, bytes]]) -> None:
    server, model = Server(16 * BLOCK), bytearray(16 * BLOCK)
    disk = client(server)
    for block, data in writes:
        disk.write(block * BLOCK, data)
        model[block * BLOCK : block * BLOCK + len(data)] = data
    assert disk.read(0, len(model)) == model
    disk.close()
