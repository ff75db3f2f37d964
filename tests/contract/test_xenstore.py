"""Xenstore on a real xenstored: what Warren needs of it, and that pyxs alone does not do it."""

import contextlib
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
import tty
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pyxs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyxs._internal import Op
from pyxs.connection import UnixSocketConnection
from xenports.pyxs import wire
from xenports.pyxs.store import Store
from xenports.simulated import xenstored
from xenports.xenstore import XenstoreError

WITHIN_S = 20.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def daemon(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    process = xenstored.start(folder)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def store(daemon: "subprocess.Popen[bytes]", folder: Path) -> Iterator[Store]:
    store = Store(str(folder / "socket"))
    yield store
    store.close()


@pytest.fixture
def bare(daemon: "subprocess.Popen[bytes]", folder: Path) -> Iterator[pyxs.Client]:
    with pyxs.Client(unix_socket_path=str(folder / "socket")) as client:
        yield client


@pytest.mark.parametrize("value", ["", "grün", "日本", "a\nb"])
def test_any_text_is_a_value(store: Store, value: str) -> None:
    store.write("/t/value", value)
    assert store.read("/t/value") == value


@pytest.mark.parametrize("value", ["", "grün"])
def test_bare_pyxs_refuses_such_values(bare: pyxs.Client, value: str) -> None:
    with pytest.raises(Exception):  # noqa: B017  whatever it raises, it does not write
        bare.write(b"/t/value", value.encode())


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,3}", fullmatch=True),
        st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=40),
        max_size=60,
    )
)
def test_what_is_written_together_is_read_together(store: Store, values: dict[str, str]) -> None:
    store.remove("/all")
    paths = {f"/all/{name}": value for name, value in values.items()}
    store.write_all(paths)
    assert store.read_all(list(paths)) == list(paths.values())
    tree = dict(store.tree("/all"))
    assert {path: tree[path] for path in paths} == paths


def test_absent_nodes_are_none_and_empty(store: Store) -> None:
    assert store.read("/nothing") is None
    assert store.read_all(["/nothing", "/nothing/more"]) == [None, None]
    assert store.list("/nothing") == []
    assert list(store.tree("/nothing")) == []


def test_several_trees_are_read_together(store: Store) -> None:
    store.write_all({"/one/a/b": "1", "/two/c": "2", "/three": "3"})
    assert dict(store.tree("/one", "/two", "/nothing")) == {
        "/one/a": "",
        "/one/a/b": "1",
        "/two/c": "2",
    }


def test_removed_nodes_need_not_be_there(store: Store) -> None:
    store.remove("/nothing")


def test_concurrent_transactions_are_tried_again(store: Store) -> None:
    def add(number: int) -> None:
        store.write_all({f"/many/{number}/{part}": "x" for part in range(5)})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert len(store.list("/many")) == 40


def test_watches_share_a_connection(store: Store) -> None:
    with store.watch("/w/one") as one, store.watch("/w/two") as two:
        for events in (one, two):
            assert events.next(WITHIN_S) is not None  # each watch fires once when it is set
        store.write("/w/one/x", "1")
        assert one.next(WITHIN_S) == "/w/one/x"
        assert two.next(0.0) is None


def test_a_request_does_not_wait_for_ever(
    store: Store, daemon: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xenports.pyxs.wire.DEADLINE_S", 0.3)
    store.write("/t/x", "1")
    daemon.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(XenstoreError, match="ETIMEDOUT"):
            store.read("/t/x")
    finally:
        daemon.send_signal(signal.SIGCONT)


def test_a_dead_daemon_fails_the_request_and_a_new_one_is_found(
    store: Store, daemon: "subprocess.Popen[bytes]", folder: Path
) -> None:
    store.write("/t/x", "1")
    daemon.kill()
    daemon.wait()
    with pytest.raises(XenstoreError):
        store.read("/t/x")
    again = xenstored.start(folder)
    try:
        store.write("/t/x", "2")
        assert store.read("/t/x") == "2"
    finally:
        again.kill()
        again.wait()


def unread(fd: int) -> int:
    """How many bytes the other end of a unix socket has not read yet."""
    return int.from_bytes(fcntl.ioctl(fd, termios.TIOCOUTQ, bytes(4)), sys.byteorder)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_request_of_bare_pyxs_hangs_on_a_dead_connection(
    bare: pyxs.Client, daemon: "subprocess.Popen[bytes]"
) -> None:
    """Why `Router` tells those who wait: pyxs's own reader ends and its caller waits on."""
    bare.write(b"/t/x", b"1")
    daemon.send_signal(signal.SIGSTOP)
    answered = threading.Event()

    def ask() -> None:
        with contextlib.suppress(Exception):
            bare.read(b"/t/x")
            answered.set()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    whole = 16 + len(b"/t/x\0")  # a header and a path, which pyxs may send one after the other
    while unread(bare.router.connection.fileno()) < whole:
        asking.join(timeout=0.01)
    os.kill(daemon.pid, signal.SIGKILL)
    daemon.wait()
    asking.join(timeout=1.0)
    assert asking.is_alive()
    assert not answered.is_set()


@pytest.fixture
def device(daemon: "subprocess.Popen[bytes]", folder: Path) -> Iterator[str]:
    """A device as the kernel's /dev/xen/xenbus, which answers about watches without a number."""
    master, slave = os.openpty()
    tty.setraw(slave)
    with socket.socket(socket.AF_UNIX) as upstream:
        upstream.connect(str(folder / "socket"))

        def to_daemon() -> None:
            with contextlib.suppress(OSError):
                while data := os.read(master, 4096):
                    upstream.sendall(data)

        def to_client() -> None:
            stream = upstream.makefile("rb")
            with contextlib.suppress(OSError):
                while head := stream.read(16):
                    op, request, transaction, size = struct.unpack("=4I", head)
                    number = 0 if op in (Op.WATCH, Op.UNWATCH) else request
                    said = struct.pack("=4I", op, number, transaction, size) + stream.read(size)
                    os.write(master, said)

        for target in (to_daemon, to_client):
            threading.Thread(target=target, daemon=True).start()
        yield os.ttyname(slave)
        upstream.shutdown(socket.SHUT_RDWR)
        os.close(slave)


def test_watches_work_over_the_kernels_device(device: str) -> None:
    store = Store(device)
    with store.watch("/w/one") as one, store.watch("/w/two") as two:
        for events in (one, two):
            assert events.next(WITHIN_S) is not None
        store.write("/w/one/x", "grün")
        assert one.next(WITHIN_S) == "/w/one/x"
        assert two.next(0.0) is None
    assert store.read("/w/one/x") == "grün"
    store.close()


def test_bare_pyxs_has_no_watches_there(device: str) -> None:
    with pyxs.Client(xen_bus_path=device) as client, pytest.raises(pyxs.PyXSError):
        client.monitor()


def test_permissions_are_set(store: Store, folder: Path) -> None:
    (folder / "dom" / "7").touch()
    store.make("/local/domain/7/data", owner=7, reader=0)
    with pyxs.Client(router=pyxs.Router(UnixSocketConnection(str(folder / "socket")))) as client:
        assert client.get_perms(b"/local/domain/7/data") == [b"n7", b"r0"]


def test_a_directory_larger_than_one_answer_is_listed(store: Store) -> None:
    names = {f"{number:04d}-with-a-rather-long-name" for number in range(700)}
    store.write_all({f"/large/{name}": "x" for name in names})
    assert set(store.list("/large")) == names
    assert {path for path, _ in store.tree("/large")} == {f"/large/{name}" for name in names}


def test_bare_pyxs_cannot_list_it(store: Store, bare: pyxs.Client) -> None:
    store.write_all({f"/large/{number:04d}-with-a-rather-long-name": "x" for number in range(700)})
    with pytest.raises(pyxs.PyXSError):
        bare.list(b"/large")


def test_a_watch_that_comes_before_the_daemon_hears_it_once_it_is_there(folder: Path) -> None:
    store, heard = Store(str(folder / "socket")), threading.Event()
    store.on_change("/t", lambda path: heard.set() if path == "/t/news" else None)
    process = xenstored.start(folder)
    try:
        while not heard.wait(0.05):
            store.write("/t/news", "1")
    finally:
        store.close()
        process.kill()
        process.wait()


def test_an_absent_daemon_is_a_failed_request(folder: Path) -> None:
    with pytest.raises(XenstoreError):
        Store(str(folder / "socket")).read("/t")


HEAD = struct.Struct("=4I")
Request = tuple[int, int, int, bytes]


class Scripted:
    """A daemon that answers when and what a test says."""

    def __init__(self, folder: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / "scripted"))
        self._listener.listen()
        self.store = Store(str(folder / "scripted"))
        self._peer: socket.socket | None = None
        self._stream = b""

    @property
    def peer(self) -> socket.socket:
        """The only connection that the store makes; a second one would never be answered."""
        if self._peer is None:
            self._peer = self._listener.accept()[0]
        return self._peer

    def heard(self) -> Request:
        """The next request."""
        op, number, transaction, size = HEAD.unpack(self._exactly(HEAD.size))
        return op, number, transaction, self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            part = self.peer.recv(size - len(found))
            assert part
            found += part
        return found

    def answer(self, request: Request, payload: bytes) -> None:
        op, number, transaction, _ = request
        self.peer.sendall(HEAD.pack(op, number, transaction, len(payload)) + payload)

    def close(self) -> None:
        self.store.close()
        self._listener.close()


@pytest.fixture
def scripted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    monkeypatch.setattr(wire, "DEADLINE_S", 0.2)
    daemon = Scripted(folder)
    yield daemon
    daemon.close()


def forgotten(scripted: Scripted, path: str) -> Request:
    """A read that has timed out, and is owed an answer."""
    with pytest.raises(XenstoreError, match="ETIMEDOUT"):
        scripted.store.read(path)
    return scripted.heard()


def router(scripted: Scripted) -> wire.Router:
    client = scripted.store._client
    assert client is not None
    router = client.router
    assert isinstance(router, wire.Router)
    return router


def test_a_late_answer_is_dropped_and_others_go_on(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = [forgotten(scripted, f"/late/{number}") for number in range(3)]
    monkeypatch.setattr(wire, "DEADLINE_S", WITHIN_S)
    with ThreadPoolExecutor(1) as other:
        reading = other.submit(scripted.store.read, "/other")
        request = scripted.heard()
        for answered in (late[1], late[0]):
            scripted.answer(answered, b"late")
        scripted.answer((Op.READ, 77777, 0, b""), b"what nobody asked for")
        scripted.answer(request, b"mine")
        assert reading.result() == "mine"
    assert list(router(scripted).rvars) == [late[2][1]]


def test_a_number_is_not_given_away_while_its_answer_is_due(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = forgotten(scripted, "/late")
    monkeypatch.setattr(wire, "DEADLINE_S", WITHIN_S)
    router(scripted)._number = wire.NUMBER_MAX - 1  # so many requests later
    numbers = []
    with ThreadPoolExecutor(1) as other:
        for number in range(3):
            reading = other.submit(scripted.store.read, f"/other/{number}")
            request = scripted.heard()
            numbers.append(request[1])
            scripted.answer(request, b"mine")
            assert reading.result() == "mine"
    assert late[1] == 1
    assert numbers == [wire.NUMBER_MAX, 2, 3]


def test_a_daemon_that_owes_too_much_is_taken_for_dead(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "OWED_MAX", 20)
    first = forgotten(scripted, "/late")
    ended = router(scripted)
    with pytest.raises(XenstoreError, match=r"ETIMEDOUT|EPIPE"):
        scripted.store.read_all([f"/late/{number}" for number in range(30)])
    assert ended.ended
    assert first[1] == 1
    with pytest.raises(XenstoreError, match="ETIMEDOUT"):
        scripted.store.read("/late")  # on a new connection
    assert router(scripted) is not ended


def test_a_deadline_counts_from_the_sending(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for one answer after another does not give each of them the whole time."""
    client = scripted.store._connected()
    pending = [client.begin([(Op.READ, b"/late\0")], 0)[0] for _ in range(3)]
    with pytest.raises(pyxs.PyXSError, match="not answered"):
        client.finish(pending[0])
    monkeypatch.setattr(wire, "DEADLINE_S", 3600.0)
    for late in pending[1:]:
        with pytest.raises(pyxs.PyXSError, match="not answered"):
            client.finish(late)


def test_a_process_that_stood_still_reads_what_came_meanwhile(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait, now = wire._await, time.monotonic

    def stand_still(pending: wire.Pending, timeout_s: float) -> None:
        monkeypatch.setattr(wire, "_await", wait)
        monkeypatch.setattr("xenports.pyxs.wire.time.monotonic", lambda: now() + 60.0)
        scripted.answer(scripted.heard(), b"it came meanwhile")

    monkeypatch.setattr(wire, "AWAY_S", WITHIN_S)
    monkeypatch.setattr(wire, "_await", stand_still)
    assert scripted.store.read("/t/x") == "it came meanwhile"


def test_answers_may_come_in_any_order_and_in_any_pieces(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "DEADLINE_S", WITHIN_S)
    paths = [f"/t/{number}" for number in range(5)]
    with ThreadPoolExecutor(1) as other:
        reading = other.submit(scripted.store.read_all, paths)
        requests = [scripted.heard() for _ in paths]
        sent = b"".join(
            HEAD.pack(op, number, transaction, len(path) - 1) + path[:-1]
            for op, number, transaction, path in reversed(requests)
        )
        for start in range(0, len(sent), 7):
            scripted.peer.sendall(sent[start : start + 7])
        assert reading.result() == paths


def test_a_daemon_that_reads_nothing_does_not_hold_its_clients(scripted: Scripted) -> None:
    """Also once the socket is full and nothing more can be sent."""
    with pytest.raises(XenstoreError, match="EPIPE"):
        scripted.store._all(Op.WRITE, [b"/t/x\0" + b"x" * 4000] * 128)


def test_a_transaction_that_began_too_late_is_ended(scripted: Scripted) -> None:
    with pytest.raises(XenstoreError, match="ETIMEDOUT"):
        scripted.store.write_all({"/t/x": "1"})
    began = scripted.heard()
    assert began[0] == Op.TRANSACTION_START
    scripted.answer(began, b"5\0")
    op, _, transaction, payload = scripted.heard()
    assert (op, transaction, payload) == (Op.TRANSACTION_END, 5, b"F\0")


def test_a_transaction_that_cannot_be_written_is_ended(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "DEADLINE_S", WITHIN_S)
    with ThreadPoolExecutor(1) as other:
        writing = other.submit(scripted.store.write_all, {"/t/x": "1"})
        scripted.answer(scripted.heard(), b"5\0")
        _, number, transaction, _ = scripted.heard()
        scripted.answer((Op.ERROR, number, transaction, b""), b"ENOSPC\0")
        with pytest.raises(XenstoreError, match="ENOSPC"):
            writing.result()
    op, _, transaction, payload = scripted.heard()
    assert (op, transaction, payload) == (Op.TRANSACTION_END, 5, b"F\0")
