"""The processes that wait for Xen's long calls: some wait, and there is always another one."""

import sys

import pytest
from xenports.hypervisor import HypervisorError
from xenports.libxen import helpers
from xenports.libxen.helpers import Helpers

WAITING = (sys.executable, "-c", "import socket; socket.socket(fileno=0).recv(1)")


def await_spares(source: Helpers) -> None:
    with source._changed:
        source._changed.wait_for(lambda: len(source._waiting) >= helpers.SPARES)


@pytest.fixture(autouse=True)
def command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helpers, "COMMAND", WAITING)


def test_there_are_more_than_wait() -> None:
    source = Helpers()
    taken = [source.take() for _ in range(helpers.SPARES + 1)]
    assert len({process.child.pid for process in taken}) == len(taken)
    assert all(process.child.poll() is None for process in taken)
    for process in taken:
        source.done(process)
        assert process.child.poll() is not None


def test_others_start_once_it_is_quiet() -> None:
    source = Helpers(quiet_s=0.0)
    await_spares(source)
    taken = source.take()
    source.done(taken)
    await_spares(source)


def test_one_that_has_died_is_not_taken() -> None:
    source = Helpers(quiet_s=0.0)
    await_spares(source)
    waiting = source.take()
    waiting.child.kill()
    waiting.child.wait()
    source._waiting.append(waiting)  # it died while it waited
    assert source.take().child.poll() is None


def test_that_none_can_be_started_is_the_operations_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(helpers, "COMMAND", ("/nowhere/python",))
    source = Helpers()
    with pytest.raises(HypervisorError, match="no helper can be started"):
        source.take()
