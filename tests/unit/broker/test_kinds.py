"""What the broker promises of a message follows from its kind, and is what the page says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pika.spec
import pytest
from broker.envelope import Message
from broker.kinds import KINDS, Kind

from broker import BrokerSettings, Connection

PAGE = Path(__file__).parents[3] / "docs" / "broker.md"
SETTINGS = BrokerSettings((("127.0.0.1", 5672),), "/", "user", "password", "test")
EACH_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.what)


class AtOnce:
    """The loop of a process that has one thread; what is to come later never comes."""

    def soon(self, action: Callable[[], object]) -> None:
        action()

    def call_later(self, delay: float, action: Callable[[], object]) -> None:
        self.later = action


class Channel:
    def __init__(self) -> None:
        self.sent: list[tuple[str, Any, bool]] = []

    def basic_publish(
        self, exchange: str, key: str, body: bytes, properties: Any, *, mandatory: bool = False
    ) -> None:
        self.sent.append((key, properties, mandatory))


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> AtOnce:
    found = AtOnce()
    monkeypatch.setattr("broker.connection.loop", lambda: found)
    monkeypatch.setattr("pika.SelectConnection", Mock())
    return found


@pytest.fixture
def connection(loop: AtOnce) -> Connection:
    found = Connection(SETTINGS)
    opened(found)
    return found


def opened(connection: Connection) -> None:
    """It has been opened, perhaps anew, and has its two channels."""
    connection._channel, connection._plain = Channel(), Channel()
    connection._published = 0
    connection._confirms.clear()
    connection._begin()


def told(connection: Connection, kind: type[Any], tag: int, *, multiple: bool = False) -> None:
    connection._confirmed(Mock(method=kind(delivery_tag=tag, multiple=multiple)))


def sent(connection: Connection, *, confirmed: bool) -> list[str]:
    channel: Any = connection._channel if confirmed else connection._plain
    return [key for key, _, _ in channel.sent]


@EACH_KIND
def test_only_what_is_confirmed_goes_by_the_channel_of_confirms(
    connection: Connection, kind: Kind
) -> None:
    connection.publish("exchange", "key", Message(method="m", body={}, kind=kind))
    assert sent(connection, confirmed=kind.is_confirmed) == ["key"]
    assert sent(connection, confirmed=not kind.is_confirmed) == []


@EACH_KIND
def test_only_what_is_durable_is_kept_on_disk(kind: Kind) -> None:
    properties = Message(method="m", body={}, kind=kind).properties()
    assert properties.delivery_mode == (2 if kind.is_durable else 1)


@EACH_KIND
def test_what_is_published_is_done_once_its_kind_promises_no_more(
    connection: Connection, kind: Kind
) -> None:
    done = connection.publish("exchange", "key", Message(method="m", body={}, kind=kind))
    assert done.done() is not kind.is_confirmed
    if kind.is_confirmed:
        told(connection, pika.spec.Basic.Ack, 1)
    assert done.done()
    opened(connection)
    assert sent(connection, confirmed=kind.is_confirmed) == [], "it was sent again"


@EACH_KIND
def test_a_call_is_sent_again_by_each_new_connection_until_it_is_answered(
    connection: Connection, kind: Kind
) -> None:
    message = Message(method="m", body={}, kind=kind)
    answer = connection.call_async("queue", message, timeout_s=10.0)
    for _ in range(3):
        ((_, properties, mandatory),) = (
            connection._channel if kind.is_confirmed else connection._plain
        ).sent
        assert mandatory
        assert not answer.done()
        if kind.is_confirmed:
            told(connection, pika.spec.Basic.Ack, 1)
        opened(connection)
    connection._replied(None, None, properties, b"1")
    assert answer.result() == 1
    opened(connection)
    assert sent(connection, confirmed=kind.is_confirmed) == []


@EACH_KIND
def test_what_comes_while_there_is_no_connection_goes_by_the_next(
    connection: Connection, kind: Kind
) -> None:
    connection._ready.clear()
    done = connection.publish("exchange", "key", Message(method="m", body={}, kind=kind))
    assert not done.done()
    opened(connection)
    assert sent(connection, confirmed=kind.is_confirmed) == ["key"]


def test_what_is_refused_is_sent_again(connection: Connection, loop: AtOnce) -> None:
    done = connection.publish("exchange", "key", Message(method="m", body={}))
    told(connection, pika.spec.Basic.Nack, 1)
    loop.later()
    assert sent(connection, confirmed=True) == ["key", "key"]
    told(connection, pika.spec.Basic.Ack, 2)
    assert done.done()


@pytest.mark.parametrize("upto", range(6))
def test_a_confirm_may_be_of_all_before_it(connection: Connection, upto: int) -> None:
    many = [connection.publish("exchange", "key", Message(method="m", body={})) for _ in range(5)]
    if upto:
        told(connection, pika.spec.Basic.Ack, upto, multiple=True)
    assert [one.done() for one in many] == [number < upto for number in range(5)]


def test_the_page_has_each_kind_and_what_is_promised_of_it() -> None:
    rows = {
        f"| {kind.what} | {_word(kind.is_durable)} | {_word(kind.is_confirmed)} | {kind.why} |"
        for kind in KINDS
    }
    assert rows <= set(PAGE.read_text().splitlines())


def _word(said: bool) -> str:
    return "yes" if said else "no"
