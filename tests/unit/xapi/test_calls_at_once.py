"""Calls that are answered without uvicorn's request get the very bytes that uvicorn would send."""

import json
import re
import xmlrpc.client
from collections.abc import Callable

import pytest
from xapi.http import front
from xapi.http.heads import KEPT_MAX, CallHeads
from xapi.sessions import add_user

from tests.unit.xapi.conftest import Gateway
from tests.unit.xapi.wire import Client


def request(
    body: bytes, path: str = "/RPC2", version: str = "1.1", end: str = "\r\n", **headers: str
) -> bytes:
    own = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {"Host": "x", "Content-Length": str(len(body)), **own}
    lines = [f"POST {path} HTTP/{version}"]
    lines += [f"{name}: {value}" for name, value in given.items() if value]
    return (end.join(lines) + end + end).encode() + body


def xml(method: str, *params: object) -> bytes:
    return xmlrpc.client.dumps(params, method).encode()


def js(method: str, *params: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "id": 1}).encode()


Answered = Callable[..., tuple[bytes, str]]

JSON = "/jsonrpc"
UNKNOWN = xml("VM.get_uuid", "OpaqueRef:x", "y")
ASKED = js("session.get_uuid", "SESSION", "SESSION")
RECORD = xml("session.get_record", "SESSION", "SESSION")

CALLS = {
    "a record by XML": request(RECORD),
    "a value by JSON": request(ASKED, JSON),
    "an array": request(xml("session.get_all", "SESSION")),
    "records": request(js("session.get_all_records", "SESSION"), JSON),
    "version 1.0 of JSON": request(
        b'{"method": "session.get_all", "params": ["SESSION"], "id": "a"}', JSON
    ),
    "an error": request(UNKNOWN),
    "an error by JSON": request(js("VM.get_uuid", "a", "b"), JSON),
    "an unknown method": request(xml("VM.sing")),
    "no envelope": request(xml("system.isAlive:", "é")),
    "introspection": request(js("system.listMethods"), JSON),
    "a call that waits": request(xml("session.set_other_config", "SESSION", "SESSION", {})),
    "a call that waits and is refused": request(
        xml("session.login_with_password", "root", "wrong", "1.0", "x")
    ),
    "a charset": request(
        xml("system.isAlive:", "é").decode().encode("latin-1"),
        Content_Type="text/xml; charset=latin-1",
    ),
    "the end of the connection": request(RECORD, Connection="close"),
    "HTTP 1.0": request(RECORD, version="1.0"),
    "HTTP 1.0, kept": request(RECORD, version="1.0", Connection="keep-alive"),
    "a trace": request(RECORD, Traceparent="00-1-2-01", Originator="me"),
}
"""Answered at once, or in a task of their own."""

OTHERS = {
    "no call": request(b"<methodCall>"),
    "no call of JSON": request(b"[]", JSON),
    "no body": request(b""),
    "no length": request(b"", Content_Length=""),
    "an unknown charset": request(RECORD, Content_Type="text/xml; charset=klingon"),
    "another version of HTTP": request(RECORD, version="3.7"),
    "chunks": request(
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(UNKNOWN), UNKNOWN),
        Content_Length="",
        Transfer_Encoding="chunked",
    ),
    "a promise to wait": request(RECORD, Expect="100-continue"),
    "an upgrade": request(RECORD, Connection="upgrade", Upgrade="h2c"),
    "lines that end otherwise": request(RECORD, end="\n"),
    "a head that is no head": request(RECORD, Content_Length="1e3"),
    "a head that is too long": request(RECORD, Cookie="x" * front.HEAD_MAX),
    "two lengths": request(UNKNOWN, content_length="5"),
    "a long body": request(xml("system.isAlive:", "x" * front.CALL_MAX)),
    "a body that is too long": request(xml("system.isAlive:", "x" * 400_000)),
    "another path": request(RECORD, "/elsewhere"),
    "a path with a query": request(RECORD, "/RPC2?a=b"),
    "a page": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
}
"""Left to uvicorn and the application."""

NONSENSE = (
    *("another version of HTTP", "lines that end otherwise"),
    *("a head that is no head", "two lengths"),
)

REQUESTS = CALLS | OTHERS


@pytest.fixture
def session(gateway: Gateway) -> str:
    with gateway.db.transaction() as tx:
        add_user(tx, "root", "right", None)
    return gateway.login()


def asked(name: str, session: str) -> bytes:
    """The request, in a session that exists."""
    said = REQUESTS[name]
    if b"SESSION" not in said:
        return said
    head, end, body = said.partition(b"\r\n\r\n")
    placed = body.replace(b"SESSION", session.encode())
    return re.sub(rb"Length: \d+", b"Length: %d" % len(placed), head) + end + placed


def answered(gateway: Gateway, *pieces: bytes) -> tuple[bytes, str]:
    """All that is answered, and how the connection ends."""
    client = Client(gateway, trusted=False)
    client.send(*pieces)
    client.finish()
    return client.wire.written, client.wire.closed


@pytest.fixture
def by_uvicorn(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Answered:
    """What is answered when uvicorn gets everything."""

    def send(*pieces: bytes) -> tuple[bytes, str]:
        with monkeypatch.context() as patch:
            patch.setattr(CallHeads, "read", lambda self, head: None)
            return answered(gateway, *pieces)

    return send


@pytest.mark.parametrize("name", REQUESTS)
def test_answers_are_uvicorns(
    gateway: Gateway, session: str, by_uvicorn: Answered, name: str
) -> None:
    said = asked(name, session)
    assert answered(gateway, said) == by_uvicorn(said)
    assert by_uvicorn(said)[0]


@pytest.mark.parametrize("name", REQUESTS)
def test_requests_that_come_together_are_answered_in_turn(
    gateway: Gateway, session: str, by_uvicorn: Answered, name: str
) -> None:
    rest = [asked(other, session) for other in ("a value by JSON", "a page", "an error")]
    said = asked(name, session) + b"".join(rest)
    assert answered(gateway, said) == by_uvicorn(said)
    if name not in NONSENSE:  # for which uvicorn leaves the call before it without an answer
        said = rest[0] + asked(name, session) + rest[2]
        assert answered(gateway, said) == by_uvicorn(said)


@pytest.mark.parametrize("name", CALLS)
def test_a_call_may_come_in_pieces(gateway: Gateway, session: str, name: str) -> None:
    said = asked(name, session)
    whole, body = answered(gateway, said), said.index(b"\r\n\r\n") + 4
    for cut in {1, 5, 8, 30, body - 3, body, body + 1, len(said) - 1}:
        assert answered(gateway, said[:cut], said[cut:]) == whole, cut
    assert answered(gateway, *(said[n : n + 50] for n in range(0, len(said), 50))) == whole


@pytest.mark.parametrize("name", CALLS)
def test_no_call_goes_to_uvicorn(
    gateway: Gateway, session: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(front.Front, "_release", lambda self: pytest.fail("it does"))
    assert answered(gateway, asked(name, session))[0]


def test_a_long_answer_is_not_copied(
    gateway: Gateway, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = asked("records", session)
    whole = answered(gateway, said)
    monkeypatch.setattr(front, "JOINED_MAX", 10)
    assert answered(gateway, said) == whole


def test_a_connection_that_is_to_end_answers_the_call_that_waits(
    gateway: Gateway, session: str
) -> None:
    client = Client(gateway)
    said = asked("a call that waits", session)

    async def end() -> None:
        client.wire.protocol.data_received(said)
        client.wire.protocol.data_received(said)
        client.wire.protocol.shutdown()

    gateway.run(end())
    client.finish()
    assert client.wire.written.count(b"HTTP/1.1 200") == 1
    assert b"connection: close\r\n" in client.wire.written
    assert client.wire.closed == "closed"


@pytest.mark.parametrize("part", [0, 10, -1])
def test_a_connection_that_is_to_end_answers_the_call_that_comes(
    gateway: Gateway, session: str, part: int
) -> None:
    """Once its head is there, which is when uvicorn takes it for begun."""
    client = Client(gateway)
    said = asked("a value by JSON", session)
    client.send(said[:part])

    async def end() -> None:
        client.wire.protocol.shutdown()

    gateway.run(end())
    if part == -1:
        client.send(said[-1:])
        assert client.wire.written.count(b"HTTP/1.1 200") == 1
    assert client.wire.closed == "closed"


def test_a_call_that_is_stopped_ends_by_a_reset(gateway: Gateway, session: str) -> None:
    client = Client(gateway)
    client.send(request(js("event.from", session, ["vm"], token(gateway, session), 100.0), JSON))
    client.cut()
    assert client.wire.closed == "reset"


def token(gateway: Gateway, session: str) -> str:
    told: str = gateway.call("event.from", session, ["vm"], "", 0.0)["token"]
    return told


def test_a_client_that_does_not_read_is_answered_no_further(gateway: Gateway, session: str) -> None:
    client = Client(gateway)
    said = asked("a value by JSON", session)

    async def fill(full: bool) -> None:
        if full:
            client.wire.protocol.pause_writing()
        else:
            client.wire.protocol.resume_writing()

    gateway.run(fill(True))
    assert client.send(said, said) == b""
    gateway.run(fill(False))
    assert client.send().count(b"HTTP/1.1 200") == 2


class TestIdleConnections:
    """A connection is kept for as long as something comes on it now and then."""

    @pytest.fixture
    def client(self, gateway: Gateway, session: str) -> Client:
        client = Client(gateway)
        client.send(asked("a value by JSON", session))
        return client

    def later(self, gateway: Gateway, client: Client, seconds: float) -> str:
        """How the connection has ended when the timer rings after a while."""
        front = client.wire.protocol

        async def ring() -> None:
            front._moved -= seconds
            front.timeout_keep_alive_handler()

        gateway.run(ring())
        return client.wire.closed

    def test_it_ends_after_a_while(self, gateway: Gateway, client: Client) -> None:
        limit = client.wire.protocol.timeout_keep_alive
        assert self.later(gateway, client, limit / 2) == ""
        assert self.later(gateway, client, limit / 2) == "closed"

    @pytest.mark.parametrize("name", ["a value by JSON", "a page"])
    def test_each_request_counts(
        self, gateway: Gateway, client: Client, session: str, name: str
    ) -> None:
        limit = client.wire.protocol.timeout_keep_alive
        assert self.later(gateway, client, limit / 2) == ""
        client.send(asked(name, session))
        assert self.later(gateway, client, limit / 2) == ""

    def test_a_call_that_comes_or_is_answered_is_waited_for(
        self, gateway: Gateway, client: Client, session: str
    ) -> None:
        limit = client.wire.protocol.timeout_keep_alive
        said = request(js("event.from", session, ["vm"], token(gateway, session), 100.0), JSON)
        client.send(said[:-1])
        assert self.later(gateway, client, 2 * limit) == ""
        client.send(said[-1:])
        assert self.later(gateway, client, 2 * limit) == ""
        gateway.create("VM")
        client.finish()
        assert client.wire.written.count(b"HTTP/1.1 200") == 2
        assert client.wire.protocol.timeout_keep_alive_task is not None
        assert self.later(gateway, client, limit) == "closed"


class TestKeptHeads:
    """Heads that come again and again are kept, but none that holds a secret, nor too many."""

    @pytest.mark.parametrize(
        "name", ["Authorization", "Cookie", "Traceparent", "Originator", "X-Other"]
    )
    def test_only_harmless_ones(self, name: str) -> None:
        heads = CallHeads(trusted=False)
        assert heads.read(request(b"", **{name: "Basic cm9vdDpwYXNz"})) is not None
        assert not heads._kept
        assert heads.read(request(b"")) is not None
        assert heads._kept

    def test_not_too_many(self) -> None:
        heads = CallHeads(trusted=False)
        for length in range(KEPT_MAX + 5):
            head = heads.read(request(b"", Content_Length=str(length)))
            assert head is not None and head.length == length
            assert len(heads._kept) <= KEPT_MAX
