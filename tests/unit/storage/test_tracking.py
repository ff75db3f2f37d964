"""Changed blocks of disks: what is refused, and what goes on where a map is lost."""

import base64
import uuid
from pathlib import Path
from typing import Any

import pytest
from storage.errors import BackendError
from storage.volumes import tracking
from storage.volumes.files import FileVolumes
from storage.volumes.index import Index
from xenops.storage import VdiInfo

from tests.closed_disks import MIB, write

SR = "7c1b9a52-0000-4000-8000-000000000001"
BLOCK = 64 * 1024


@pytest.fixture
def volumes(tmp_path: Path) -> FileVolumes:
    Index(tmp_path, SR).create()
    return FileVolumes(tmp_path, SR).begin()


def new(**fields: Any) -> VdiInfo:
    return VdiInfo(vdi="", uuid=str(uuid.uuid4()), name_label="", virtual_size=4 * MIB, **fields)


def snapshot(volumes: FileVolumes, vdi: str) -> str:
    return volumes.snapshot(str(uuid.uuid4()), vdi, new()).vdi


def tracked(volumes: FileVolumes, type_: str = "qcow2") -> tuple[str, str, str]:
    """A disk and two of its snapshots, between which block 3 was written."""
    vdi = volumes.create("create", new(sm_config={"image-format": type_})).vdi
    assert volumes.track("on", vdi, enabled=True).cbt_enabled
    older = snapshot(volumes, vdi)
    write(volumes.chain(vdi), 1, 3 * BLOCK)
    return vdi, older, snapshot(volumes, vdi)


def blocks(volumes: FileVolumes, since: str, until: str) -> list[int]:
    return bits_of(base64.b64decode(volumes.changed_blocks(since, until)))


def bits_of(bits: bytes) -> list[int]:
    return [at for at in range(len(bits) * 8) if bits[at // 8] & 0x80 >> at % 8]


def refused(number: int) -> Any:
    return pytest.raises(BackendError, match=rf"^{number}: ")


@pytest.mark.parametrize("size", [1, BLOCK, 32 * BLOCK, 32 * BLOCK + 1, 2**40])
def test_a_map_is_whole_words_with_a_bit_for_each_block(size: int) -> None:
    length = tracking.length(size)
    assert length % 4 == 0 and (length - 4) * 8 * BLOCK < size <= length * 8 * BLOCK
    assert tracking.joined([b"\x80", b"\x01"], size) == b"\x81".ljust(length, b"\0")


@pytest.mark.parametrize("type_", ["raw", "qcow2"])
def test_what_is_not_known_is_refused(volumes: FileVolumes, type_: str) -> None:
    vdi, older, newer = tracked(volumes, type_)
    assert blocks(volumes, older, newer) == [3]
    for since, until in ((newer, older), (vdi, older), (older, older)):
        with refused(460):
            volumes.changed_blocks(since, until)
    with refused(46):
        volumes.track("snapshot", volumes.snapshot("s", newer, new()).vdi, enabled=True)
    clone = volumes.clone("clone", newer, new())
    assert not clone.cbt_enabled
    with refused(460):
        volumes.changed_blocks(newer, clone.vdi)
    volumes.track("off", vdi, enabled=False)
    with refused(460):
        volumes.changed_blocks(newer, vdi)
    assert blocks(volumes, older, newer) == [3]


def test_layers_tell_where_two_disks_may_differ(volumes: FileVolumes) -> None:
    vdi = volumes.create("create", new()).vdi
    for block in (0, 1, 2):
        write(volumes.chain(vdi), 1, block * BLOCK)
    older = snapshot(volumes, vdi)
    write(volumes.chain(vdi), 2, 1 * BLOCK)
    newer = snapshot(volumes, vdi)
    write(volumes.chain(vdi), 3, 5 * BLOCK)
    clone = volumes.clone("clone", older, new()).vdi
    write(volumes.chain(clone), 4, 9 * BLOCK)
    volumes.resize("grow", clone, 64 * MIB)
    for one, other, expected in (
        *((older, newer, [1]), (older, vdi, [1, 5]), (newer, vdi, [5]), (vdi, vdi, [])),
        *((clone, older, [9]), (clone, vdi, [1, 5, 9]), (clone, newer, [1, 9])),
    ):
        for pair in ((one, other), (other, one)):
            bits = base64.b64decode(volumes.differing(*pair))
            size = max(volumes.volume(disk).virtual_size for disk in pair)
            assert (bits_of(bits), len(bits)) == (expected, tracking.length(size))
    stranger = volumes.create("other", new()).vdi
    with refused(460):
        volumes.differing(vdi, stranger)


def test_a_snapshot_without_data_cannot_be_used(volumes: FileVolumes) -> None:
    vdi, older, newer = tracked(volumes)
    with refused(46):
        volumes.data_destroy("no snapshot", vdi)
    volumes.data_destroy("d", newer)
    assert blocks(volumes, older, newer) == [3]
    for use in (
        lambda: volumes.hold(newer, "h", "vm", writable=False),
        lambda: volumes.clone("clone", newer, new()),
        lambda: volumes.snapshot("snapshot", newer, new()),
        lambda: volumes.revert("revert", vdi, newer),
    ):
        with refused(46):
            use()


def test_a_disk_that_is_written_now_is_not_compared(volumes: FileVolumes) -> None:
    vdi, older, newer = tracked(volumes)
    volumes.hold(vdi, "h", "vm", writable=True)
    with refused(24):
        volumes.changed_blocks(newer, vdi)
    assert blocks(volumes, older, newer) == [3]


@pytest.mark.parametrize("damage", [None, b"x", bytes(1024)])
def test_a_map_that_is_lost_is_told_and_disks_can_be_destroyed(
    volumes: FileVolumes, damage: bytes | None
) -> None:
    vdi, older, newer = tracked(volumes)
    volumes.data_destroy("d", newer)
    (path,) = volumes.root.glob("*.cbt")
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    with refused(459):
        volumes.changed_blocks(older, vdi)
    volumes.destroy("newer", newer)
    with refused(460):
        volumes.changed_blocks(older, vdi)
    last = snapshot(volumes, vdi)
    write(volumes.chain(vdi), 1, 5 * BLOCK)
    assert blocks(volumes, last, vdi) == [5]
    assert not list(volumes.root.glob("*.cbt"))


def test_writes_to_the_leaf_of_a_snapshot_that_was_undone_are_changes(volumes: FileVolumes) -> None:
    vdi, _, newer = tracked(volumes)
    before = volumes.chain(vdi)
    undone = snapshot(volumes, vdi)
    volumes.destroy("undo", undone)
    write(before, 1, 7 * BLOCK)  # by an engine that has not gone over to the new leaf
    assert blocks(volumes, newer, vdi) == [7]


def test_an_sr_is_erased_with_its_maps(volumes: FileVolumes) -> None:
    _, _, newer = tracked(volumes)
    volumes.data_destroy("d", newer)
    volumes.erase()
    assert not list(volumes.root.iterdir())
