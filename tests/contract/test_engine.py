"""What an engine promises, tried on the real qemu-storage-daemon."""

import os
import signal
import subprocess
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from storage.engine.engine import Engine, Export
from storage.engine.errors import CancelledError, EngineError, EngineGone, SilentError
from storage.engine.nbd import Nbd
from storage.layers import Chain, Format, Layer

from tests import disks
from tests.disks import (
    BLOCK,
    MIB,
    SIZE,
    Host,
    assert_clean,
    filled,
    make_chain,
    make_layer,
    opened,
    read,
    write,
)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with disks.host(tmp_path / "engines") as host:
        yield host


@pytest.fixture
def engine(host: Host) -> Engine:
    return host.engine()


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_disk_reads_what_was_written(
    engine: Engine, tmp_path: Path, format: Format, length: int
) -> None:
    chain = make_chain(tmp_path, length, format)
    export = opened(engine, chain)
    assert read(export, 2) == [0, 0]
    write(export, 1, 2)
    assert read(export, 3) == [1, 2, 0]
    engine.close("sr/disk")
    assert disks.read_file(chain[-1], 3) == [1, 2, 0]
    assert_clean(*chain)


def test_open_export_and_close_can_be_repeated(engine: Engine, tmp_path: Path) -> None:
    chain = make_chain(tmp_path, 3)
    engine.close("sr/disk")
    assert opened(engine, chain) == opened(engine, chain)
    engine.close("sr/disk")
    engine.close("sr/disk")
    assert engine.disks() == {}
    assert read(opened(engine, chain), 1) == [0]


@pytest.mark.parametrize("disk", ["a", "sr/vdi", "_20/ %", "disk.x", "Platte/größe", "a/b/c_"])
def test_a_disk_is_known_by_any_name(host: Host, tmp_path: Path, disk: str) -> None:
    chain = make_chain(tmp_path, 1)
    write(opened(host.engine(), chain, disk), 1)
    host.restart()
    assert list(host.engine().disks()) == [disk]


def test_what_is_open_is_told(engine: Engine, tmp_path: Path) -> None:
    written, shown = make_chain(tmp_path, 2), make_chain(tmp_path, 1)
    opened(engine, written, "sr/1")
    opened(engine, shown, "sr/2", writable=False)
    found = engine.disks()
    assert found["sr/1"].layers == tuple(layer.node for layer in written)
    assert (found["sr/1"].writable, found["sr/2"].writable) == (True, False)
    assert found["sr/1"].size == SIZE
    assert engine.stat("sr/1").size == SIZE


def test_the_highest_offset_follows_what_is_written(engine: Engine, tmp_path: Path) -> None:
    export = opened(engine, make_chain(tmp_path, 1))
    write(export, 1)
    before = engine.stat("sr/disk")
    write(export, *range(2, 20), at=1)
    after = engine.stat("sr/disk")
    assert after.highest_offset > before.highest_offset > 0
    assert after.allocated > before.allocated


def test_a_disk_that_is_read_only_is_not_written(engine: Engine, tmp_path: Path) -> None:
    export = opened(engine, make_chain(tmp_path, 1), writable=False)
    with pytest.raises(EngineError, match="sr/disk: "):
        write(export, 1)


def test_disks_share_their_bases(engine: Engine, tmp_path: Path) -> None:
    base = make_layer(tmp_path)
    write(opened(engine, (base,)), 1, 2)
    engine.close("sr/disk")
    leaves = [make_layer(tmp_path, base) for _ in range(2)]
    first, second = (opened(engine, (base, leaf), f"sr/{leaf.node}") for leaf in leaves)
    write(first, 3)
    assert (read(first, 2), read(second, 2)) == ([3, 2], [1, 2])
    engine.close(first.name)
    write(second, 4, at=1)
    assert read(second, 2) == [1, 4]
    engine.close(second.name)
    assert engine.disks() == {}
    assert disks.read_file(base, 2) == [1, 2]


def test_a_base_is_not_written_under_a_disk_that_needs_it(engine: Engine, tmp_path: Path) -> None:
    chain = make_chain(tmp_path, 2)
    opened(engine, chain, "sr/1")
    with pytest.raises(EngineError, match="open for reading only"):
        engine.open("sr/2", chain[:1], writable=True)
    engine.close("sr/1")
    engine.open("sr/2", chain[:1], writable=True)
    with pytest.raises(EngineError, match="open for writing"):
        engine.open("sr/1", chain, writable=True)


def test_a_disk_is_not_opened_with_other_layers(engine: Engine, tmp_path: Path) -> None:
    chain = make_chain(tmp_path, 3)
    opened(engine, chain)
    with pytest.raises(EngineError, match="other layers"):
        engine.open("sr/disk", chain[:2], writable=True)
    with pytest.raises(EngineError, match="other layers"):
        engine.open("sr/2", chain[1:], writable=False)


def test_one_engine_writes_a_disk(host: Host, tmp_path: Path) -> None:
    chain = make_chain(tmp_path, 2)
    opened(host.engine("vm1"), chain)
    for writable in (True, False):
        with pytest.raises(EngineError, match=r"lock"):
            host.engine("vm2").open("sr/disk", chain, writable=writable)
    assert host.engine("vm2").disks() == {}
    host.kill("vm1")
    export = opened(host.engine("vm2"), chain)
    assert read(export, 1) == [0]


def test_engines_share_a_base(host: Host, tmp_path: Path) -> None:
    base = make_layer(tmp_path)
    for vm in ("vm1", "vm2"):
        export = opened(host.engine(vm), (base, make_layer(tmp_path, base)))
        write(export, 1)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_chain_with_a_hole_opens_nothing(engine: Engine, tmp_path: Path, at: int) -> None:
    chain = make_chain(tmp_path, 3)
    chain[at].path.unlink()
    with pytest.raises(EngineError, match=str(chain[at].path)):
        engine.open("sr/disk", chain, writable=True)
    assert engine._monitor.graph().layers == frozenset()


def foreign_backing(folder: Path) -> Layer:
    """An image whose header names a file of the host as the image below it."""
    secret = folder / "secret"
    secret.write_bytes(b"secret" * BLOCK)
    return make_layer(folder, Layer("", secret, Format.RAW))


def foreign_data(folder: Path) -> Layer:
    """An image whose bytes are in another file."""
    (folder / "secret").write_bytes(b"secret" * BLOCK)
    layer = disks.new_layer(folder)
    options = f"data_file={folder / 'secret'},data_file_raw=on"
    command = ["qemu-img", "create", "-q", "-f", "qcow2", "-o", options]
    subprocess.run([*command, str(layer.path), str(SIZE)], check=True)
    (folder / "secret").write_bytes(b"secret" * BLOCK)
    return layer


def test_a_header_leads_to_no_other_image(engine: Engine, tmp_path: Path) -> None:
    export = opened(engine, (foreign_backing(tmp_path),))
    assert read(export, 2) == [0, 0]


@pytest.mark.parametrize("writable", [True, False])
def test_an_image_with_its_bytes_elsewhere_is_refused(
    engine: Engine, tmp_path: Path, writable: bool
) -> None:
    foreign = foreign_data(tmp_path)
    for chain in ((foreign,), (foreign, make_layer(tmp_path, foreign))):
        with pytest.raises(EngineError, match="whole images"):
            engine.open("sr/disk", chain, writable=writable)
    assert engine.disks() == {}
    assert (tmp_path / "secret").read_bytes().startswith(b"secret")


def test_an_image_that_is_no_image_is_refused(engine: Engine, tmp_path: Path) -> None:
    layer = disks.new_layer(tmp_path)
    layer.path.write_bytes(b"no image" * BLOCK)
    with pytest.raises(EngineError, match="not in qcow2 format"):
        engine.open("sr/disk", (layer,), writable=True)


def test_a_client_that_hangs_is_cut_off(engine: Engine, tmp_path: Path) -> None:
    chain = make_chain(tmp_path, 1)
    export = opened(engine, chain)
    with pytest.raises(EngineError), Nbd(export.socket, export.name) as client:
        client.write(0, disks.block(1))
        engine.close("sr/disk")
        client.read(0, 1)
    assert disks.read_file(chain[-1], 1) == [1]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system that is soon full."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_file_system_fails_writes_and_loses_none(small: Path, tmp_path: Path) -> None:
    layer, room = make_layer(small), small / "room"
    room.write_bytes(bytes(2 * MIB))
    with disks.host(tmp_path / "engines") as host:
        engine = host.engine()
        export = opened(engine, (layer,))
        written = 0
        with pytest.raises(EngineError, match="No space left"):
            while True:
                write(export, written + 1, at=written)
                written += 1
        write(export, 99)
        assert read(export, written) == [99, *range(2, written + 1)]
        with pytest.raises(subprocess.CalledProcessError):
            for _ in range(written):
                make_layer(small, layer)
        room.unlink()
        leaf = make_layer(small, layer)
        engine.snapshot({"sr/disk": leaf})
        assert read(export, written) == [99, *range(2, written + 1)]
        engine.close("sr/disk")
    assert_clean(layer, leaf)


# Snapshots.


def test_a_snapshot_keeps_what_was_and_the_guest_goes_on(engine: Engine, tmp_path: Path) -> None:
    chain = make_chain(tmp_path, 1)
    export = opened(engine, chain)
    with Nbd(export.socket, export.name) as guest:
        for number in range(1, 4):
            guest.write(number * BLOCK, disks.block(number))
            chain += (make_layer(tmp_path, chain[-1]),)
            engine.snapshot({"sr/disk": chain[-1]})
        guest.write(0, disks.block(9))
        assert disks.numbers(guest.read(0, 4 * BLOCK)) == [9, 1, 2, 3]
    assert engine.disks()["sr/disk"].layers == tuple(layer.node for layer in chain)
    engine.close("sr/disk")
    assert disks.read_file(chain[-1], 4) == [9, 1, 2, 3]
    assert disks.read_file(chain[1], 4) == [0, 1, 2, 0]
    assert_clean(*chain)


def test_disks_are_snapshotted_at_one_instant_or_not_at_all(engine: Engine, tmp_path: Path) -> None:
    chains = {f"sr/{n}": make_chain(tmp_path, 1) for n in range(3)}
    for disk, chain in chains.items():
        opened(engine, chain, disk)
    leaves = {disk: make_layer(tmp_path, chain[-1]) for disk, chain in chains.items()}
    leaves["sr/2"].path.unlink()
    with pytest.raises(EngineError, match=str(leaves["sr/2"].path)):
        engine.snapshot(leaves)
    assert {disk: len(shown.layers) for disk, shown in engine.disks().items()} == dict.fromkeys(
        chains, 1
    )
    disks.make_image(leaves["sr/2"], SIZE, chains["sr/2"][-1])
    for _ in range(2):  # asked again, it is done already
        engine.snapshot(leaves)
        assert {disk: shown.layers[-1] for disk, shown in engine.disks().items()} == {
            disk: leaf.node for disk, leaf in leaves.items()
        }


def test_a_disk_without_an_export_is_snapshotted(engine: Engine, tmp_path: Path) -> None:
    chain = make_chain(tmp_path, 1)
    engine.open("sr/disk", chain, writable=True)
    leaf = make_layer(tmp_path, chain[-1])
    engine.snapshot({"sr/disk": leaf})
    write(engine.export("sr/disk", writable=True), 5)
    engine.close("sr/disk")
    assert (disks.read_file(leaf, 1), disks.read_file(chain[0], 1)) == ([5], [0])


# Merges.


@pytest.mark.parametrize(("top", "base"), [(1, 0), (2, 1), (2, 0)])
def test_layers_are_merged_below_a_guest(
    engine: Engine, tmp_path: Path, top: int, base: int
) -> None:
    chain, export = filled(engine, tmp_path, 4)
    seen: list[float] = []
    engine.commit("sr/disk", chain[top], chain[base], seen.append)
    left = chain[: base + 1] + chain[top + 1 :]
    assert engine.disks()["sr/disk"].layers == tuple(layer.node for layer in left)
    assert all(0 <= part <= 1 for part in seen)
    write(export, 9, at=5)
    assert read(export, 6) == [4, 1, 2, 3, 4, 9]
    engine.commit("sr/disk", chain[top], chain[base])  # done already
    engine.close("sr/disk")
    for layer in chain[base + 1 : top + 1]:
        layer.path.unlink()
    assert disks.read_file(left[-1], 6) == [4, 1, 2, 3, 4, 9]
    assert_clean(*left)
    assert disks.described(left[base + 1])["backing-filename"] == left[base].path.name


def test_what_cannot_be_merged_is_refused(engine: Engine, tmp_path: Path) -> None:
    chain, _ = filled(engine, tmp_path, 3)
    with pytest.raises(EngineError, match="written by the guest"):
        engine.commit("sr/disk", chain[2], chain[1])
    with pytest.raises(EngineError, match="is not below"):
        engine.commit("sr/disk", chain[0], chain[1])
    other = make_layer(tmp_path, chain[0])
    opened(engine, (chain[0], other), "sr/other")
    with pytest.raises(EngineError, match="needed by another disk"):
        engine.commit("sr/disk", chain[1], chain[0])
    with pytest.raises(EngineError, match="not open"):
        engine.commit("sr/none", chain[1], chain[0])


class Merging:
    """A merge in another thread, which stands still until it is interrupted."""

    def __init__(self, engine: Engine, chain: Chain) -> None:
        self._engine = engine
        self._monitor = engine._monitor
        self._execute = self._monitor.execute
        self._chain = chain
        self._begun = threading.Event()
        self._threads = ThreadPoolExecutor(1)

    def _slowly(self, command: str, arguments: dict[str, Any] | None = None) -> Any:
        if command == "block-commit":
            arguments = (arguments or {}) | {"speed": 1}
            self._monitor.execute = self._execute  # type: ignore[method-assign]
        return self._execute(command, arguments)

    def slow_down(self) -> None:
        self._monitor.execute = self._slowly  # type: ignore[method-assign]

    def __enter__(self) -> "Merging":
        self.slow_down()
        self._end = self._threads.submit(
            self._engine.commit,
            *("sr/disk", self._chain[1], self._chain[0], lambda part: self._begun.set()),
        )
        assert self._begun.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()
        self._end.result()


def test_a_snapshot_interrupts_a_merge_which_is_taken_up_again(
    engine: Engine, tmp_path: Path
) -> None:
    chain, export = filled(engine, tmp_path, 3)
    leaf = make_layer(tmp_path, chain[-1])
    with Merging(engine, chain):
        engine.snapshot({"sr/disk": leaf})
    left = (chain[0], chain[2], leaf)
    assert engine.disks()["sr/disk"].layers == tuple(layer.node for layer in left)
    assert read(export, 4) == [3, 1, 2, 3]


def test_a_merge_is_cancelled(engine: Engine, tmp_path: Path) -> None:
    chain, export = filled(engine, tmp_path, 3)
    with pytest.raises(CancelledError), Merging(engine, chain):
        engine.cancel_commit("sr/disk")
    assert engine.disks()["sr/disk"].layers == tuple(layer.node for layer in chain)
    assert engine.disks()["sr/disk"].jobs == {}
    assert read(export, 4) == [3, 1, 2, 3]
    engine.commit("sr/disk", chain[1], chain[0])
    assert len(engine.disks()["sr/disk"].layers) == 2


def test_a_progress_that_raises_ends_the_merge(engine: Engine, tmp_path: Path) -> None:
    chain, export = filled(engine, tmp_path, 3)
    merging = Merging(engine, chain)

    def stop(part: float) -> None:
        raise InterruptedError

    merging.slow_down()
    with pytest.raises(InterruptedError):
        engine.commit("sr/disk", chain[1], chain[0], stop)
    assert engine.disks()["sr/disk"].jobs == {}
    assert read(export, 4) == [3, 1, 2, 3]


def test_a_disk_is_closed_in_the_middle_of_a_merge(engine: Engine, tmp_path: Path) -> None:
    chain, _ = filled(engine, tmp_path, 3)
    with pytest.raises(EngineError, match="not open"), Merging(engine, chain):
        engine.close("sr/disk")
    assert disks.read_file(chain[-1], 4) == [3, 1, 2, 3]
    assert_clean(*chain)


# Sizes.


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("exported", [True, False])
def test_a_disk_grows_while_it_is_open(
    engine: Engine, tmp_path: Path, format: Format, exported: bool
) -> None:
    chain = make_chain(tmp_path, 2 if format is Format.QCOW2 else 1, format)
    export = opened(engine, chain)
    write(export, 1, 2, flush=False)
    if not exported:
        engine.close("sr/disk")
        engine.open("sr/disk", chain, writable=True)
    engine.resize("sr/disk", 2 * SIZE)
    engine.resize("sr/disk", 2 * SIZE)
    export = engine.export("sr/disk", writable=True)
    with Nbd(export.socket, export.name) as disk:
        assert disk.size == 2 * SIZE
        assert disks.numbers(disk.read(0, 3 * BLOCK)) == [1, 2, 0]
        assert disk.read(SIZE, MIB) == bytes(MIB)
        disk.write(SIZE, disks.block(3))
    with pytest.raises(EngineError, match="not made smaller"):
        engine.resize("sr/disk", SIZE)
    assert engine.disks()["sr/disk"].size == 2 * SIZE


def test_a_client_follows_a_disk_that_grows(engine: Engine, tmp_path: Path) -> None:
    """A client that connects again goes on with its disk: no write that was answered is lost."""
    export = opened(engine, make_chain(tmp_path, 1))
    first = Nbd(export.socket, export.name)
    first.write(0, disks.block(1))
    engine.resize("sr/disk", 2 * SIZE)
    with pytest.raises(EngineError):
        first.read(0, BLOCK)
    assert read(export, 1) == [1]


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Layer]:
    """A block device, whose file is beside it."""
    file = tmp_path / "device"
    file.write_bytes(bytes(SIZE))
    command = ["losetup", "--find", "--show", str(file)]
    path = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    try:
        yield Layer(str(uuid.uuid4()), Path(path), Format.RAW, is_device=True)
    finally:
        subprocess.run(["losetup", "--detach", path], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has block devices")
def test_a_disk_on_a_device_follows_the_device(device: Layer, tmp_path: Path) -> None:
    with disks.host(tmp_path / "engines") as host:
        engine = host.engine()
        export = opened(engine, (device,))
        write(export, 1, 2)
        os.truncate(tmp_path / "device", 2 * SIZE)
        subprocess.run(["losetup", "--set-capacity", str(device.path)], check=True)
        for _ in range(2):
            engine.resize("sr/disk", 2 * SIZE)
            with Nbd(export.socket, export.name) as disk:
                assert disk.size == 2 * SIZE
                assert disks.numbers(disk.read(0, 3 * BLOCK)) == [1, 2, 0]
        with pytest.raises(EngineError, match="resize"):
            engine.resize("sr/disk", 4 * SIZE)
        assert read(export, 2) == [1, 2]


# Mirrors.


def test_a_disk_is_mirrored_to_another_engine(host: Host, tmp_path: Path) -> None:
    source, target = host.engine("vm1"), host.engine("vm2")
    chain, export = filled(source, tmp_path, 3)
    copy = make_layer(tmp_path)
    there = opened(target, (copy,))
    source.mirror("sr/disk", there, full=True)
    source.mirror("sr/disk", there, full=True)  # it is there already
    write(export, 9, at=6)
    source.end_mirror("sr/disk")
    source.close("sr/disk")
    target.close("sr/disk")
    assert disks.read_file(copy, 7) == [3, 1, 2, 3, 0, 0, 9]
    assert disks.read_file(chain[-1], 7) == [3, 1, 2, 3, 0, 0, 9]


def test_a_mirror_whose_target_dies_is_told_and_hurts_no_guest(host: Host, tmp_path: Path) -> None:
    source = host.engine("vm1")
    _, export = filled(source, tmp_path, 2)
    there = opened(host.engine("vm2"), (make_layer(tmp_path),))
    source.mirror("sr/disk", there, full=True)
    host.kill("vm2")
    write(export, 9, at=6)
    with pytest.raises(EngineError, match="mirror"):
        source.end_mirror("sr/disk")
    assert source.disks()["sr/disk"].jobs == {}
    assert read(source.export("sr/disk", writable=True), 7) == [2, 1, 2, 0, 0, 0, 9]


def test_a_mirror_that_cannot_begin_leaves_nothing(host: Host, tmp_path: Path) -> None:
    source = host.engine("vm1")
    _, export = filled(source, tmp_path, 2)
    target = host.engine("vm2")
    there = opened(target, (make_layer(tmp_path, size=SIZE // 2),))
    for wrong in (there, Export(there.socket, "sr/none"), Export(tmp_path / "none", "sr/disk")):
        with pytest.raises(EngineError):
            source.mirror("sr/disk", wrong, full=True)
    assert len(source._monitor.graph().layers) == 2
    assert all(name[0] in "#n" for name in source._monitor.graph().nodes)
    assert read(export, 1) == [2]


def test_a_mirror_is_cancelled(host: Host, tmp_path: Path) -> None:
    source = host.engine("vm1")
    chain, export = filled(source, tmp_path, 2)
    there = opened(host.engine("vm2"), (make_layer(tmp_path),))
    source.mirror("sr/disk", there, full=False)
    with pytest.raises(EngineError, match="is mirrored"):
        source.snapshot({"sr/disk": make_layer(tmp_path, chain[-1])})
    source.cancel_mirror("sr/disk")
    source.cancel_mirror("sr/disk")
    with pytest.raises(EngineError, match="not mirrored"):
        source.end_mirror("sr/disk")
    write(export, 9)
    assert read(export, 1) == [9]
    assert read(there, 1) == [2]


# The process.


def test_an_engine_that_hangs_is_told_from_one_that_died(host: Host, tmp_path: Path) -> None:
    chain = make_chain(tmp_path, 2)
    export = opened(host.engine(), chain)
    write(export, 1, flush=False)
    os.kill(host.pid("vm"), signal.SIGSTOP)
    host.restart(answer_s=0.01)
    with pytest.raises(SilentError):
        host.engine().disks()
    os.kill(host.pid("vm"), signal.SIGCONT)
    host.restart()
    assert read(export, 1) == [1]
    assert list(host.engine().disks()) == ["sr/disk"]
    host.kill("vm")
    engine = host.engines.of("vm")
    assert engine is not None
    with pytest.raises(EngineGone):
        engine.disks()


def test_an_engine_that_died_has_no_successor_until_it_is_stopped(
    host: Host, tmp_path: Path
) -> None:
    chain = make_chain(tmp_path, 2)
    opened(host.engine(), chain)
    host.kill("vm")
    assert host.pulled == ["vm"]
    for _ in range(2):
        with pytest.raises(EngineGone):
            host.engine()
        host.restart()  # told again to a daemon that was away
    assert host.ended.acquire(timeout=60)
    host.engines.stop("vm")
    host.engines.stop("vm")
    assert read(opened(host.engine(), chain), 1) == [0]


def test_an_engine_that_is_stopped_is_not_pulled(host: Host, tmp_path: Path) -> None:
    chain = make_chain(tmp_path, 2)
    write(opened(host.engine(), chain), 1, flush=False)
    host.engines.stop("vm")
    host.restart()
    assert (host.pulled, host.engines.all()) == ([], {})
    assert disks.read_file(chain[-1], 1) == [1]
    assert_clean(*chain)


def test_a_missing_program_is_named_with_its_package(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engine.process.PROGRAM", "qemu-storage-demon")
    with pytest.raises(EngineError, match=r"qemu-storage-demon is missing.*qemu-system-common"):
        host.engine()
    assert list(host.folder.iterdir()) == []


def test_with_systemd_an_engine_has_a_scope_of_its_own(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, program = tmp_path / "said", tmp_path / "bin" / "systemd-run"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nwhile [ "$1" != -- ]; do echo "$1" >> {said}; shift; done; shift; exec "$@"\n'
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setattr("storage.engine.process.SYSTEMD", tmp_path)
    assert host.engine().disks() == {}
    assert {"--scope", "--collect", "--unit=warren-engine-vm"} <= set(said.read_text().split())


def test_a_file_system_that_cannot_bypass_the_cache_is_used_with_it(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute, refused = engine._monitor.execute, []

    def without_direct(command: str, arguments: dict[str, Any] | None = None) -> Any:
        if (arguments or {}).get("cache") == {"direct": True}:
            refused.append(command)
            raise EngineError("blockdev-add: filesystem does not support O_DIRECT")
        return execute(command, arguments)

    monkeypatch.setattr(engine._monitor, "execute", without_direct)
    export = opened(engine, make_chain(tmp_path, 2))
    write(export, 1)
    assert (read(export, 1), len(refused)) == ([1], 2)


def test_an_engine_that_cannot_start_says_why(tmp_path: Path) -> None:
    with disks.host(tmp_path / ("long" * 30)) as host:
        with pytest.raises(EngineError, match="too long a name"):
            host.engine()
        assert list(host.folder.iterdir()) == []
