"""Several processes change the disks of one SR at once, and an SR has no space left."""

import multiprocessing
import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from storage.errors import BackendError
from storage.volumes import files, images, programs
from storage.volumes.files import FileVolumes
from storage.volumes.index import Index
from xenops.storage import VdiInfo

from tests.closed_disks import MIB, check_chain, contents, write

SR = "7c1b9a52-0000-4000-8000-000000000001"
FORK = multiprocessing.get_context("fork")


def new(size: int = 4 * MIB) -> VdiInfo:
    return VdiInfo(vdi="", uuid=str(uuid.uuid4()), name_label="disk", virtual_size=size)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "sr"
    root.mkdir()
    Index(root, SR).create()
    return root


def run_all(*bodies: Callable[[], None]) -> None:
    processes = [FORK.Process(target=body) for body in bodies]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0


def test_snapshots_and_merges_of_several_hosts_at_once(root: Path, tmp_path: Path) -> None:
    disks = [FileVolumes(root, SR).create(str(n), new()).vdi for n in range(2)]

    def snapshots_of(vdi: str, pattern: int) -> Callable[[], None]:
        def body() -> None:
            volumes = FileVolumes(root, SR)
            for number in range(8):
                operation = f"{vdi} {number}"
                snapshot = volumes.snapshot(operation, vdi, new()).vdi
                volumes.hold(vdi, "h", vdi, writable=True)
                write(volumes.chain(vdi), pattern + number, number % 4 * MIB)
                volumes.release(vdi, "h", vdi)
                volumes.destroy(f"{operation} end", snapshot)

        return body

    def merges() -> None:
        volumes = FileVolumes(root, SR)
        for _ in range(12):
            for merge in volumes.merges():
                if merge.leaf_of is None:
                    volumes.merge(merge)

    run_all(snapshots_of(disks[0], 1), snapshots_of(disks[1], 101), merges, merges)
    volumes = FileVolumes(root, SR)
    while merging := volumes.merges():
        volumes.merge(merging[0])
    for vdi, pattern in zip(disks, (1, 101), strict=True):
        chain = volumes.chain(vdi)
        check_chain(chain)
        assert len(chain) == 1
        found = contents(chain, tmp_path)
        assert [found[number * MIB] for number in range(4)] == [pattern + 4 + n for n in range(4)]
    assert len(list(root.iterdir())) == 3


def test_two_hosts_want_one_disk_and_one_gets_it(root: Path) -> None:
    vdi = FileVolumes(root, SR).create("1", new()).vdi
    got = FORK.Queue()

    def wants(host: str) -> Callable[[], None]:
        def body() -> None:
            try:
                FileVolumes(root, SR).hold(vdi, host, "vm", writable=True)
                got.put(host)
            except BackendError as refused:
                assert refused.number == 24
                got.put(None)

        return body

    run_all(*(wants(f"host{number}") for number in range(4)))
    assert sum(got.get() is not None for _ in range(4)) == 1


def test_who_wants_a_disk_stops_its_merge(root: Path, tmp_path: Path) -> None:
    volumes = FileVolumes(root, SR)
    vdi = volumes.create("1", new(8 * MIB)).vdi
    snapshot = volumes.snapshot("2", vdi, new()).vdi
    write(volumes.chain(vdi), 7, 0, 8 * MIB)
    volumes.destroy("3", snapshot)
    (merge,) = volumes.merges()
    begun, runs = FORK.Event(), programs.run

    def slow(*arguments: str, **more: object) -> str:
        """The merge's qemu-img takes a write's time for ever: it stands still."""
        if "commit" in arguments:
            begun.set()
            return runs("setpriv", "--pdeathsig", "KILL", "--", "sleep", "inf", **more)  # type: ignore[arg-type]
        return runs(*arguments, **more)  # type: ignore[arg-type]

    def merges() -> None:
        images.programs.run = slow  # type: ignore[assignment]
        FileVolumes(root, SR).merge(merge)

    process = FORK.Process(target=merges)
    process.start()
    begun.wait()
    volumes.hold(vdi, "h", "vm", writable=True)
    process.join()
    assert process.exitcode == 0
    assert volumes.merges() == []
    volumes.release(vdi, "h", "vm")
    assert volumes.merges() == [merge]
    volumes.merge(merge)
    assert contents(volumes.chain(vdi), tmp_path) == bytes([7]) * 8 * MIB


def test_a_merge_whose_process_is_killed_hinders_nobody(root: Path, tmp_path: Path) -> None:
    volumes = FileVolumes(root, SR)
    vdi = volumes.create("1", new()).vdi
    volumes.destroy("3", volumes.snapshot("2", vdi, new()).vdi)
    (merge,) = volumes.merges()

    def dies() -> None:
        images.commit = lambda *arguments: os._exit(9)
        FileVolumes(root, SR).merge(merge)

    process = FORK.Process(target=dies)
    process.start()
    process.join()
    assert process.exitcode == 9
    volumes.hold(vdi, "h", "vm", writable=True)
    volumes.release_host("h", "vm")
    volumes.merge(merge)
    assert len(volumes.chain(vdi)) == 1


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system that is soon full."""
    if os.geteuid() != 0:
        pytest.skip("file systems are mounted by root alone; run the tests as root")
    mounted = tmp_path / "small"
    mounted.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(mounted)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no tmpfs can be mounted ({done.stderr.strip()}); give the right to mount")
    yield mounted
    subprocess.run(["umount", mounted], check=True)


@pytest.mark.parametrize("reserve", [160 * 1024, 0])
def test_a_full_sr_refuses_and_keeps_what_it_has(
    small: Path, tmp_path: Path, reserve: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "GIB", reserve)
    Index(small, SR).create()
    volumes = FileVolumes(small, SR).begin()
    vdi = volumes.create("1", new(16 * MIB)).vdi
    write(volumes.chain(vdi), 1, 0, MIB)
    snapshot = volumes.snapshot("2", vdi, new()).vdi
    write(volumes.chain(vdi), 2, 0, MIB)
    before = {each: contents(volumes.chain(each), tmp_path) for each in (vdi, snapshot)}
    filler = small / "filler"
    free = volumes._free()
    refusals = 0
    for left in (0, 4096, 8192, 65536, 131072, 196608, 262144):
        filler.write_bytes(b"x" * (free - left))
        made = []
        for operation in (volumes.create, volumes.snapshot, volumes.clone):
            source = () if operation == volumes.create else (vdi,)
            try:
                made.append(operation(str(uuid.uuid4()), *source, new()).vdi)  # type: ignore[operator]
            except BackendError as failed:
                assert failed.number == 44
                refusals += 1
        assert {vdi, snapshot, *made} <= {info.vdi for info in FileVolumes(small, SR).scan()}
        for each, content in before.items():
            check_chain(volumes.chain(each))
            assert contents(volumes.chain(each), tmp_path) == content
        filler.unlink()
        for each in made:
            volumes.destroy(f"destroy {each}", each)
            assert contents(volumes.chain(vdi), tmp_path) == before[vdi]
    assert refusals > 8


def test_a_full_sr_can_be_made_less_full(small: Path, tmp_path: Path) -> None:
    Index(small, SR).create()
    volumes = FileVolumes(small, SR).begin()
    vdi = volumes.create("1", new(16 * MIB)).vdi
    write(volumes.chain(vdi), 1, 0, MIB)
    snapshot = volumes.snapshot("2", vdi, new()).vdi
    write(volumes.chain(vdi), 2, 0, MIB)
    before = contents(volumes.chain(vdi), tmp_path)
    filler = small / "filler"
    filler.write_bytes(b"x" * volumes._free())
    assert volumes._free() == 0
    volumes.hold(vdi, "h", "vm", writable=True)
    volumes.release(vdi, "h", "vm")
    volumes.destroy("3", snapshot)
    (merge,) = volumes.merges()
    volumes.merge(merge)
    assert contents(volumes.chain(vdi), tmp_path) == before
    volumes.destroy("4", vdi)
    assert volumes.scan() == []
    filler.unlink()
    volumes.begin()
    assert volumes._index._ballast.stat().st_size == files.BALLAST
