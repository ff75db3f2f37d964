"""The right to write a disk: one host's at a time, until it is given back or its host is dead."""

from pathlib import Path

import pytest
from xenops.errors import XenopsError
from xenops.types import Disk
from xenopsd.ports.storage import DummyStorage


def test_a_dead_host_holds_nothing_and_the_others_what_they_held(tmp_path: Path) -> None:
    dead, heir, other = (DummyStorage(tmp_path, host) for host in ("dead", "heir", "other"))
    dead.activate(Disk("Local", "sr/one"), "vm", writable=True)
    dead.activate(Disk("Local", "sr/two"), "its neighbour", writable=True)
    other.activate(Disk("Local", "sr/three"), "vm", writable=True)
    (tmp_path / "sr_four").touch()  # it is being taken just now
    heir.let_go("dead", "vm")
    heir.activate(Disk("Local", "sr/one"), "vm", writable=True)
    with pytest.raises(XenopsError, match="VDI_IN_USE"):
        heir.activate(Disk("Local", "sr/two"), "vm", writable=True)
    heir.let_go("dead", None)
    heir.activate(Disk("Local", "sr/two"), "vm", writable=True)
    for held in ("sr/three", "sr/four"):
        with pytest.raises(XenopsError, match="VDI_IN_USE"):
            heir.activate(Disk("Local", held), "vm", writable=True)
