"""The NBD client with QEMU's servers: what the fake one of the unit tests says, they say too."""

import errno
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from xenports.simulated.nbd import REQUEST_MAX, Address, Client, Extent, NbdError, NbdGone, connect

from tests import marked

MIB = 1 << 20
CLUSTER = 64 * 1024
SIZE = 64 * MIB
LIMIT_S = 30.0
SERVERS = ["qemu-storage-daemon", "qemu-nbd", "qemu-nbd by TCP"]


@pytest.fixture(params=SERVERS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Address]:
    image = marked.make_image(tmp_path / "disk.qcow2", SIZE)
    if request.param == "qemu-storage-daemon":
        with marked.engine(tmp_path, image) as (address, _):
            yield address
    else:
        port = free_port() if "TCP" in request.param else None
        with marked.served(image, port=port) as address:
            yield address


@pytest.fixture
def disk(address: Address) -> Iterator[Client]:
    client = connect(str(address), LIMIT_S)
    yield client
    client.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_what_was_written_is_read(disk: Client) -> None:
    assert (disk.size, disk.read_only) == (SIZE, False)
    data = os.urandom(4 * MIB)
    disk.write(3 * MIB, data, fua=True)
    disk.write(SIZE - 512, data[:512])
    disk.flush()
    assert disk.read(2 * MIB, 8 * MIB) == bytes(MIB) + data + bytes(3 * MIB)
    assert disk.read(SIZE - 512, 512) == data[:512]
    disk.zero(3 * MIB, MIB)
    disk.trim(4 * MIB, MIB)
    assert disk.read(3 * MIB, 2 * MIB) == bytes(2 * MIB)
    assert disk.read(5 * MIB, 2 * MIB) == data[2 * MIB :]


def test_the_most_that_one_request_may_have(disk: Client) -> None:
    data = os.urandom(MIB) * (REQUEST_MAX // MIB)
    disk.write(0, data)
    assert disk.read(0, REQUEST_MAX) == data
    with pytest.raises(NbdError, match="too many"):
        disk.read(0, REQUEST_MAX + 1)


def test_many_requests_are_under_way(disk: Client) -> None:
    writes = [disk.begin_write(n * CLUSTER, bytes([n]) * CLUSTER) for n in range(100)]
    for write in writes:
        write.wait()
    reads = [disk.begin_read(n * CLUSTER, CLUSTER) for n in range(100)]
    assert [read.data() for read in reads] == [bytes([n]) * CLUSTER for n in range(100)]


def test_what_is_allocated_is_told(disk: Client) -> None:
    disk.write(CLUSTER, b"x" * CLUSTER)
    disk.write(3 * CLUSTER, b"x" * CLUSTER)
    disk.zero(3 * CLUSTER, CLUSTER, allocate=True)
    told, offset = [], 0
    while offset < 8 * CLUSTER:
        told += disk.allocation(offset, 8 * CLUSTER - offset)
        offset = told[-1].offset + told[-1].length
    assert Extent(CLUSTER, CLUSTER, False, False) in told
    assert all(extent.zero for extent in told if extent.offset != CLUSTER)
    assert sum(extent.length for extent in told) == 8 * CLUSTER


def test_what_is_beyond_the_end_is_refused(disk: Client) -> None:
    with pytest.raises(NbdError) as caught:
        disk.read(SIZE, 4096)
    assert caught.value.errno == errno.EINVAL
    with pytest.raises(NbdError) as caught:
        disk.write(SIZE - 512, bytes(4096))
    assert caught.value.errno in (errno.EINVAL, errno.ENOSPC)
    assert disk.read(0, 512) == bytes(512)


def test_several_clients_see_the_same_disk(address: Address, disk: Client) -> None:
    other = connect(address, LIMIT_S)
    disk.write(0, b"x" * 512)
    assert other.read(0, 512) == b"x" * 512
    other.close()
    disk.flush()


def test_an_export_that_is_not_there_is_named(address: Address) -> None:
    with pytest.raises(NbdError, match="'nothing'"):
        connect(Address(address.at, "nothing"), LIMIT_S)


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NbdGone, match=r"x\.sock.*is not there"):
        connect(f"nbd:unix:{tmp_path}/x.sock:exportname=disk", LIMIT_S)
    with pytest.raises(NbdGone, match="is not there"):
        connect(f"nbd:127.0.0.1:{free_port()}:exportname=disk", LIMIT_S)


def test_a_disk_that_is_only_read_cannot_be_written(tmp_path: Path) -> None:
    image = marked.make_image(tmp_path / "disk.raw", SIZE, format="raw")
    with marked.served(image, format="raw", read_only=True) as address:
        disk = connect(address, LIMIT_S)
        assert disk.read_only
        with pytest.raises(NbdError, match="read-only"):
            disk.write(0, bytes(512))
        disk.close()


def test_a_killed_server_is_an_error_for_good(tmp_path: Path) -> None:
    image = marked.make_image(tmp_path / "disk.qcow2", SIZE)
    with marked.engine(tmp_path, image) as (address, process):
        disk = connect(address, LIMIT_S)
        disk.write(0, b"x" * 4096, fua=True)
        os.kill(process, signal.SIGKILL)
        with pytest.raises(NbdGone):
            while True:
                disk.write(CLUSTER, b"y" * 4096)
    with marked.engine(tmp_path, image) as (address, _):
        with pytest.raises(NbdGone):
            disk.flush()
        anew = connect(address, LIMIT_S)
        assert anew.read(0, 4096) == b"x" * 4096
        anew.close()


def test_a_server_that_stands_still_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    image = marked.make_image(tmp_path / "disk.qcow2", SIZE)
    with marked.engine(tmp_path, image) as (address, process):
        disk = connect(address, 0.2)
        patient = connect(address)
        os.kill(process, signal.SIGSTOP)
        waiting = patient.begin_read(0, 4096)
        with pytest.raises(NbdGone, match="no reply within"):
            disk.read(0, 4096)
        os.kill(process, signal.SIGCONT)
        assert waiting.data() == bytes(4096)
        patient.close()


def test_the_image_is_whole_after_a_kill(tmp_path: Path) -> None:
    image = marked.make_image(tmp_path / "disk.qcow2", SIZE)
    with marked.engine(tmp_path, image) as (address, process):
        disk = connect(address, LIMIT_S)
        under_way = [disk.begin_write(n * CLUSTER, b"z" * CLUSTER) for n in range(500)]
        under_way[100].wait()
        os.kill(process, signal.SIGKILL)
        with pytest.raises(NbdGone):
            while True:
                disk.flush()
    subprocess.run(["qemu-img", "check", "-q", str(image)], check=True)
