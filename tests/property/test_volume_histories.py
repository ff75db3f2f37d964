"""Any history of operations on disks leaves each disk with the bytes that were written to it."""

import uuid
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage.errors import BackendError
from storage.layers import Format
from storage.volumes.files import FileVolumes
from storage.volumes.index import Index
from storage.volumes.state import check
from xenops.storage import VdiInfo

from tests.closed_disks import MIB, check_chain, contents, write

SR = "7c1b9a52-0000-4000-8000-000000000001"
STEP = 2 * MIB

kinds = st.sampled_from(
    [
        *("create", "write", "snapshot", "clone", "write", "snapshot", "resize", "revert"),
        *("destroy", "destroy", "merge", "merge", "hold", "release"),
    ]
)
histories = st.lists(
    st.tuples(kinds, st.integers(0, 100), st.integers(0, 100)), min_size=5, max_size=25
)


@dataclass
class Model:
    """What the disks must have: a byte for each step of their sizes."""

    disks: dict[str, bytes] = field(default_factory=dict)
    snapshots: dict[str, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)


@given(history=histories, raw=st.booleans())
@settings(max_examples=15, deadline=None)
@pytest.mark.timeout(600)
def test_each_disk_has_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, int, int]], raw: bool
) -> None:
    folder = tmp_path_factory.mktemp("history")
    root = folder / "sr"
    root.mkdir()
    Index(root, SR).create()
    # Two hosts that take turns.
    hosts = [FileVolumes(root, SR), FileVolumes(root, SR)]
    model = Model()
    for number, (kind, first, second) in enumerate([("create", 0, 0), *history]):
        volumes = hosts[number % 2]
        step(volumes, model, kind, number, first, second, raw)
        with volumes._index.change() as change:
            check(change.state)
            nodes = change.state.nodes
        assert {path.name for path in root.iterdir()} - {".warren"} == {
            f"{name}.{node.format}" for name, node in nodes.items()
        }
    for vdi, expected in model.disks.items():
        chain = hosts[0].chain(vdi)
        check_chain(chain)
        found = contents(chain, folder)
        assert len(found) == len(expected) * STEP
        assert bytes(found[at] for at in range(0, len(found), STEP)) == expected
    for vdi in model.disks:
        hosts[0].release_host("h", None)
        hosts[1].destroy(f"end {vdi}", vdi)
    assert {path.name for path in root.iterdir()} == {".warren"}


def step(
    volumes: FileVolumes, model: Model, kind: str, number: int, first: int, second: int, raw: bool
) -> None:
    operation = str(number)
    disks = list(model.disks)
    new = str(uuid.uuid4())
    format_ = Format.RAW if raw else Format.QCOW2
    wanted = VdiInfo(
        vdi="", uuid=new, name_label=kind, virtual_size=4 * MIB, sm_config={"image-format": format_}
    )
    if kind == "create":
        volumes.create(operation, wanted)
        model.disks[new] = bytes(2)
        return
    if not disks:
        return
    vdi = disks[first % len(disks)]
    if kind == "write" and vdi not in model.snapshots:
        at = second % len(model.disks[vdi])
        write(volumes.chain(vdi), number % 255 + 1, at * STEP)
        content = bytearray(model.disks[vdi])
        content[at] = number % 255 + 1
        model.disks[vdi] = bytes(content)
    elif kind == "snapshot":
        assert volumes.snapshot(operation, vdi, wanted) == volumes.snapshot(operation, vdi, wanted)
        model.disks[new] = model.disks[vdi]
        model.snapshots[new] = vdi
    elif kind == "clone":
        volumes.clone(operation, vdi, wanted)
        model.disks[new] = model.disks[vdi]
    elif kind == "resize" and vdi not in model.snapshots:
        size = len(model.disks[vdi]) + second % 2
        if refused(vdi in model.held, lambda: volumes.resize(operation, vdi, size * STEP)):
            model.disks[vdi] = model.disks[vdi].ljust(size, b"\0")
    elif kind == "revert" and vdi in model.snapshots and model.snapshots[vdi] in model.disks:
        disk = model.snapshots[vdi]
        if disk not in model.snapshots and refused(
            disk in model.held, lambda: volumes.revert(operation, disk, vdi)
        ):
            model.disks[disk] = model.disks[vdi]
    elif kind == "destroy":
        if refused(vdi in model.held, lambda: volumes.destroy(operation, vdi)):
            del model.disks[vdi]
            model.snapshots.pop(vdi, None)
    elif kind == "merge":
        for merge in volumes.merges():
            if merge.leaf_of is None:
                volumes.merge(merge)
                break
            assert merge.leaf_of in model.held
    elif kind == "hold" and vdi not in model.snapshots:
        volumes.hold(vdi, "h", "vm", writable=True)
        model.held.add(vdi)
    elif kind == "release":
        volumes.release(vdi, "h", "vm")
        model.held.discard(vdi)


def refused(expected: bool, do: object) -> bool:
    """Do it unless it is in use, which must be told; whether it was done."""
    assert callable(do)
    if not expected:
        do()
        return True
    with pytest.raises(BackendError) as failed:
        do()
    assert failed.value.number == 24
    return False
