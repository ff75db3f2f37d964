"""The process of an SR is killed at each step of each operation on its disks."""

import hashlib
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from storage.layers import Chain
from storage.volumes import images, programs, tracking
from storage.volumes.files import FileVolumes
from storage.volumes.index import Index, Medium
from xenops.storage import VdiInfo

from tests.closed_disks import MIB, check_chain, contents, write

SR = "7c1b9a52-0000-4000-8000-000000000001"
DISK, SNAPSHOT, CLONE, RAW, NEW = (f"00000000-0000-4000-8000-{number:012}" for number in range(5))
STATES = [f"00000000-0000-4000-8000-{number:012}" for number in range(10, 13)]
CHANGED = 2 * MIB


def wanted(vdi: str = NEW, **fields: Any) -> VdiInfo:
    return VdiInfo(vdi="", uuid=vdi, name_label=vdi, virtual_size=4 * MIB, **fields)


def merge(volumes: FileVolumes) -> None:
    for each in volumes.merges():
        volumes.merge(each)


def merge_by_engine(volumes: FileVolumes) -> None:
    """As if an engine had copied the bytes: a middle layer of the disk that is in use."""
    for each in volumes.merges():
        assert each.leaf_of == DISK
        volumes.merged(each)


def without_snapshot(volumes: FileVolumes) -> None:
    volumes.destroy("prepare", SNAPSHOT)
    volumes.destroy("prepare too", CLONE)


def in_use(volumes: FileVolumes) -> None:
    """A disk in use that has a middle layer without bytes, which is to be merged."""
    without_snapshot(volumes)
    for number in range(2):
        volumes.snapshot(f"below {number}", DISK, wanted())
        volumes.destroy(f"above {number}", NEW)
    while len(volumes.chain(DISK)) > 3:
        volumes.merge(volumes.merges()[-1])
    volumes.hold(DISK, "host", "vm", writable=True)


def merge_after_maps(volumes: FileVolumes) -> None:
    for each in volumes.merges():
        volumes.keep_maps(each)
    merge(volumes)


def tracked(volumes: FileVolumes) -> None:
    """A disk with three states between which changes are told."""
    volumes.track("on", DISK, enabled=True)
    for number, state in enumerate(STATES):
        volumes.snapshot(f"state {number}", DISK, wanted(state))
        write(volumes.chain(DISK), 5, number * 65536)


def without_data(volumes: FileVolumes) -> None:
    tracked(volumes)
    volumes.data_destroy("prepare", STATES[1])


def without_state(volumes: FileVolumes) -> None:
    """A layer is to be merged into the one above which another state's changes are."""
    tracked(volumes)
    volumes.data_destroy("prepare", STATES[0])
    volumes.destroy("prepare too", STATES[1])


def nothing(volumes: FileVolumes) -> None:
    pass


Operation = Callable[[FileVolumes], Any]
OPERATIONS: dict[str, tuple[Operation, Operation]] = {
    "create": (nothing, lambda volumes: volumes.create("op", wanted())),
    "create raw": (
        nothing,
        lambda volumes: volumes.create("op", wanted(sm_config={"type": "raw"})),
    ),
    "destroy": (nothing, lambda volumes: volumes.destroy("op", CLONE)),
    "snapshot": (nothing, lambda volumes: volumes.snapshot("op", DISK, wanted())),
    "snapshot raw": (nothing, lambda volumes: volumes.snapshot("op", RAW, wanted())),
    "clone": (nothing, lambda volumes: volumes.clone("op", DISK, wanted())),
    "clone snapshot": (nothing, lambda volumes: volumes.clone("op", SNAPSHOT, wanted())),
    "resize": (nothing, lambda volumes: volumes.resize("op", DISK, 8 * MIB)),
    "resize raw": (nothing, lambda volumes: volumes.resize("op", RAW, 8 * MIB)),
    "revert": (nothing, lambda volumes: volumes.revert("op", DISK, SNAPSHOT)),
    "set fields": (nothing, lambda volumes: volumes.set_fields("op", DISK, {"name_label": "x"})),
    "hold": (nothing, lambda volumes: volumes.hold(DISK, "host", "vm", writable=True)),
    "merge": (without_snapshot, merge),
    "merged": (in_use, merge_by_engine),
    "track": (nothing, lambda volumes: volumes.track("op", DISK, enabled=True)),
    "track no longer": (tracked, lambda volumes: volumes.track("op", DISK, enabled=False)),
    "snapshot tracked": (tracked, lambda volumes: volumes.snapshot("op", DISK, wanted())),
    "revert tracked": (tracked, lambda volumes: volumes.revert("op", DISK, STATES[0])),
    "destroy state": (tracked, lambda volumes: volumes.destroy("op", STATES[1])),
    "destroy state without data": (
        without_data,
        lambda volumes: volumes.destroy("op", STATES[1]),
    ),
    "data destroy": (tracked, lambda volumes: volumes.data_destroy("op", STATES[1])),
    "merge tracked": (without_state, merge_after_maps),
}


def killed_at(step: int, root: Path, operation: Operation) -> bool:
    """Run an operation in a process that is killed at its nth step; whether it was."""

    def body() -> None:
        left = step

        def passed() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def around(function: Callable[..., Any]) -> Callable[..., Any]:
            def called(*arguments: Any, **more: Any) -> Any:
                passed()
                result = function(*arguments, **more)
                passed()
                return result

            return called

        append = Medium.append

        def torn(medium: Medium, descriptor: int, content: bytes) -> None:
            append(medium, descriptor, content[: len(content) // 2])
            passed()
            append(medium, descriptor, content[len(content) // 2 :])

        def committed(chain: Any, lock: int, stop: Any) -> None:
            # The process that asks whether to stop is killed while qemu-img is at work.
            commit(chain, lock, lambda: bool(passed()) or stop())

        commit = images.commit
        programs.LOOK = 0.02
        images.commit = around(committed)
        for name in ("create", "grow", "point", "synced"):
            setattr(images, name, around(getattr(images, name)))
        tracking.store = around(tracking.store)
        Medium.append = around(torn)  # type: ignore[method-assign]
        for name in ("sync", "rename"):
            setattr(Medium, name, around(getattr(Medium, name)))
        Path.unlink = around(Path.unlink)  # type: ignore[method-assign]
        operation(FileVolumes(root, SR))
        os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=body)
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SR with a disk, its snapshot, a clone of that, and a raw disk, all with bytes."""
    root = tmp_path_factory.mktemp("pristine")
    Index(root, SR).create()
    volumes = FileVolumes(root, SR)
    volumes.create("1", wanted(DISK))
    write(volumes.chain(DISK), 1, 0)
    volumes.snapshot("2", DISK, wanted(SNAPSHOT))
    write(volumes.chain(DISK), 2, 65536)
    write(volumes.chain(DISK), 2, CHANGED, MIB)
    volumes.clone("3", SNAPSHOT, wanted(CLONE))
    write(volumes.chain(CLONE), 3, 0)
    volumes.create("4", wanted(RAW, sm_config={"type": "raw"}))
    write(volumes.chain(RAW), 4, 0)
    return root


_read: dict[tuple[bytes, ...], bytes] = {}
"""The contents of a disk whose layers have these hashes: most are the same after each kill."""


def read(chain: Chain, folder: Path, *, wasteful: bool) -> bytes:
    key = tuple(hashlib.sha256(layer.path.read_bytes()).digest() for layer in chain)
    if key not in _read:
        check_chain(chain, wasteful=wasteful)
        _read[key] = contents(chain, folder)
    return _read[key]


def bytes_of(root: Path, folder: Path, *, wasteful: bool = False) -> dict[str, bytes]:
    """The contents of each disk; fails if a chain is broken or a file belongs to nobody."""
    volumes = FileVolumes(root, SR).begin()
    told = {info.vdi: info for info in volumes.scan()}
    with volumes._index.change() as change:
        state = change.state
    disks = {}
    for vdi in state.disks:
        disks[vdi] = read(volumes.chain(vdi), folder, wasteful=wasteful)
        assert len(disks[vdi]) == told[vdi].virtual_size
    files = {f"{name}.{node.format}" for name, node in state.nodes.items()}
    files |= {f"{track.kept}.cbt" for track in state.tracks.values() if track.kept}
    assert {path.name for path in root.iterdir()} - {".warren"} == files
    for vdi, track in state.tracks.items():
        disks[f"changes of {vdi}"] = str(track.since).encode()
        if track.since is not None and (vdi != DISK or not state.holds.get(DISK)):
            disks[f"changes of {vdi}"] += volumes.changed_blocks(track.since, vdi).encode()
    assert not state.loose and not state.growing
    assert wasteful or not state.merging
    return disks


def answer(result: Any) -> Any:
    """What is the same whenever an operation runs."""
    if isinstance(result, VdiInfo):
        config = dict.fromkeys(result.sm_config, "")
        return replace(result, content_id="", physical_utilisation=0, sm_config=config)
    return result


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.timeout(600)
def test_each_disk_is_as_before_or_as_after(pristine: Path, tmp_path: Path, name: str) -> None:
    prepare, operation = OPERATIONS[name]
    prepared, done = tmp_path / "prepared", tmp_path / "done"
    shutil.copytree(pristine, prepared)
    prepare(FileVolumes(prepared, SR))
    before = bytes_of(prepared, tmp_path)
    shutil.copytree(prepared, done)
    expected = answer(operation(FileVolumes(done, SR)))
    after = bytes_of(done, tmp_path)
    step = 0
    while True:
        root = tmp_path / f"step{step}"
        shutil.copytree(prepared, root)
        if not killed_at(step, root, operation):
            break
        found = bytes_of(root, tmp_path, wasteful=True)
        assert found in (before, after), f"killed at step {step}"
        again = operation(FileVolumes(root, SR))
        assert answer(again) == expected
        assert bytes_of(root, tmp_path) == after
        if isinstance(again, VdiInfo):
            assert operation(FileVolumes(root, SR)) == again
        shutil.rmtree(root)
        step += 1
    assert bytes_of(root, tmp_path) == after
    assert step > 3
