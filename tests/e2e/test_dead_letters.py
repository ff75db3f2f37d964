"""Dead letters of a running pool: looked at, and sent again to where they were meant for."""

import uuid
from typing import Any

import pika
import pytest
from broker.dead_letters import DeadLetter, look, resend
from broker.envelope import VERSION, VERSION_HEADER
from broker.topology import FORWARDER_QUEUE

from broker import BrokerSettings

GARBAGE = b"{no JSON"


def send(settings: BrokerSettings, body: bytes, headers: dict[str, Any]) -> str:
    """Send a call to the forwarders; its id."""
    id_ = str(uuid.uuid4())
    with pika.BlockingConnection(settings.parameters()) as connection:
        properties = pika.BasicProperties(message_id=id_, type="VM.start", headers=headers)
        connection.channel().basic_publish("", FORWARDER_QUEUE, body, properties)
    return id_


@pytest.fixture
def sent(settings: BrokerSettings) -> str:
    """The id of a message that no forwarder can read."""
    return send(settings, GARBAGE, {"task": "t"})


def found(settings: BrokerSettings, id_: str) -> DeadLetter:
    """The dead letter, once it is there."""
    while True:
        for letter in look(settings):
            if letter.id == id_:
                return letter


def test_what_nobody_can_read_is_kept_with_its_reason(settings: BrokerSettings, sent: str) -> None:
    letter = found(settings, sent)
    assert (letter.queue, letter.method) == (FORWARDER_QUEUE, "VM.start")
    assert letter.body == GARBAGE.decode()
    assert letter.headers["task"] == "t"
    assert letter.reason.startswith("the body is no JSON")
    assert letter.reason in letter.advice()


def test_looking_takes_nothing_away(settings: BrokerSettings, sent: str) -> None:
    first = found(settings, sent)
    assert found(settings, sent) == found(settings, sent) == first


def test_sent_again_it_goes_where_it_was_meant_for(settings: BrokerSettings, sent: str) -> None:
    letter = found(settings, sent)
    assert resend(settings, lambda other: other.id == sent) == [letter]
    # The forwarder refuses it a second time, so it was there again.
    assert found(settings, sent).body == letter.body


def test_a_message_of_a_version_to_come_is_kept_until_its_receiver_is_upgraded(
    settings: BrokerSettings,
) -> None:
    id_ = send(settings, b"{}", {VERSION_HEADER: VERSION + 1})
    assert found(settings, id_).reason.startswith("a newer Warren wrote it")


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (b"{}", {"deadline": "soon"}, "its headers cannot be read"),
        (b"{}", {"deadline": "nan"}, "its headers cannot be read"),
        (b"{}", {"deadline": "inf"}, "its headers cannot be read"),
        (b"{}", {VERSION_HEADER: "new"}, "its headers cannot be read"),
        (b"{}", {}, "KeyError"),
        (b"[]", {}, "TypeError"),
    ],
)
def test_what_is_odd_about_a_message_harms_only_itself(
    api: Any, settings: BrokerSettings, body: bytes, headers: dict[str, Any], reason: str
) -> None:
    id_ = send(settings, body, headers)
    assert found(settings, id_).reason.startswith(reason)
    vm = api.VM.get_all()[0]
    api.VM.update_allowed_operations(vm)
    assert len([letter for letter in look(settings) if letter.id == id_]) == 1
