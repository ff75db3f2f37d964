"""The processes that wait for Xen's long calls: they start without being in anybody's way."""

import os
import sys
from collections.abc import Iterator

import pytest
from xenports.libxen import helpers

WAITING = (sys.executable, "-c", "import socket; socket.socket(fileno=0).recv(1)")


@pytest.fixture
def spare(monkeypatch: pytest.MonkeyPatch) -> Iterator[helpers.Process]:
    monkeypatch.setattr(helpers, "COMMAND", WAITING)
    process = helpers.Process(spare=True)
    yield process
    process.end()


def nice(process: helpers.Process) -> int:
    return os.getpriority(os.PRIO_PROCESS, process.child.pid)


@pytest.mark.skipif(not helpers.may_hurry(), reason="this needs CAP_SYS_NICE")
def test_a_spare_helper_gives_way_until_it_is_needed(spare: helpers.Process) -> None:
    assert nice(spare) == helpers.SPARE_NICE
    spare.hurry()
    assert nice(spare) == os.getpriority(os.PRIO_PROCESS, 0)
    assert spare.child.poll() is None
