"""An engine, or the daemon that drives it, dies before each command of each operation.

Whatever died: what was flushed is there, no image is damaged, the operation can be asked again, and
afterwards nothing is open that nobody needs.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from storage.engine.engine import Engine
from storage.engine.engines import Engines
from storage.engine.errors import EngineGone
from storage.layers import Chain, Layer

from tests import disks
from tests.disks import SIZE, Host, assert_clean, filled, make_layer, opened, read

FORK = multiprocessing.get_context("fork")
DISK, WRITTEN = "sr/disk", [3, 1, 2, 3]


@dataclass(frozen=True)
class Story:
    """A disk with three layers and flushed blocks in each, and an empty layer above them."""

    chain: Chain
    leaf: Layer


@dataclass(frozen=True)
class Operation:
    """What is done with the disk, which is open before, and what the index then names as it."""

    act: Callable[[Engine, Story], object]
    chain: Callable[[Story], Chain] = lambda story: story.chain


OPERATIONS = {
    "open": Operation(lambda engine, story: opened(engine, story.chain)),
    "snapshot": Operation(
        lambda engine, story: engine.snapshot({DISK: story.leaf}),
        lambda story: (*story.chain, story.leaf),
    ),
    "commit": Operation(
        lambda engine, story: engine.commit(DISK, story.chain[1], story.chain[0]),
        lambda story: (story.chain[0], story.chain[2]),
    ),
    "resize": Operation(lambda engine, story: engine.resize(DISK, 2 * SIZE)),
    "flush": Operation(lambda engine, story: engine.flush(DISK)),
    "close": Operation(lambda engine, story: engine.close(DISK)),
}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with disks.host(tmp_path / "engines") as host:
        yield host


def begin(host: Host, folder: Path, name: str) -> Story:
    folder.mkdir()
    chain, _ = filled(host.engine(), folder, 3)
    if name == "open":
        host.engine().close(DISK)
    return Story(chain, make_layer(folder, chain[-1]))


def before_each_command(engine: Engine, strike: Callable[[int], None]) -> None:
    """Have ``strike`` called with the number of each command before it is sent."""
    execute, counted = engine._monitor.execute, iter(range(1, 1000))

    def execute_struck(command: str, arguments: dict[str, Any] | None = None) -> Any:
        strike(next(counted))
        return execute(command, arguments)

    engine._monitor.execute = execute_struck  # type: ignore[method-assign]


def die_in(host: Host, operation: Operation, story: Story, at: int) -> bool:
    """Run an operation in a daemon that kills itself before a command; False if it came to its end.

    What it had sent before, the engine has done: its answer was awaited.
    """

    def strike(number: int) -> None:
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def daemon() -> None:
        engine = Engines(host.folder, lambda vm: None).ensure("vm")
        before_each_command(engine, strike)
        operation.act(engine, story)

    host.leave()
    process = FORK.Process(target=daemon)
    process.start()
    process.join()
    host.restart()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def engine_dies_in(host: Host, operation: Operation, story: Story, at: int) -> bool:
    """Run an operation whose engine is killed before a command; False if it came to its end."""
    engine, monitor = host.engine(), host.engine()._monitor
    execute = monitor.execute

    def strike(number: int) -> None:
        if number == at:
            host.kill("vm")

    before_each_command(engine, strike)
    try:
        operation.act(engine, story)
    except EngineGone:
        assert host.pulled.pop() == "vm"
        return True
    finally:
        monitor.execute = execute  # type: ignore[method-assign]
    return False


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_daemon_that_died_is_succeeded(host: Host, tmp_path: Path, name: str) -> None:
    operation, at, died = OPERATIONS[name], 0, True
    while died:
        at += 1
        story = begin(host, tmp_path / str(at), name)
        died = die_in(host, operation, story, at)
        engine = host.engine()
        if DISK not in engine.disks():
            opened(engine, operation.chain(story) if name == "snapshot" else story.chain)
        assert read(engine.export(DISK, writable=True), 4) == WRITTEN
        operation.act(engine, story)
        if name != "close":
            assert read(engine.export(DISK, writable=True), 4) == WRITTEN
            assert engine.disks()[DISK].layers == tuple(
                layer.node for layer in operation.chain(story)
            )
        engine.close(DISK)
        assert engine._monitor.graph().nodes == frozenset()
        assert disks.read_file(operation.chain(story)[-1], 4) == WRITTEN
        assert_clean(*operation.chain(story))
    assert at > 2


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_engine_that_died_loses_nothing_that_was_flushed(
    host: Host, tmp_path: Path, name: str
) -> None:
    operation, at, died = OPERATIONS[name], 0, True
    while died:
        at += 1
        story = begin(host, tmp_path / str(at), name)
        died = engine_dies_in(host, operation, story, at)
        host.engines.stop("vm")
        # The index names the new leaf before the engine hears of it, and a merge's end after it.
        for chain in {story.chain, (*story.chain, story.leaf)}:
            assert read(opened(host.engine(), chain), 4) == WRITTEN
            host.engine().close(DISK)
            assert_clean(*chain)
    assert at > 2


def test_an_engine_that_was_just_starting_is_ended(host: Host, tmp_path: Path) -> None:
    """A daemon that dies while it starts an engine leaves one that nobody knows."""
    host.engine()
    pid = host.pid("vm")
    host.leave()
    (host.folder / "vm" / "pid").unlink()
    host.restart()
    assert host.engines.all() == {}
    assert list(host.folder.iterdir()) == []
    host.engine()
    assert host.pid("vm") != pid


def test_the_id_of_a_dead_engine_may_be_anybodys(host: Host) -> None:
    host.engine()
    host.kill("vm")
    host.leave()
    (host.folder / "vm" / "pid").write_text(str(os.getpid()))
    host.restart()
    assert host.ended.acquire(timeout=60)
    with pytest.raises(EngineGone):
        host.engine()
    host.engines.stop("vm")
    assert host.engines.all() == {}
