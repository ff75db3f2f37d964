"""multipathd's socket: its protocol, what real ones say on it, and garbage."""

import gzip
import json
import select
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpathalert.multipathd import Absent, Garbage, Multipathd, parse_maps
from xenops.multipath import Paths

from tests import multipathd
from tests.multipathd import framed, maps

ANSWER_S = 5.0
RECORDED = Path(__file__).parent / "data" / "multipathd.jsonl.gz"
GARBAGE = (
    b"",
    b"fail\n",
    b"timeout\n",
    b"\xff\xfe",
    b"[]",
    b"{}",
    b'{"maps": null}',
    b'{"maps": [{}]}',
    b'{"maps": [{"uuid": 1}]}',
    b'{"maps": [{"uuid": "a", "path_groups": [{"paths": [{"dm_st": "active"}]}]}]}',
    maps(a=(2, 2))[:-1],
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "socket"


@pytest.fixture
def fake(path: Path) -> Iterator[multipathd.Multipathd]:
    with multipathd.running(path) as found:
        yield found


@pytest.fixture
def client(path: Path) -> Iterator[Multipathd]:
    found = Multipathd(str(path), ANSWER_S)
    yield found
    found.close()


def test_maps_are_counted_over_one_connection(
    fake: multipathd.Multipathd, client: Multipathd
) -> None:
    fake.says(a=(2, 2), b=(1, 4), c=(0, 0))
    for _ in range(2):
        assert client.maps() == {"a": Paths(2, 2), "b": Paths(1, 4), "c": Paths(0, 0)}
    assert fake.asked == [b"show maps json\0"] * 2
    assert len(client.sockets) == 1


@pytest.mark.parametrize(
    ("state", "works"),
    [
        ({}, True),
        ({"chk_st": "ghost"}, True),
        ({"chk_st": "i/o pending"}, True),
        ({"dm_st": "failed"}, False),
        ({"chk_st": "faulty"}, False),
        ({"chk_st": "shaky"}, False),
        ({"dev_st": "offline"}, False),
    ],
)
def test_a_path_counts_unless_it_is_faulty_shaky_or_failed(
    state: dict[str, str], works: bool
) -> None:
    said = maps(a=(1, 1)).decode()
    for key, value in state.items():
        before = {"dm_st": "active", "chk_st": "ready", "dev_st": "running"}[key]
        said = said.replace(f'"{key}": "{before}"', f'"{key}": "{value}"')
    assert parse_maps(said.encode()) == {"a": Paths(int(works), 1)}


def test_without_multipathd_it_is_absent_and_found_when_it_comes(
    path: Path, client: Multipathd
) -> None:
    for _ in range(2):
        with pytest.raises(Absent):
            client.maps()
    assert client.sockets == []
    with multipathd.running(path) as fake:
        fake.says(a=(1, 1))
        assert client.maps() == {"a": Paths(1, 1)}


def test_its_end_is_told_at_once(fake: multipathd.Multipathd, client: Multipathd) -> None:
    fake.says(a=(1, 1))
    client.maps()
    fake.hang_up()
    assert select.select(client.sockets, [], [], ANSWER_S)[0] == client.sockets
    with pytest.raises(Absent):
        client.maps()
    assert client.maps() == {"a": Paths(1, 1)}, "over a new connection"


def test_one_that_says_nothing_has_hung(fake: multipathd.Multipathd, path: Path) -> None:
    fake.answer = b""
    with pytest.raises(Absent):
        Multipathd(str(path), 0.01).maps()


def test_one_that_stops_in_the_middle_is_absent(
    fake: multipathd.Multipathd, client: Multipathd
) -> None:
    fake.answer = None
    with pytest.raises(Absent):
        client.maps()


@pytest.mark.parametrize("answer", GARBAGE)
def test_garbage_is_said_to_be_so(
    fake: multipathd.Multipathd, client: Multipathd, answer: bytes
) -> None:
    fake.answer = framed(answer + b"\0")
    with pytest.raises(Garbage):
        client.maps()
    fake.says(a=(1, 1))
    assert client.maps() == {"a": Paths(1, 1)}


def test_a_length_without_measure_is_not_waited_for(
    fake: multipathd.Multipathd, client: Multipathd
) -> None:
    fake.answer = struct.pack("=Q", (1 << 64) - 1)
    with pytest.raises(Garbage):
        client.maps()


def test_what_multipathd_of_multipath_tools_0_9_4_says_is_understood() -> None:
    with gzip.open(RECORDED, "rt") as file:
        recorded = [json.loads(line) for line in file]
    for said in recorded:
        (paths,) = parse_maps(said["answer"].encode()).values()
        assert [paths.current, paths.total] == said["paths"], said["when"]


@given(st.binary())
def test_no_answer_does_more_than_be_garbage(answer: bytes) -> None:
    with pytest.raises(Garbage):
        parse_maps(answer)
