"""The index of an SR is right at any crash, for any number of processes."""

import json
import multiprocessing
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage.errors import BackendError
from storage.layers import Format
from storage.volumes import index as index_module
from storage.volumes.index import FOLDER, Index, Line, Medium, read, written
from storage.volumes.state import RESULTS, Changes, Disk, Hold, Node, State, Wrong, applied, check
from xenops.storage import VdiInfo

SR = "7c1b9a52-0000-4000-8000-000000000001"


class Killed(BaseException):
    """The process ends here."""


class Dying(Medium):
    """Ends the process at its nth call; of what it appends then only a part is there."""

    def __init__(self, calls: int, part: float) -> None:
        self.calls = calls
        self.part = part

    def _die(self) -> bool:
        self.calls -= 1
        return self.calls < 0

    def append(self, descriptor: int, content: bytes) -> None:
        if self._die():
            super().append(descriptor, content[: int(len(content) * self.part)])
            raise Killed
        super().append(descriptor, content)

    def sync(self, descriptor: int) -> None:
        if self._die():
            raise Killed

    def rename(self, old: Path, new: Path) -> None:
        if self._die():
            raise Killed
        super().rename(old, new)


@pytest.fixture(autouse=True)
def _unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes die here, not machines, so that what was written is there for the next one."""
    monkeypatch.setattr(Medium, "sync", lambda medium, descriptor: None)


def disk(name: str, leaf: str) -> Disk:
    return Disk(leaf, VdiInfo(vdi=name, name_label=f"d\u00efsk \U0001f4be {name}"))


def made(name: str, number: int) -> Changes:
    """A disk of its own node."""
    return {
        "nodes": {f"n{name}": Node(Format.QCOW2, number * 512)},
        "disks": {name: disk(name, f"n{name}")},
    }


def entered(index: Index, number: int) -> None:
    with index.change() as change:
        change.enter(made(str(number), number), f"op{number}", number)


def names(index: Index) -> list[int]:
    """The disks that are there; each has its operation's result."""
    with index.change() as change:
        state = change.state
    check(state)
    assert {f"op{name}": [int(name)] for name in state.disks} == state.results
    return sorted(map(int, state.disks))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    Index(tmp_path, SR).create()
    return tmp_path


def test_what_one_process_enters_the_other_reads(root: Path) -> None:
    one, other = Index(root, SR), Index(root, SR)
    for number in range(6):
        entered(one if number % 2 else other, number)
        assert names(one) == names(other) == list(range(number + 1))


@given(
    calls=st.integers(0, 60),
    part=st.floats(0, 1),
    small=st.sampled_from([0, 500, 100_000]),
    again=st.integers(0, 12),
)
@settings(max_examples=100, deadline=None)
def test_a_crash_anywhere_leaves_all_that_was_answered(
    tmp_path_factory: pytest.TempPathFactory, calls: int, part: float, small: int, again: int
) -> None:
    root = tmp_path_factory.mktemp("sr")
    Index(root, SR).create()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_module, "SMALL", small)
        answered = -1
        # The second process dies too, somewhere in what mends the first one's crash.
        for medium in (Dying(calls, part), Dying(again, part)):
            index = Index(root, SR, medium)
            try:
                for number in range(answered + 1, answered + 12):
                    with index.change() as change:
                        if f"op{number}" not in change.state.results:
                            change.enter(made(str(number), number), f"op{number}", number)
                    answered = number
            except Killed:
                pass
            present = names(Index(root, SR))
            assert present in (list(range(answered + 1)), list(range(answered + 2)))
            assert twins(root)


def twins(root: Path) -> bool:
    folder = root / FOLDER
    return (folder / "index").read_bytes() == (folder / "index.copy").read_bytes()


def test_a_torn_tail_is_cut_off_wherever_it_is_torn(root: Path, tmp_path: Path) -> None:
    for number in range(2):
        entered(Index(root, SR), number)
    content = (root / FOLDER / "index").read_bytes()
    begin = content.index(b"\n") + 1
    for cut in range(begin, len(content) + 1):
        for file in ("index", "index.copy"):
            (root / FOLDER / file).write_bytes(content[:cut])
        index = Index(root, SR)
        assert names(index) == list(range(content[begin:cut].count(b"\n")))
        entered(index, 7)
        assert 7 in names(Index(root, SR))


@given(at=st.integers(0, 10_000), other=st.booleans(), bit=st.integers(0, 7))
@settings(max_examples=60, deadline=None)
def test_a_damaged_byte_is_mended_from_the_twin(
    tmp_path_factory: pytest.TempPathFactory, at: int, other: bool, bit: int
) -> None:
    root = tmp_path_factory.mktemp("sr")
    Index(root, SR).create()
    for number in range(4):
        entered(Index(root, SR), number)
    path = root / FOLDER / ("index.copy" if other else "index")
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= 1 << bit
    path.write_bytes(content)
    assert names(Index(root, SR)) == [0, 1, 2, 3]
    assert twins(root)


@pytest.mark.parametrize("lost", ["index", "index.copy"])
def test_a_file_that_is_gone_comes_back_from_its_twin(root: Path, lost: str) -> None:
    entered(Index(root, SR), 1)
    (root / FOLDER / lost).unlink()
    assert names(Index(root, SR)) == [1]
    assert twins(root)


def test_damage_of_both_files_is_told_with_the_remedy(root: Path) -> None:
    entered(Index(root, SR), 1)
    for name in ("index", "index.copy"):
        (root / FOLDER / name).write_bytes(b"nonsense\n" * 9)
    with pytest.raises(BackendError, match=r"index and its copy .* from a backup") as failed:
        names(Index(root, SR))
    assert failed.value.number == 47


def test_a_lost_mount_is_no_empty_sr(root: Path) -> None:
    index = Index(root, SR)
    entered(index, 1)
    shutil.rmtree(root / FOLDER)
    with pytest.raises(BackendError, match="not mounted") as failed:
        names(index)
    assert failed.value.number == 47
    assert not (root / FOLDER).exists()


def test_a_newer_index_is_refused_and_stays_as_it_is(root: Path) -> None:
    path = root / FOLDER / "index"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_module, "SCHEMA", 2)
        path.write_bytes(written(Line(1, {}, whole=True), SR))
    content = path.read_bytes()
    with pytest.raises(BackendError, match="newer Warren"):
        names(Index(root, SR))
    assert path.read_bytes() == content


def test_another_srs_index_is_refused(root: Path) -> None:
    with pytest.raises(BackendError, match=SR):
        names(Index(root, SR.replace("7", "8")))
    with pytest.raises(BackendError, match="has an SR already"):
        Index(root, SR.replace("7", "8")).create()
    entered(Index(root, SR), 1)
    Index(root, SR).create()
    assert names(Index(root, SR)) == [1]


def test_an_index_stays_small(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "SMALL", 1000)
    index = Index(root, SR)
    for number in range(200):
        with index.change() as change:
            change.enter({"names": {"name_label": f"name {number}"}})
    assert (root / FOLDER / "index").stat().st_size < 3000


def _many(root: Path, numbers: Sequence[int]) -> None:
    index_module.SMALL = 2000
    index = Index(root, SR)
    for number in numbers:
        entered(index, number)


def test_processes_that_change_one_index_at_once_lose_nothing(root: Path) -> None:
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=_many, args=(root, range(begin, 60, 3))) for begin in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert names(Index(root, SR)) == list(range(60))


def test_results_are_bounded_and_the_last_ones_stay() -> None:
    state = State()
    for number in range(RESULTS + 5):
        state = applied(state, {"results": {f"op{number}": [number]}})
    assert next(iter(state.results)) == "op5"
    assert len(state.results) == RESULTS


NODES = {"base": Node(Format.RAW, 1024), "leaf": Node(Format.QCOW2, 2048, "base")}
HELD = (Hold("h1", "v1", True), Hold("h2", "v2", True))


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (State(disks={"v": disk("v", "n")}), "VDI v needs node n"),
        (State(nodes={"n": Node(Format.QCOW2, 0, "m")}), "node n needs node m"),
        (State(nodes={"n": Node(Format.QCOW2, 0, "n")}), "its own ancestor"),
        (State(nodes={**NODES, "leaf": Node(Format.RAW, 2048, "base")}), "raw"),
        (State(nodes={**NODES, "leaf": Node(Format.QCOW2, 1, "base")}), "smaller"),
        (State(nodes=NODES, disks={"v": disk("v", "base")}), "others need"),
        (State(nodes=NODES, disks={"v": disk("v", "leaf"), "w": disk("w", "leaf")}), "share"),
        (State(nodes=NODES, disks={"v": disk("v", "leaf")}, holds={"v": HELD}), "2 holders"),
        (State(holds={"v": HELD[:1]}), "is held and is gone"),
        (State(nodes=NODES, loose={"leaf": Format.RAW}), "to be erased"),
    ],
)
def test_states_that_must_not_be(state: State, says: str) -> None:
    with pytest.raises(Wrong, match=says):
        check(state)


def test_a_wrong_change_changes_nothing(root: Path) -> None:
    index = Index(root, SR)
    before = (root / FOLDER / "index").read_bytes()
    with index.change() as change, pytest.raises(Wrong):
        change.enter({"disks": {"v": disk("v", "nowhere")}}, "op", 1)
    assert (root / FOLDER / "index").read_bytes() == before
    assert names(index) == []


def test_a_line_is_read_as_it_was_written() -> None:
    line = Line(3, {"names": {"name_label": json.loads('"\\ud800\\u0000\\n"')}})
    assert read(written(line, SR), SR, Path("index")).lines == (line,)
