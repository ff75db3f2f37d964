"""What chaos looks at once no VM runs: it finds what is wrong with disks, and nothing else."""

import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from storage.volumes.files import FileVolumes
from storage.volumes.index import Index
from xenops.storage import VdiInfo
from xenports.simulated.marks import Ledger, places
from xenports.simulated.nbd import connect

from tests.chaos.disks import Disks
from tests.conftest import MIB
from tests.marked import served


class Marked:
    """An SR with a disk that has marks, and a pool that knows it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.sr, self.ledger = folder, str(uuid.uuid4()), Ledger(7)
        Index(folder, self.sr).create()
        wanted = VdiInfo(vdi="", uuid=str(uuid.uuid4()), name_label="disk", virtual_size=MIB)
        self.vdi = FileVolumes(folder, self.sr).begin().create("once", wanted).vdi
        with Index(folder, self.sr).change() as change:
            self.leaf = folder / f"{change.state.disks[self.vdi].leaf}.qcow2"
        with served(self.leaf) as address:
            guest = connect(address, 10.0)
            for block in places(MIB)[:5]:
                mark = self.ledger.next(block)
                guest.write(mark.offset, mark.bytes())
                self.ledger.note_written(mark, durable=True)
            guest.flush()
            guest.close()
        self.world: Any = SimpleNamespace(
            sr="OpaqueRef:1", sr_uuid=self.sr, folder=folder, xens={"host1": self}, reverted=set()
        )
        self.records = {"OpaqueRef:2": {"SR": "OpaqueRef:1", "location": self.vdi}}

    def call(self, call: str, *_: Any, **named: Any) -> Any:
        """As Xen answers, and the pool."""
        match call:
            case "ledgers":
                return [f"{self.sr}/{self.vdi}"], b""
            case "ledger":
                return msgspec.to_builtins(self.ledger, str_keys=True), b""
        return SimpleNamespace(error=None, broken=None, result=self.records)

    def broken(self) -> list[str]:
        pool: Any = self
        return Disks(self.world, pool).broken()


@pytest.fixture
def marked() -> Iterator[Marked]:
    with tempfile.TemporaryDirectory() as folder:  # a short name, as sockets need
        yield Marked(Path(folder))


def test_nothing_is_wrong(marked: Marked) -> None:
    assert marked.broken() == []


def test_the_index_says_which_layers_a_disk_has(marked: Marked) -> None:
    """The images themselves may name layers that were merged since."""
    volumes = FileVolumes(marked.folder, marked.sr).begin()
    snapshot = VdiInfo(vdi="", uuid=str(uuid.uuid4()), name_label="snapshot")
    marked.records["OpaqueRef:3"] = {
        "SR": "OpaqueRef:1",
        "location": volumes.snapshot("1", marked.vdi, snapshot).vdi,
    }
    leaf = volumes.chain(marked.vdi)[-1]
    gone = ["qemu-img", "rebase", "-u", "-f", "qcow2", "-F", "qcow2", "-b", "gone.qcow2"]
    subprocess.run([*gone, str(leaf.path)], check=True)
    assert marked.broken() == []


def test_a_flushed_mark_is_missing_unless_the_disk_was_put_back(marked: Marked) -> None:
    marked.ledger.note_written(marked.ledger.next(places(MIB)[9]), durable=True)
    (found,) = marked.broken()
    assert "missing=[153], foreign=[]" in found
    marked.world.reverted.add(marked.vdi)
    assert marked.broken() == []


def test_what_nobody_wrote_is_foreign(marked: Marked) -> None:
    marked.ledger.writers.clear()
    marked.world.reverted.add(marked.vdi)
    (found,) = marked.broken()
    assert "foreign=[0, 17, 34, 51, 68]" in found


def test_a_file_of_nobody_and_a_lost_record(marked: Marked) -> None:
    orphan = marked.folder / f"{uuid.uuid4()}.qcow2"
    orphan.write_bytes(b"")
    assert marked.broken() == [f"{orphan.name} belongs to nobody"]
    orphan.unlink()
    marked.records.clear()
    assert marked.broken() == [f"VDI {marked.vdi} is only on the SR"]
