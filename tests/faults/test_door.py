"""Whatever becomes of the door while a VM comes by it, the VM runs on one host."""

import contextlib
import itertools
import json
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from daemon.door import LINE_MAX, Doorway, Where, connect, read_line, stream_of, write_line
from door import gate
from xenops.types import Metadata
from xenopsd.migration import sender as senders
from xenopsd.migration.receiver import Receiver

from tests.contract.backend import simulated
from tests.doors import DoorProcess, open_door
from tests.faults.atomic_host import doorway_in
from tests.faults.test_migrations import Pair, check
from tests.faults.test_undone import OPERATIONS, Pool

# --- a migration's door -------------------------------------------------------------------------


@dataclass
class Road:
    """Two hosts, and the door by which VMs come to the second."""

    pair: Pair
    door: DoorProcess

    @property
    def receiver(self) -> Receiver:
        return self.pair.destination.frontend.restart._receiver


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    folder = tmp_path_factory.mktemp("pool")
    with simulated(folder / "one") as one, simulated(folder / "two") as two:
        pools = [Pool(one, folder / "one", "one"), Pool(two, folder / "two", "two")]
        door = DoorProcess(folder / "two" / "door")
        try:
            found = Road(Pair(*pools, itertools.count()), door)
            doorway_in(folder / "two").listen(found.receiver.converse)
            yield found
        finally:
            door.kill()
            for pool in pools:
                pool.queues.close()


@pytest.fixture
def metadata(road: Road) -> Iterator[Metadata]:
    """A VM that runs on the source, wherever a test brings it."""
    with road.pair.source.vm("HVM") as metadata:
        road.pair.source.bring(metadata, OPERATIONS["pause"])
        yield metadata
        if road.pair.destination.host.journal.exists(metadata.vm.id):
            road.pair.destination.done("VM.shutdown", metadata.vm.id, id=metadata.vm.id, delay=None)
            road.pair.destination.ask("VM.remove", id=metadata.vm.id)
            road.pair.source.bring(metadata, OPERATIONS["pause"])


@contextlib.contextmanager
def at_memory(road: Road, act: Callable[[], object]) -> Iterator[None]:
    """``act`` as the guest's memory begins to come, once."""
    domains = road.pair.destination.host.domains
    restore, left = domains.restore_image, [act]

    def restoring(*arguments: Any) -> bytes | None:
        if left:
            left.pop()()
        return restore(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(domains, "restore_image", restoring)
        yield


@contextlib.contextmanager
def at_commit(road: Road, act: Callable[[], object]) -> Iterator[None]:
    """``act`` when the migration is committed, and the source does not know yet."""
    runner = road.receiver._runner
    show = runner.show

    def shown(step: str, *arguments: Any) -> None:
        if step.startswith("committed"):
            act()
        show(step, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "show", shown)
        yield


def settle(road: Road, metadata: Metadata) -> None:
    for side in (road.pair.source, road.pair.destination):
        side.settle(metadata.vm.id)


def test_a_door_that_dies_while_memory_moves_leaves_the_guest_where_it_is(
    road: Road, metadata: Metadata
) -> None:
    with at_memory(road, road.door.kill):
        assert not road.pair.migrate(metadata)
    settle(road, metadata)
    check(road.pair, metadata, arrived=False)
    before = road.door.where
    road.door.start()
    assert road.door.where == before, "who was told of it before finds it again"
    assert road.pair.migrate(metadata)
    check(road.pair, metadata, arrived=True)


def test_a_source_in_doubt_learns_by_the_next_door_what_was_decided(
    road: Road, metadata: Metadata, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, answers = senders._ask_outcome, []

    def asking(*arguments: Any) -> dict[str, Any] | None:
        answers.append(ask(*arguments))
        if len(answers) == 1:
            road.door.start()
        return answers[-1]

    monkeypatch.setattr(senders, "_ask_outcome", asking)
    with at_commit(road, road.door.kill):
        assert road.pair.migrate(metadata)
    assert answers[0] is None, "there was no door to ask by"
    settle(road, metadata)
    check(road.pair, metadata, arrived=True)


def test_a_source_in_doubt_is_told_nothing_while_the_daemon_is_away(
    road: Road, metadata: Metadata, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line of the door may pass for a decision of the destination's."""
    path = road.door.meeting / "xenopsd.sock"
    away = path.with_suffix(".away")
    ask, answers = senders._ask_outcome, []

    def asking(*arguments: Any) -> dict[str, Any] | None:
        if not answers:
            road.door.start()
        answers.append(ask(*arguments))
        if away.exists():
            away.rename(path)
        return answers[-1]

    def leave() -> None:
        path.rename(away)
        road.door.kill()

    monkeypatch.setattr(senders, "_ask_outcome", asking)
    with at_commit(road, leave):
        assert road.pair.migrate(metadata)
    assert answers[0] is None
    check(road.pair, metadata, arrived=True)


def test_a_door_that_stands_still_for_a_while_only_delays(road: Road, metadata: Metadata) -> None:
    going_on = threading.Timer(1.0, road.door.signal, [signal.SIGCONT])

    def stand_still() -> None:
        road.door.signal(signal.SIGSTOP)
        going_on.start()

    with at_memory(road, stand_still):
        assert road.pair.migrate(metadata)
    check(road.pair, metadata, arrived=True)


def test_a_door_that_is_being_started_again_is_waited_for(
    road: Road, metadata: Metadata, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, refused = senders.connect, []

    def going(where: Where) -> ssl.SSLSocket:
        try:
            return go(where)
        except ConnectionRefusedError as error:
            if not refused:
                road.door.start()
            refused.append(error)
            raise

    monkeypatch.setattr(senders, "connect", going)
    road.door.kill()
    try:
        assert road.pair.migrate(metadata)
    finally:
        if not refused:
            road.door.start()
    assert refused
    check(road.pair, metadata, arrived=True)


def test_a_host_without_a_door_takes_no_vm(road: Road, metadata: Metadata) -> None:
    said = road.door.meeting / "door.json"
    hidden = said.rename(said.with_suffix(".hidden"))
    try:
        assert not road.pair.migrate(metadata)
    finally:
        hidden.rename(said)
    check(road.pair, metadata, arrived=False)


# --- who comes to it ----------------------------------------------------------------------------


@pytest.fixture
def doorway(tmp_path: Path) -> Iterator[Doorway]:
    """A daemon behind a door, which says what it was told first, and then what it hears."""
    with open_door(tmp_path) as meeting:
        found = Doorway(meeting, "echo")

        def echo(said: dict[str, Any], stream: BinaryIO) -> None:
            write_line(stream, said)
            while heard := stream.readline():
                stream.write(heard)
                stream.flush()

        found.listen(echo)
        yield found


def told(doorway: Doorway, said: bytes) -> bytes:
    """All that is said to who says this and then waits."""
    with connect(doorway.where()) as connection, stream_of(connection) as stream:
        stream.write(said)
        stream.flush()
        return stream.readline()


def line(**said: Any) -> bytes:
    return json.dumps(said).encode() + b"\n"


def test_who_has_a_token_is_led_to_its_daemon(doorway: Doorway) -> None:
    said = line(token=doorway.token(), more="of it")
    assert told(doorway, said) == said


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "the first line is no JSON object"),
        (b"\n", "the first line is no JSON object"),
        (b"[]\n", "the first line is no JSON object"),
        (b"\xff\xfe\n", "the first line is no JSON object"),
        (b"[" * (LINE_MAX - 1) + b"\n", "the first line is no JSON object"),
        (line(), "the first line has no token that names a daemon"),
        (line(token=7), "the first line has no token that names a daemon"),
        (line(token="xenopsd"), "the first line has no token that names a daemon"),
        (line(token="../xenopsd:x"), "the first line has no token that names a daemon"),
        (b"x" * LINE_MAX, f"the first line is longer than {LINE_MAX} bytes"),
        (line(token="echo:x", more="x" * LINE_MAX), f"the first line is longer than {LINE_MAX}"),
    ],
    ids=range(11),
)
def test_rubbish_is_answered_and_led_nowhere(doorway: Doorway, said: bytes, answer: str) -> None:
    assert json.loads(told(doorway, said))["error"].startswith(answer)


def test_a_daemon_is_given_a_stream_and_no_file(doorway: Doorway, tmp_path: Path) -> None:
    """Who restores a domain gives a file's descriptor away, and reads a stream itself."""
    other = Doorway(tmp_path / "daemons", "other")
    other.listen(lambda said, stream: write_line(stream, {"is a file": stream.seekable()}))
    assert told(doorway, line(token=other.token())) == line(**{"is a file": False})


def test_a_daemon_that_is_not_there_is_like_a_host_that_is_not_there(doorway: Doorway) -> None:
    assert told(doorway, line(token="nobody:x")) == b""


def test_who_is_slow_is_not_waited_for(doorway: Doorway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "FIRST_LINE_S", 0.2)
    assert told(doorway, b'{"token":') == b""
    where = doorway.where()
    with socket.create_connection((where.host, where.port)) as silent:
        assert silent.recv(1) == b""


def test_of_too_many_that_say_nothing_the_first_goes_and_who_speaks_comes_in(
    doorway: Doorway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "WAITING_MAX", 3)
    where = doorway.where()
    with contextlib.ExitStack() as all_:
        led = all_.enter_context(stream_of(all_.enter_context(connect(where))))
        write_line(led, {"token": doorway.token()})
        read_line(led)
        silent = [
            all_.enter_context(socket.create_connection((where.host, where.port))) for _ in range(4)
        ]
        assert silent[0].recv(1) == b""
        assert told(doorway, line(token="echo:x")) == line(token="echo:x")
        led.write(b"still there\n")
        led.flush()
        assert led.readline() == b"still there\n"


def test_a_door_whose_port_is_taken_opens_at_another_and_says_where(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        (tmp_path / "port").write_text(str(taken))
        with open_door(tmp_path) as meeting:
            where = Doorway(meeting, "anybody").where()
            assert where.port != taken
            connect(where).close()
