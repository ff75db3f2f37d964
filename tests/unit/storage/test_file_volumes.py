"""The disks of a folder: what operations do to their bytes, and what is refused."""

import logging
import os
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest
from storage.errors import BackendError
from storage.layers import Format
from storage.volumes import files
from storage.volumes.files import FileVolumes
from storage.volumes.index import Index
from xenops.storage import UNMANAGED, VdiInfo

from tests.closed_disks import MIB, check_chain, contents, write

SR = "7c1b9a52-0000-4000-8000-000000000001"


@pytest.fixture
def volumes(tmp_path: Path) -> FileVolumes:
    root = tmp_path / "sr"
    root.mkdir()
    Index(root, SR).create()
    return FileVolumes(root, SR).begin()


def new(size: int = 4 * MIB, **fields: Any) -> VdiInfo:
    given = {"uuid": str(uuid.uuid4()), "name_label": "\u2603 disk", **fields}
    return VdiInfo(vdi="", virtual_size=size, **given)


_numbers = iter(range(10**9))


def op() -> str:
    return f"operation {next(_numbers)}"


def made(volumes: FileVolumes, size: int = 4 * MIB, **fields: Any) -> str:
    return volumes.create(op(), new(size, **fields)).vdi


def fill(volumes: FileVolumes, vdi: str, pattern: int, offset: int = 0) -> None:
    write(volumes.chain(vdi), pattern, offset)


def first(volumes: FileVolumes, vdi: str, tmp_path: Path, offset: int = 0) -> int:
    check_chain(volumes.chain(vdi))
    return contents(volumes.chain(vdi), tmp_path)[offset]


def refused(number: int, says: str = "") -> Any:
    return pytest.raises(BackendError, match=rf"^{number}: .*{says}")


def images_of(volumes: FileVolumes) -> set[str]:
    return {path.name for path in volumes.root.iterdir() if not path.name.startswith(".")}


@pytest.mark.parametrize("sm_config", [{}, {"type": "raw"}, {"image-format": "raw"}])
def test_a_new_disk_reads_as_zeros_and_is_what_was_wanted(
    volumes: FileVolumes, tmp_path: Path, sm_config: dict[str, str]
) -> None:
    wanted = new(3 * MIB + 1, sm_config=sm_config, tags=["a"])
    told = volumes.create("op", wanted)
    assert (told.vdi, told.uuid, told.virtual_size) == (wanted.uuid, wanted.uuid, 4 * MIB)
    assert told.name_label == "\u2603 disk"
    assert told.sm_config["image-format"] == ("raw" if sm_config else "qcow2")
    assert contents(volumes.chain(told.vdi), tmp_path) == bytes(4 * MIB)
    assert told.physical_utilisation < MIB
    assert volumes.create("op", wanted) == told
    assert volumes.scan() == [volumes.volume(told.vdi)]


@pytest.mark.parametrize("size", [0, -1, 2**63, 2**63 - 1, 2**64, 16 * 1024 * 1024 * MIB])
def test_impossible_sizes_are_refused(volumes: FileVolumes, size: int) -> None:
    with refused(79, "VDI Invalid size"):
        volumes.create("op", new(size))
    vdi = made(volumes)
    with refused(79, "VDI Invalid size"):
        volumes.resize("op2", vdi, size)
    assert len(images_of(volumes)) == 1


@pytest.mark.parametrize("size", [1, 511, 513, 2 * MIB - 1])
def test_odd_sizes_are_rounded_up(volumes: FileVolumes, size: int) -> None:
    assert volumes.create("op", new(size)).virtual_size == 2 * MIB


@pytest.mark.parametrize("uuid_", ["", "../x", "/etc/passwd", "a" * 36, "\u0661" * 36, "x\n"])
def test_a_uuid_is_a_uuid(volumes: FileVolumes, uuid_: str) -> None:
    with refused(78, "is no uuid"):
        volumes.create("op", new(uuid=uuid_))


def test_a_uuid_is_taken_once(volumes: FileVolumes) -> None:
    vdi = made(volumes)
    for again in (vdi, volumes.chain(vdi)[0].node):
        with refused(43, again):
            volumes.create(op(), new(uuid=again))


def test_unknown_formats_are_refused(volumes: FileVolumes) -> None:
    with refused(78, "qcow2"):
        volumes.create("op", new(sm_config={"image-format": "vhd"}))


@pytest.mark.parametrize("type_", ["raw", "qcow2"])
def test_a_snapshot_keeps_what_the_disk_had(
    volumes: FileVolumes, tmp_path: Path, type_: str
) -> None:
    vdi = made(volumes, sm_config={"image-format": type_})
    fill(volumes, vdi, 1)
    told = volumes.snapshot("s", vdi, new(snapshot_of=vdi))
    assert told.is_a_snapshot and told.content_id == volumes.volume(vdi).content_id
    assert volumes.snapshot("s", vdi, new()) == told
    fill(volumes, vdi, 2)
    assert first(volumes, told.vdi, tmp_path) == 1
    assert first(volumes, vdi, tmp_path) == 2
    assert volumes.volume(vdi).sm_config["vhd-parent"] == told.vdi
    second = volumes.snapshot(op(), told.vdi, new())
    assert volumes.chain(second.vdi) == volumes.chain(told.vdi)
    with refused(46, "cannot be written"):
        volumes.hold(told.vdi, "h", "vm", writable=True)


def test_clones_share_and_go_their_own_ways(volumes: FileVolumes, tmp_path: Path) -> None:
    vdi = made(volumes)
    fill(volumes, vdi, 1)
    snapshot = volumes.snapshot(op(), vdi, new()).vdi
    clones = [volumes.clone(op(), source, new()).vdi for source in (vdi, snapshot)]
    for number, disk in enumerate((vdi, *clones), 2):
        assert first(volumes, disk, tmp_path) == 1
        fill(volumes, disk, number)
    assert first(volumes, snapshot, tmp_path) == 1
    assert [first(volumes, disk, tmp_path) for disk in (vdi, *clones)] == [2, 3, 4]
    bases = [info for info in volumes.scan() if UNMANAGED in info.sm_config]
    assert [base.name_label for base in bases] == ["base copy"]
    assert volumes.volume(clones[0]).sm_config["vhd-parent"] == bases[0].uuid


def test_a_larger_disk_has_zeros_behind_what_it_had(volumes: FileVolumes, tmp_path: Path) -> None:
    vdi = made(volumes)
    fill(volumes, vdi, 1, 4 * MIB - 65536)
    snapshot = volumes.snapshot(op(), vdi, new()).vdi
    assert volumes.resize("r", vdi, 5 * MIB).virtual_size == 6 * MIB
    assert volumes.resize("r", vdi, 5 * MIB).virtual_size == 6 * MIB
    expected = bytes(4 * MIB - 65536) + bytes([1]) * 65536
    assert contents(volumes.chain(vdi), tmp_path) == expected + bytes(2 * MIB)
    assert contents(volumes.chain(snapshot), tmp_path) == expected
    with refused(79, "shrinking not allowed"):
        volumes.resize(op(), vdi, 4 * MIB)
    with refused(46, "keeps its size"):
        volumes.resize(op(), snapshot, 8 * MIB)
    volumes.revert(op(), vdi, snapshot)
    assert volumes.volume(vdi).virtual_size == 4 * MIB
    assert contents(volumes.chain(vdi), tmp_path) == expected


def test_a_reverted_disk_keeps_its_name_and_loses_its_changes(
    volumes: FileVolumes, tmp_path: Path
) -> None:
    vdi = made(volumes)
    fill(volumes, vdi, 1)
    snapshot = volumes.snapshot(op(), vdi, new()).vdi
    fill(volumes, vdi, 2)
    lost = volumes.chain(vdi)[-1].path
    volumes.revert("r", vdi, snapshot)
    fill(volumes, vdi, 3)
    volumes.revert("r", vdi, snapshot)
    assert first(volumes, vdi, tmp_path) == 3
    assert first(volumes, snapshot, tmp_path) == 1
    assert not lost.exists()
    with refused(46, "no snapshot"):
        volumes.revert(op(), snapshot, vdi)


def test_what_nobody_needs_is_erased(volumes: FileVolumes) -> None:
    vdi = made(volumes)
    snapshot = volumes.snapshot(op(), vdi, new()).vdi
    clone = volumes.clone(op(), snapshot, new()).vdi
    volumes.destroy(op(), snapshot)
    assert len(images_of(volumes)) == 3
    volumes.destroy("d", clone)
    volumes.destroy("d", clone)
    volumes.destroy(op(), clone)
    assert len(images_of(volumes)) == 2
    volumes.destroy(op(), vdi)
    assert images_of(volumes) == set()
    assert volumes.scan() == []
    with refused(144, vdi):
        volumes.volume(vdi)


def test_one_operation_may_do_several_things(volumes: FileVolumes) -> None:
    disks = [volumes.create("op", new()).vdi for _ in range(2)]
    snapshots = [volumes.snapshot("op", vdi, new()).vdi for vdi in disks]
    assert len({*disks, *snapshots}) == 4
    for vdi in (*snapshots, *disks):
        volumes.destroy("op", vdi)
    assert volumes.scan() == []


def test_an_sr_is_erased_wherever_it_was_left(volumes: FileVolumes) -> None:
    made(volumes)
    (volumes.root / "letter").touch()
    volumes.erase()
    volumes.erase()
    assert images_of(volumes) == {"letter"} and not (volumes.root / ".warren").exists()
    # What is erased comes in this order.
    for gone in (["index.copy"], ["index.copy", "index"], ["index.copy", "index", "lock"]):
        Index(volumes.root, SR).create()
        for name in gone:
            (volumes.root / ".warren" / name).unlink()
        FileVolumes(volumes.root, SR).erase()
        assert not (volumes.root / ".warren").exists()


def test_fields_are_changed_and_others_are_not(volumes: FileVolumes) -> None:
    vdi = made(volumes)
    told = volumes.set_fields("f", vdi, {"name_label": "\u0000\u200f", "sm_config": {"k": "v"}})
    assert (told.name_label, told.sm_config["k"]) == ("\u0000\u200f", "v")
    assert volumes.set_fields("f", vdi, {"name_label": "other"}) == told
    for name in ("vdi", "uuid", "virtual_size", "is_a_snapshot", "nonsense"):
        with refused(46, name):
            volumes.set_fields(op(), vdi, {name: "x"})
    snapshot = volumes.snapshot(op(), vdi, new()).vdi
    volumes.set_fields(op(), snapshot, {"read_only": True})
    volumes.set_name("sr", None)
    volumes.set_name(None, "description")
    assert (volumes.stat().name_label, volumes.stat().name_description) == ("sr", "description")


# Who uses a disk.


def test_one_vm_writes_a_disk(volumes: FileVolumes) -> None:
    vdi = made(volumes)
    volumes.hold(vdi, "h1", "vm1", writable=True)
    volumes.hold(vdi, "h1", "vm1", writable=True)
    assert volumes.volume(vdi).sm_config["host_h1"] == "RW"
    for writable in (True, False):
        with refused(24, "vm1 on host h1"):
            volumes.hold(vdi, "h2", "vm2", writable=writable)
    for change in (
        lambda: volumes.destroy(op(), vdi),
        lambda: volumes.resize(op(), vdi, 8 * MIB),
    ):
        with refused(24, "vm1 on host h1"):
            change()
    volumes.release(vdi, "h2", "vm1")
    with refused(24):
        volumes.hold(vdi, "h2", "vm2", writable=True)
    volumes.release(vdi, "h1", "vm1")
    volumes.hold(vdi, "h2", "vm2", writable=False)
    volumes.hold(vdi, "h1", "vm1", writable=False)
    with refused(24, "vm1 on host h1 reads"):
        volumes.hold(vdi, "h2", "vm2", writable=True)
    volumes.release_host("h1", "another vm")
    with refused(24):
        volumes.hold(vdi, "h2", "vm2", writable=True)
    volumes.release_host("h1", None)
    volumes.hold(vdi, "h2", "vm2", writable=True)


def test_a_sharable_disk_has_several_writers(volumes: FileVolumes) -> None:
    vdi = made(volumes, sharable=True)
    volumes.hold(vdi, "h1", "vm1", writable=True)
    volumes.hold(vdi, "h2", "vm2", writable=True)
    assert FileVolumes(volumes.root, SR).volume(vdi).sm_config["host_h2"] == "RW"


# Merges.


def test_layers_that_nobody_needs_apart_are_merged(volumes: FileVolumes, tmp_path: Path) -> None:
    vdi = made(volumes, sm_config={"type": "raw"})
    snapshots = []
    for number in range(1, 6):
        fill(volumes, vdi, number, number * 65536)
        snapshots.append(volumes.snapshot(op(), vdi, new()).vdi)
    volumes.resize(op(), vdi, 6 * MIB)
    before = contents(volumes.chain(vdi), tmp_path)
    kept = snapshots.pop(2)
    kept_before = contents(volumes.chain(kept), tmp_path)
    for snapshot in snapshots:
        volumes.destroy(op(), snapshot)
    while merges := volumes.merges():
        volumes.merge(merges[0])
        volumes.merge(merges[0])
        assert contents(volumes.chain(vdi), tmp_path) == before
        assert contents(volumes.chain(kept), tmp_path) == kept_before
    assert [layer.format for layer in volumes.chain(vdi)] == [Format.RAW, Format.QCOW2]
    check_chain(volumes.chain(vdi))
    assert len(images_of(volumes)) == 2
    assert volumes.volume(vdi).virtual_size == 6 * MIB
    seen = subprocess.run(
        ["qemu-img", "info", volumes.chain(vdi)[-1].path], capture_output=True, text=True
    )
    assert f"backing file: {volumes.chain(vdi)[0].path.name}" in seen.stdout


def test_a_disk_in_use_is_merged_by_its_engine_alone(volumes: FileVolumes, tmp_path: Path) -> None:
    vdi = made(volumes)
    snapshots = [volumes.snapshot(op(), vdi, new()).vdi for _ in range(2)]
    fill(volumes, vdi, 1)
    for snapshot in snapshots:
        volumes.destroy(op(), snapshot)
    volumes.hold(vdi, "h", "vm", writable=True)
    base, top, _ = volumes.chain(vdi)
    (merge,) = volumes.merges()
    assert (merge.top, merge.base, merge.leaf_of) == (top, base, vdi)
    volumes.merge(merge)
    assert top.path.exists()
    volumes.merged(merge)
    volumes.merged(merge)
    assert not top.path.exists()
    assert volumes.merges() == []
    volumes.release(vdi, "h", "vm")
    assert first(volumes, vdi, tmp_path) == 1
    (merge,) = volumes.merges()
    volumes.merge(merge)
    assert first(volumes, vdi, tmp_path) == 1
    assert volumes.chain(vdi) == (base,)


def test_what_two_disks_in_use_need_is_not_merged(volumes: FileVolumes) -> None:
    vdi = made(volumes)
    lower = volumes.snapshot(op(), vdi, new()).vdi
    upper = volumes.snapshot(op(), vdi, new()).vdi
    clone = volumes.clone(op(), upper, new()).vdi
    for snapshot in (lower, upper):
        volumes.destroy(op(), snapshot)
    (merge,) = volumes.merges()
    assert merge.leaf_of is None
    for disk in (vdi, clone):
        volumes.hold(disk, "h", disk, writable=True)
    assert volumes.merges() == []


def test_a_merge_stops_when_a_vm_wants_the_disk(
    volumes: FileVolumes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vdi = made(volumes)
    fill(volumes, vdi, 1)
    volumes.destroy(op(), volumes.snapshot(op(), vdi, new()).vdi)
    (merge,) = volumes.merges()
    begun = files.images.commit

    def interrupted(chain: Any, lock: int, stop: Any) -> None:
        other = FileVolumes(volumes.root, SR)
        with other._change() as change:
            mark = change.state.merging[merge.top.node]
            change.enter({"merging": {merge.top.node: files.replace(mark, stop=True)}})
        assert stop()
        raise files.Stopped

    monkeypatch.setattr(files.images, "commit", interrupted)
    volumes.merge(merge)
    monkeypatch.setattr(files.images, "commit", begun)
    volumes.hold(vdi, "h", "vm", writable=True)
    assert volumes.merges() == []
    volumes.release(vdi, "h", "vm")
    assert volumes.merges() == [merge]


def test_the_mark_of_a_merge_that_was_killed_is_forgotten(volumes: FileVolumes) -> None:
    vdi = made(volumes)
    volumes.destroy(op(), volumes.snapshot(op(), vdi, new()).vdi)
    (merge,) = volumes.merges()
    with volumes._change() as change:
        change.enter({"merging": {merge.top.node: files.Merging(merge.base.node)}})
    volumes.destroy(op(), vdi)
    assert len(images_of(volumes)) == 2, "a merge may have them open"
    other = made(volumes)
    volumes.hold(other, "h", "vm", writable=True)
    volumes.merge(merge)
    assert len(images_of(volumes)) == 1


def test_a_chain_has_an_end(volumes: FileVolumes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "DEEPEST", 3)
    vdi = made(volumes)
    snapshots = [volumes.snapshot(op(), vdi, new()).vdi for _ in range(2)]
    before = images_of(volumes)
    with refused(109, "0 can be merged"):
        volumes.snapshot(op(), vdi, new())
    volumes.destroy(op(), snapshots[0])
    with refused(109, "1 can be merged"):
        volumes.clone(op(), vdi, new())
    assert images_of(volumes) == before
    for merge in volumes.merges():
        volumes.merge(merge)
    volumes.snapshot(op(), vdi, new())


# Space, damage and hostility.


def test_the_reserve_is_kept_for_merges(
    volumes: FileVolumes, monkeypatch: pytest.MonkeyPatch
) -> None:
    vdi = made(volumes)
    snapshot = volumes.snapshot(op(), vdi, new()).vdi
    full = list(os.statvfs(volumes.root))
    full[2], full[3], full[4] = 10**6, 19_999, 19_999
    monkeypatch.setattr(files.os, "statvfs", lambda path: os.statvfs_result(full))
    for make in (
        lambda: volumes.create(op(), new()),
        lambda: volumes.snapshot(op(), vdi, new()),
        lambda: volumes.clone(op(), vdi, new()),
        lambda: volumes.revert(op(), vdi, snapshot),
    ):
        with refused(44, "There is insufficient space"):
            make()
    volumes.destroy(op(), snapshot)
    for merge in volumes.merges():
        volumes.merge(merge)


def test_a_chain_with_a_hole_is_told_before_anything_changes(volumes: FileVolumes) -> None:
    vdi = made(volumes)
    snapshot = volumes.snapshot(op(), vdi, new()).vdi
    base = volumes.chain(vdi)[0].path
    base.rename(base.with_suffix(".away"))
    for ask in (
        lambda: volumes.chain(vdi),
        lambda: volumes.clone(op(), vdi, new()),
        lambda: volumes.revert(op(), vdi, snapshot),
        lambda: volumes.snapshot(op(), vdi, new()),
    ):
        with refused(46, rf"{base.name}.*of VDI ({vdi}|{snapshot}), is gone; put it back"):
            ask()
    base.write_bytes(b"no image")
    with refused(46, "damaged"):
        volumes.chain(vdi)


def test_images_that_were_put_here_become_disks(volumes: FileVolumes, tmp_path: Path) -> None:
    names = [str(uuid.uuid4()) for _ in range(2)]
    (volumes.root / f"{names[0]}.raw").write_bytes(b"\1" * MIB)
    image = volumes.root / f"{names[1]}.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", image, "3M"], check=True)
    assert {info.vdi: info.virtual_size for info in volumes.scan()} == {
        names[0]: MIB,
        names[1]: 3 * MIB,
    }
    assert first(volumes, names[0], tmp_path) == 1
    snapshot = volumes.snapshot(op(), names[0], new()).vdi
    assert first(volumes, snapshot, tmp_path) == 1


HOSTILE = {
    "backing.qcow2": ["create", "-q", "-f", "qcow2", "-u", "-b", "/etc/passwd", "-F", "raw"],
    "external.qcow2": ["create", "-q", "-f", "qcow2", "-o", "data_file={root}/data"],
}


@pytest.mark.parametrize("arguments", HOSTILE.values(), ids=HOSTILE)
def test_images_that_lead_elsewhere_are_refused(
    volumes: FileVolumes, arguments: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    image = volumes.root / f"{uuid.uuid4()}.qcow2"
    command = [argument.format(root=volumes.root) for argument in arguments]
    subprocess.run(["qemu-img", *command, image, "4M"], check=True)
    with caplog.at_level(logging.WARNING):
        assert volumes.scan() == []
    assert image.name in caplog.text and "qemu-img" in caplog.text
    assert image.exists()


def test_other_files_are_left_alone(volumes: FileVolumes) -> None:
    name = uuid.uuid4()
    (volumes.root / f"{name}.raw").symlink_to("/etc/passwd")
    (volumes.root / f"{uuid.uuid4()}.qcow2").mkdir()
    (volumes.root / f"{uuid.uuid4()}.vhd").write_bytes(bytes(512))
    (volumes.root / f"{uuid.uuid4()}.qcow2").write_bytes(b"short")
    (volumes.root / f"{uuid.uuid4()}.raw").write_bytes(b"odd")
    (volumes.root / f"{uuid.uuid4()}.raw.bak").write_bytes(bytes(512))
    os.mkfifo(volumes.root / f"{uuid.uuid4()}.qcow2")
    before = images_of(volumes)
    assert volumes.scan() == []
    FileVolumes(volumes.root, SR).begin()
    assert images_of(volumes) == before


@pytest.mark.parametrize(
    ("at", "content", "says"),
    [
        (0, b"XXXX", "no qcow2 header"),
        (4, (9).to_bytes(4, "big"), "version 9"),
        (20, (60).to_bytes(4, "big"), "cluster size"),
        (32, (2).to_bytes(4, "big"), "encrypted"),
        (72, (2).to_bytes(8, "big"), "corrupt"),
        (72, (4).to_bytes(8, "big"), "external"),
        (72, (1 << 40).to_bytes(8, "big"), "not known"),
        (8, (1).to_bytes(8, "big"), "too long"),
    ],
)
def test_damaged_headers_are_told(volumes: FileVolumes, at: int, content: bytes, says: str) -> None:
    vdi = made(volumes)
    path = volumes.chain(vdi)[0].path
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(content)
    with refused(46, says):
        volumes.chain(vdi)
    volumes.destroy(op(), vdi)
