"""What a connection's bytes go to: actions that stream get all that follows their head."""

import pytest
from fastapi import Response
from starlette.types import Receive, Scope, Send
from xapi.http.asked import Asked
from xapi.http.registry import Served, serves
from xapi.http.streams import Stream

from tests.unit.xapi.conftest import Gateway
from tests.unit.xapi.wire import Client

ACTIONS: dict[str, Served] = {}


@serves("connect_console", ACTIONS)
async def echo(asked: Asked, stream: Stream) -> None:
    await stream.start()
    while data := await stream.read(1000):
        await stream.write(data)


@serves("connect_console_ws", ACTIONS)
async def upgraded(asked: Asked, stream: Stream) -> None:
    await stream.start(101, {"connection": "Upgrade", "upgrade": "echo"})
    while data := await stream.read(1000):
        await stream.write(data)


@serves("put_messages", ACTIONS)
async def swallow(asked: Asked, stream: Stream) -> None:
    await stream.start()


@serves("connect_remotecmd", ACTIONS)
async def breaks(asked: Asked, stream: Stream) -> None:
    await stream.start()
    raise ValueError("in the middle")


async def plain(scope: Scope, receive: Receive, send: Send) -> None:
    """What uvicorn serves: says the method and path. It does not read."""
    said = f"{scope['method']} {scope['path']}"
    closing = {"connection": "close"} if scope["path"] == "/refused" else {}
    await Response(said, headers=closing)(scope, receive, send)


@pytest.fixture
def client(gateway: Gateway) -> Client:
    return Client(gateway, ACTIONS, plain)


CONNECT = b"CONNECT /console?ref=OpaqueRef:x HTTP/1.0\r\ncookie: session_id=x\r\n\r\n"
UPGRADE = b"GET /console?uuid=x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
CALL = b"POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"
PAGE = b"GET /b HTTP/1.1\r\nHost: x\r\n\r\n"
AT_ONCE = b"\r\n\r\nsaid \x00 at once\r\n\r\nGET / HTTP/1.1\r\n\r\n"


@pytest.mark.parametrize("head", [CONNECT, UPGRADE])
def test_what_follows_the_head_at_once_is_not_lost_however_it_is_cut(
    gateway: Gateway, head: bytes
) -> None:
    whole = head + AT_ONCE
    for cut in range(len(whole)):
        client = Client(gateway, ACTIONS, plain)
        answer = client.send(whole[:cut], whole[cut:])
        assert answer.count(b"HTTP/1.1") == 2, cut
        assert answer.endswith(b"\r\n\r\n" + AT_ONCE), cut
        assert client.end().endswith(AT_ONCE), cut
        assert client.wire.closed == "closed"


def test_heads_of_answers_say_how_the_connection_goes_on(gateway: Gateway) -> None:
    tunnel = Client(gateway, ACTIONS, plain).send(CONNECT)
    assert tunnel.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Connection: close\r\n" in tunnel
    other = Client(gateway, ACTIONS, plain).send(UPGRADE)
    assert other.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"Connection: Upgrade\r\n" in other


def test_a_connection_may_have_been_used_before(client: Client) -> None:
    answer = client.send(CALL, PAGE, CONNECT + AT_ONCE)
    assert b"POST /a" in answer
    assert b"GET /b" in answer
    assert answer.endswith(AT_ONCE)


def test_a_tunnel_waits_for_the_answer_before_it(gateway: Gateway) -> None:
    """The head arrives while the request before it is still being answered."""
    client = Client(gateway, ACTIONS, plain)

    async def together() -> None:
        client.wire.protocol.data_received(PAGE)
        client.wire.protocol.data_received(CONNECT)
        client.wire.protocol.data_received(AT_ONCE)
        await client.settle()

    gateway.run(together())
    assert client.wire.written.index(b"GET /b") < client.wire.written.index(b"Connection: close")
    assert client.wire.written.endswith(AT_ONCE)


def test_all_else_is_as_without_it_however_it_is_cut(gateway: Gateway) -> None:
    whole = CALL + PAGE + CALL
    for cut in range(len(whole)):
        answer = Client(gateway, ACTIONS, plain).send(whole[:cut], whole[cut:])
        assert answer.count(b"HTTP/1.1 200 OK") == 3, cut


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET /b\r\n\r\n",
        b"GET /console HTTP/1.1\nHost: x\n\n",
        b"CONNECT /console HTTP/1.1\r\n:\x00\r\n\r\n",
        b"CONNECTED / HTTP/1.1\r\n\r\n",
        b"GET /" + b"x" * 100_000,
    ],
)
def test_what_is_not_http_gets_an_answer_or_waits_for_more(client: Client, nonsense: bytes) -> None:
    client.send(nonsense)
    answer = client.send(b" HTTP/1.1\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 200"))


def test_a_stream_that_breaks_ends_by_a_reset_without_a_word(client: Client) -> None:
    answer = client.send(b"CONNECT /remotecmd HTTP/1.1\r\n\r\n")
    assert answer.endswith(b"\r\n\r\n")
    assert client.wire.closed == "reset"


class TestEarlyAnswers:
    """Who is answered while still sending can read the answer: the connection closes gently."""

    HEAD = b"PUT /refused HTTP/1.1\r\nContent-Length: 1125899906842624\r\n\r\n"

    def test_the_answer_then_the_half_close_then_a_little_is_read(self, client: Client) -> None:
        answer = client.send(self.HEAD, b"x" * 1000)
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b"PUT /refused<end>")
        assert not client.wire.closed
        client.send(b"x" * 1000)
        assert not client.wire.closed
        client.end()
        assert client.wire.closed == "closed"

    def test_not_for_ever(self, client: Client) -> None:
        client.send(self.HEAD)
        for _ in range(17):
            client.send(b"x" * 1024 * 1024)
        assert client.wire.closed == "closed"

    def test_a_body_that_is_there_needs_no_patience(self, client: Client) -> None:
        answer = client.send(b"PUT /refused HTTP/1.1\r\nContent-Length: 1\r\n\r\nx")
        assert answer.endswith(b"PUT /refused")
        assert client.wire.closed == "closed"

    def test_so_is_a_stream_that_is_refused(self, gateway: Gateway) -> None:
        client = Client(gateway, ACTIONS, plain, trusted=False)
        answer = client.send(CONNECT + AT_ONCE)
        assert answer.startswith(b"HTTP/1.1 401")
        assert answer.endswith(b"<end>")
        assert not client.wire.closed
        client.end()
        assert client.wire.closed == "closed"
