"""Any history of a tracked disk tells which blocks have changed between two of its states."""

import base64
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage.errors import BackendError
from storage.volumes.files import FileVolumes
from storage.volumes.index import Index
from xenops.storage import VdiInfo

from tests.closed_disks import MIB, check_chain, write

SR = "7c1b9a52-0000-4000-8000-000000000001"
BLOCK = 64 * 1024

kinds = st.sampled_from(
    [
        *("write", "snapshot", "write", "snapshot", "destroy", "data_destroy", "merge"),
        *("merge", "merge by engine", "resize", "clone", "revert", "toggle"),
    ]
)
histories = st.lists(
    st.tuples(kinds, st.integers(0, 100), st.integers(0, 100)), min_size=5, max_size=25
)


@dataclass
class Model:
    """The disk's size in blocks, and its states: each with the one before it, if that is known.

    ``changed`` has the blocks that were written from the state before to this one.
    """

    disk: str
    size: int = 4 * MIB // BLOCK
    sizes: dict[str, int] = field(default_factory=dict)
    before: dict[str, str | None] = field(default_factory=dict)
    changed: dict[str, set[int]] = field(default_factory=dict)
    without_data: set[str] = field(default_factory=set)
    untracked: set[str] = field(default_factory=set)
    clones: set[str] = field(default_factory=set)

    def snapshots(self) -> list[str]:
        return [vdi for vdi in self.before if vdi != self.disk]

    def track(self, vdi: str, before: str | None) -> None:
        self.before[vdi], self.changed[vdi] = before, set()

    def forget(self, gone: str) -> None:
        """States after the one that is gone are compared with the one before it."""
        for vdi, before in self.before.items():
            if before == gone:
                self.before[vdi] = self.before[gone]
                self.changed[vdi] |= self.changed[gone]
        del self.before[gone], self.changed[gone]

    def between(self, since: str, until: str) -> set[int] | None:
        blocks: set[int] = set()
        vdi: str | None = until
        while vdi is not None and vdi != since:
            blocks |= self.changed.get(vdi, set())
            vdi = self.before.get(vdi)
        return blocks if vdi == since and since != until and since in self.before else None


@given(history=histories)
@settings(max_examples=12, deadline=None)
@pytest.mark.timeout(600)
def test_changed_blocks_are_those_that_were_written(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, int, int]]
) -> None:
    root = tmp_path_factory.mktemp("history") / "sr"
    root.mkdir()
    Index(root, SR).create()
    hosts = [FileVolumes(root, SR), FileVolumes(root, SR)]
    disk = hosts[0].create("disk", wanted()).vdi
    hosts[0].track("on", disk, enabled=True)
    model = Model(disk)
    model.track(disk, None)
    for number, (kind, first, second) in enumerate(history):
        step(hosts[number % 2], model, kind, number, first, second)
    assert_told(hosts[0], model, root)
    for vdi in [disk, *model.snapshots(), *model.untracked, *model.clones]:
        hosts[1].destroy(f"end {vdi}", vdi)
    assert {path.name for path in root.iterdir()} == {".warren"}


def wanted() -> VdiInfo:
    return VdiInfo(vdi="", uuid=str(uuid.uuid4()), name_label="x", virtual_size=4 * MIB)


def step(
    volumes: FileVolumes, model: Model, kind: str, number: int, first: int, second: int
) -> None:
    operation, disk, snapshots = str(number), model.disk, model.snapshots()
    chosen = snapshots[first % len(snapshots)] if snapshots else None
    if kind == "write":
        block = second * 7 % model.size
        write(volumes.chain(disk), number % 255, block * BLOCK)
        model.changed.setdefault(disk, set()).add(block)
    elif kind == "snapshot":
        new = volumes.snapshot(operation, disk, wanted()).vdi
        model.sizes[new] = model.size
        if disk not in model.before:
            model.untracked.add(new)
        else:
            model.before[new], model.changed[new] = model.before[disk], model.changed[disk]
            model.track(disk, new)
    elif kind == "clone":
        model.clones.add(volumes.clone(operation, disk, wanted()).vdi)
    elif kind == "resize":
        model.size += 2 * MIB // BLOCK
        volumes.resize(operation, disk, model.size * BLOCK)
    elif kind == "toggle":
        enabled = disk not in model.before
        assert volumes.track(operation, disk, enabled=enabled).cbt_enabled == enabled
        if enabled:
            model.track(disk, None)
        else:
            model.forget(disk)
    elif kind == "merge by engine":
        merge_by_engine(volumes, model)
    elif kind == "merge":
        for merge in volumes.merges()[:1]:
            volumes.merge(merge)
    elif chosen is not None and kind == "destroy":
        volumes.destroy(operation, chosen)
        model.forget(chosen)
    elif chosen is not None and kind == "data_destroy":
        told = volumes.data_destroy(operation, chosen)
        assert (told.ty, told.cbt_enabled) == ("cbt_metadata", True)
        model.without_data.add(chosen)
    elif chosen is not None and kind == "revert" and chosen not in model.without_data:
        volumes.revert(operation, disk, chosen)
        model.size = model.sizes[chosen]
        if disk in model.before:
            model.track(disk, chosen)


def merge_by_engine(volumes: FileVolumes, model: Model) -> None:
    """Merge a middle layer of the disk as its engine does: apart from the index."""
    volumes.hold(model.disk, "host", "vm", writable=True)
    for merge in volumes.merges():
        if merge.leaf_of is not None:
            volumes.keep_maps(merge)
            volumes.release(model.disk, "host", "vm")
            volumes.merge(next(each for each in volumes.merges() if each.top == merge.top))
            return
    volumes.release(model.disk, "host", "vm")


def assert_told(volumes: FileVolumes, model: Model, root: Path) -> None:
    told = {info.vdi: info for info in volumes.scan()}
    for vdi in [model.disk, *model.snapshots(), *model.untracked, *model.clones]:
        assert told[vdi].cbt_enabled == (vdi in model.before)
        check_chain(volumes.chain(vdi))
    states = [model.disk, *model.snapshots(), *model.untracked]
    for since in states:
        for until in states:
            expected = model.between(since, until)
            if expected is None:
                with pytest.raises(BackendError, match=r"^460: "):
                    volumes.changed_blocks(since, until)
                continue
            bits = base64.b64decode(volumes.changed_blocks(since, until), validate=True)
            size = told[until].virtual_size
            assert len(bits) == -(-size // (BLOCK * 32)) * 4
            found = {at for at in range(len(bits) * 8) if bits[at // 8] & 0x80 >> at % 8}
            assert found == expected
    with volumes._index.change() as change:
        state = change.state
    kept = {f"{track.kept}.cbt" for track in state.tracks.values() if track.kept}
    files = {f"{name}.{node.format}" for name, node in state.nodes.items()}
    assert {path.name for path in root.iterdir()} - {".warren"} == kept | files
