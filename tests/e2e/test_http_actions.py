"""Actions of HTTP over real connections: on a running pool, and tunnels on a listener alone."""

import contextlib
import functools
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pooldb
import pytest
import uvloop
from warren import certificates
from xapi.dispatch import Dispatcher
from xapi.http.asked import Asked
from xapi.http.calls import Calls
from xapi.http.front import Front
from xapi.http.registry import Served, serves
from xapi.http.serving import Actions
from xapi.http.streams import Stream
from xapi.listeners import Listener
from xapi.pool import Pool
from xapi.rpc import gateway as rpc
from xapi.rpc.application import application
from xapi.rpc.certificates import Certificates

from tests import conftest

TIMEOUT_S = 30
PIECE = 64 * 1024
MIB = 1024 * 1024
OWN: dict[str, Served] = {}


@serves("connect_console", OWN)
async def echo(asked: Asked, stream: Stream) -> None:
    await stream.start()
    while data := await stream.read(MIB):
        await stream.write(data)


@serves("connect_console_ws", OWN)
async def upgraded(asked: Asked, stream: Stream) -> None:
    await stream.start(101, {"connection": "Upgrade", "upgrade": "echo"})
    while data := await stream.read(MIB):
        await stream.write(data)


# --- on a pool ----------------------------------------------------------------------------------


def connect(pool: conftest.Pool) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", pool.layout.ports["xapi"], timeout=TIMEOUT_S)


def ask(pool: conftest.Pool, method: str, target: str, body: bytes | None = None) -> Any:
    """The answer as a client reads it that sends all it has before it reads."""
    connection = connect(pool)
    connection.request(method, target, body)
    answer = connection.getresponse()
    answer.whole = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


@pytest.fixture
def session(pool: conftest.Pool) -> str:
    with contextlib.closing(connect(pool)) as connection:
        call = {"jsonrpc": "2.0", "method": "session.login_with_password", "id": 1}
        connection.request(
            "POST", "/jsonrpc", json.dumps({**call, "params": ["root", pool.password]})
        )
        found: str = json.loads(connection.getresponse().read())["result"]
        return found


def test_a_blob_travels_whole(pool: conftest.Pool, api: Any, session: str) -> None:
    blob, task = api.blob.create("text/plain", True), api.task.create("blob", "")
    body = bytes(range(256)) * 10_000
    query = f"ref={blob}&session_id={session}&task_id={task}"
    with socket.create_connection(("127.0.0.1", pool.layout.ports["xapi"]), TIMEOUT_S) as wire:
        head = f"PUT /blob?{query} HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n"
        wire.sendall(head.encode())
        # As `xe` does: not a byte before the server says to go on.
        answer = wire.recv(4096)
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        wire.sendall(body)
        assert wire.recv(4096) == b""
    assert api.task.get_status(task) == "success"
    assert api.blob.get_size(blob) == str(len(body))
    found = ask(pool, "GET", f"/blob?ref={blob}")
    assert (found.status, found.headers["content-type"]) == (200, "text/plain")
    assert found.whole == body
    api.blob.destroy(blob)
    assert ask(pool, "GET", f"/blob?ref={blob}&session_id={session}").status == 404


def test_the_audit_log_has_what_was_done_since(pool: conftest.Pool, api: Any, session: str) -> None:
    network = api.network.get_all()[0]
    api.network.set_name_description(network, "seen since")
    query = f"session_id={session}"
    found = ask(pool, "GET", f"/audit_log?{query}&since=2020-01-01T00:00:00Z")
    assert (found.status, found.headers["content-type"]) == (200, "text/plain")
    assert b'"seen since"' in found.whole
    assert ask(pool, "GET", f"/audit_log?{query}&since=2999").whole == b""


def test_services_are_described(pool: conftest.Pool, session: str) -> None:
    found = ask(pool, "GET", f"/services?session_id={session}")
    assert json.loads(found.whole)["driver"] == "mux"


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [("PUT", "/import", 501), ("PUT", "/nosuch", 403), ("PUT", "/blob?ref=x", 404)],
)
def test_who_sends_on_can_read_why_it_was_refused(
    pool: conftest.Pool, session: str, method: str, target: str, status: int
) -> None:
    separator = "&" if "?" in target else "?"
    asked = f"{target}{separator}session_id={session}"
    assert ask(pool, method, asked, b"x" * 12 * MIB).status == status
    assert ask(pool, method, target, b"x" * 12 * MIB).status in (401, 403)


def test_a_call_that_is_too_large_is_told_so(pool: conftest.Pool) -> None:
    assert ask(pool, "POST", "/jsonrpc", b" " * 12 * MIB).status == 500
    assert ask(pool, "POST", "/", b" " * 12 * MIB).status in (413, 500)


# --- tunnels ------------------------------------------------------------------------------------


@contextlib.contextmanager
def listening(folder: Path, **options: Any) -> Iterator[int]:
    """The port of a gateway without a pool around it, which serves the actions above."""
    sock = socket.create_server(("127.0.0.1", 0))
    started, listener = threading.Event(), []

    async def serve() -> None:
        pool = Pool(pooldb.connect(f"sqlite:///{folder}/pool.db"), None, ThreadPoolExecutor(1))
        actions = Actions(pool, trusted=True, served=OWN)
        dispatcher = Dispatcher(pool)
        app = application(dispatcher, actions, trusted=True)
        front = functools.partial(
            Front, actions, Calls(rpc.Gateway(dispatcher).answer, trusted=True)
        )
        made = Listener(app, [sock], http=front, **options)
        listener.append(made)
        started.set()
        await made.serve(made.sockets)

    thread = threading.Thread(target=lambda: uvloop.run(serve()))
    thread.start()
    started.wait()
    try:
        yield sock.getsockname()[1]
    finally:
        listener[0].should_exit = True
        thread.join()


@pytest.fixture(params=["plain", "tls"])
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[socket.socket]:
    """A connection to such a gateway."""
    options: dict[str, Any] = {}
    if request.param == "tls":
        (tmp_path / "gateway.pem").write_bytes(certificates.self_signed(["gateway"]))
        context = Certificates(tmp_path).context
        options["ssl_context_factory"] = lambda *_: context
    client = ssl.create_default_context()
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    with listening(tmp_path, **options) as port:
        connection = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
        with client.wrap_socket(connection) if options else connection as wire:
            yield wire


def read(wire: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size and (data := wire.recv(MIB)):
        found += data
    return found


def until(wire: socket.socket, end: bytes) -> bytes:
    """What comes, up to what ends so."""
    found = b""
    while not found.endswith(end) and (data := wire.recv(MIB)):
        found += data
    return found


HEADS = {
    "connect": b"CONNECT /console?ref=x HTTP/1.0\r\ncookie: session_id=x\r\n\r\n",
    "upgrade": b"GET /console HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n",
}


@pytest.mark.parametrize("kind", HEADS)
def test_a_tunnel_carries_what_was_written_right_behind_the_head(
    wire: socket.socket, kind: str
) -> None:
    at_once, later = b"\x00at once\r\n\r\n", bytes(range(256)) * 4096
    wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    until(wire, b'{"status":"ok"}')
    wire.sendall(HEADS[kind] + at_once)
    head, _, echoed = until(wire, at_once).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 " + (b"101" if kind == "upgrade" else b"200"))
    assert echoed == at_once
    # One after the other: two threads may not use a connection of TLS at the same time.
    for begin in range(0, len(later), PIECE):
        piece = later[begin : begin + PIECE]
        wire.sendall(piece)
        assert read(wire, len(piece)) == piece
