"""The journal of a xenopsd from before there was a storage daemon."""

import sqlite3
from pathlib import Path

from xenops.types import Disk, Metadata, Vbd, VbdMode, VbdTy
from xenopsd.journal import Journal

from tests.unit.xenopsd.test_plans import vm


def test_its_disks_are_the_hosts_own_and_later_ones_are_what_they_say(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    disk = Disk("VDI", "sr/disk")
    vbds = [
        Vbd(id=("vm", name), mode=mode, backend=disk, ty=VbdTy.Disk)
        for name, mode in (("xvda", VbdMode.ReadWrite), ("xvdb", VbdMode.ReadOnly))
    ]
    before = Journal(path)
    known = Metadata(vm=vm(), vbds=vbds)
    before.set_metadata(known)
    before.close()
    reopened = Journal(path)
    assert reopened.metadata(known.vm.id) == known
    reopened.close()
    with sqlite3.connect(path) as db:
        db.execute("delete from facts")
    upgraded = Journal(path)
    assert [vbd.backend for vbd in upgraded.metadata(known.vm.id).vbds] == [
        Disk("Local", "sr/disk")
    ] * 2
