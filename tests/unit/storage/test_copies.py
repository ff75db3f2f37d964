"""Copies of which only the differences from another disk are written."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storage.frontend import differences
from storage.volumes.tracking import BLOCK, length
from xenops.storage import STORAGE, StorageTask

from tests.unit.storage.memory import MemoryDisk
from tests.unit.storage.storage_host import SR, Host


def disk(blocks: list[int], tail: int = 0) -> bytes:
    """A disk of blocks that are full of one byte each; the last one is shorter by ``tail``."""
    content = b"".join(bytes([each]) * BLOCK for each in blocks)
    return content[: len(content) - tail]


@st.composite
def disks(draw: st.DrawFn) -> tuple[bytes, bytes, bytes, bytes | None]:
    """A source, a base, what is beyond the base's end on the copy, and what is known to differ."""
    contents = st.lists(st.integers(0, 2), min_size=1, max_size=40)
    tail = draw(st.sampled_from([0, 512, BLOCK - 512]))
    source, base = disk(draw(contents), tail), disk(draw(contents), tail)
    beyond = draw(st.integers(0, 2))
    if not draw(st.booleans()):
        return source, base, bytes([beyond]), None
    bits = bytearray(length(max(len(source), len(base))))
    for number in range(-(-max(len(source), len(base)) // BLOCK)):
        part = slice(number * BLOCK, (number + 1) * BLOCK)
        if source[part] != base[part] or draw(st.booleans()):
            bits[number // 8] |= 0x80 >> number % 8
    return source, base, bytes([beyond]), bytes(bits)


@given(disks())
def test_a_copy_by_differences_is_a_whole_copy(
    given_: tuple[bytes, bytes, bytes, bytes | None],
) -> None:
    source, base, beyond, blocks = given_
    copy = MemoryDisk(base.ljust(len(source), beyond))
    parts: list[float] = []
    differences.write(MemoryDisk(source), MemoryDisk(base), copy, blocks, parts.append)
    assert copy.content[: len(source)] == source and copy.is_flushed
    assert copy.content[len(source) :] == base[len(source) :]
    assert parts == sorted(parts)
    for offset in copy.written:
        part = slice(offset, offset + BLOCK)
        assert source[part] != base[part] or offset + BLOCK > len(base)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    host = Host(tmp_path)
    host.sr()
    for name, content in (("source", [1, 2, 1]), ("base", [1, 1, 1]), ("copy", [1, 1, 1])):
        host.disk(name)
        host.exports.disks[f"{SR}/{name}"] = MemoryDisk(disk(content))
    return host


def ended(host: Host, base: str = "base") -> StorageTask:
    """Copy, and wait for the end."""
    host.ask(STORAGE.DISKS.copy, "copy1", SR, "source", SR, "copy", base)
    host.copies._workers.shutdown()
    told: StorageTask = host.ask(STORAGE.TASK.stat, "copy1")
    return told


@pytest.mark.parametrize("known", [None, b"\x40\0\0\0"])
def test_a_copy_with_a_base_writes_what_differs(host: Host, known: bytes | None) -> None:
    host.driver.srs[SR].differ = known
    assert ended(host).state.tag == "Completed"
    copy = host.exports.disks[f"{SR}/copy"]
    assert (copy.content, copy.written) == (disk([1, 2, 1]), [BLOCK])
    assert not host.paths.uses(SR) and not host.engines.engines


def test_a_disk_that_fails_is_named(host: Host) -> None:
    host.exports.disks[f"{SR}/base"].fails = True
    state = ended(host).state
    assert state.tag == "Failed"
    assert state.value[1][0] == "VDI_IO_ERROR" and "VDI source" in state.value[1][1][0]
    assert not host.paths.uses(SR) and not host.engines.engines


@pytest.mark.parametrize("base", ["source", "copy"])
def test_the_base_may_be_one_of_the_two(host: Host, base: str) -> None:
    host.exports.disks[f"{SR}/copy"].content[:] = host.exports.disks[f"{SR}/{base}"].content
    assert ended(host, base).state.tag == "Completed"
    assert host.exports.disks[f"{SR}/copy"].content == disk([1, 2, 1])


@pytest.mark.parametrize("fails", [False, True])
def test_a_checksum_is_of_all_bytes(host: Host, fails: bool) -> None:
    disk_ = host.exports.disks[f"{SR}/source"]
    disk_.fails = fails
    for _ in range(2):
        host.ask(STORAGE.DISKS.checksum, "sum1", SR, "source")
    host.copies._workers.shutdown()
    told = host.ask(STORAGE.TASK.stat, "sum1")
    if fails:
        assert told.state.value[1][0] == "VDI_IO_ERROR" and told.debug_info == {}
    else:
        assert told.debug_info == {"md5": hashlib.md5(disk_.content).hexdigest()}
        assert disk_.written == []
    assert not host.paths.uses(SR) and not host.engines.engines


@pytest.mark.parametrize("what", ["checksum", "copy"])
def test_a_task_that_is_cancelled_ends_and_gives_its_disks_back(host: Host, what: str) -> None:
    disk_ = host.exports.disks[f"{SR}/source"]
    read = disk_.read

    def cancelling(offset: int, length: int) -> bytes:
        host.ask(STORAGE.TASK.cancel, "task1")
        return read(offset, length)

    disk_.read = cancelling  # type: ignore[method-assign]
    disk_.content *= 64
    host.exports.disks[f"{SR}/copy"].content *= 64
    if what == "checksum":
        host.ask(STORAGE.DISKS.checksum, "task1", SR, "source")
    else:
        host.ask(STORAGE.DISKS.copy, "task1", SR, "source", SR, "copy", "base")
    host.copies._workers.shutdown()
    state = host.ask(STORAGE.TASK.stat, "task1").state
    assert (state.tag, state.value[0]) == ("Failed", "Cancelled")
    assert not host.paths.uses(SR) and not host.engines.engines
