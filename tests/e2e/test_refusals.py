"""What a broker does that cannot take a message now: its sender tries again."""

from collections.abc import Iterator

import pika
import pytest
from broker.envelope import Message

from broker import BrokerSettings, CallTimeout, Connection, connect

QUEUE = "tests.refusals"


@pytest.fixture
def full(settings: BrokerSettings) -> Iterator[Connection]:
    """A connection to a broker whose ``QUEUE`` has no room for more than what is in it."""
    connection = connect(settings)
    with pika.BlockingConnection(settings.parameters()) as operator:
        bounds = {"x-max-length": 1, "x-overflow": "reject-publish"}
        operator.channel().queue_declare(QUEUE, durable=True, arguments=bounds)
        connection.send(QUEUE, Message(method="first", body={}))
        yield connection
        operator.channel().queue_delete(QUEUE)
    connection.close()


def test_a_refused_message_is_sent_again_until_there_is_room(
    full: Connection, settings: BrokerSettings
) -> None:
    second = full.call_async(QUEUE, Message(method="second", body={}), timeout_s=60.0)
    with pytest.raises(CallTimeout):
        full.send(QUEUE, Message(method="third", body={}), timeout_s=1.0)
    with pika.BlockingConnection(settings.parameters()) as operator:
        found: list[str] = []
        # The test's timeout ends what never comes.
        while found != ["first", "second"]:
            method, properties, _ = operator.channel().basic_get(QUEUE, auto_ack=True)
            found += [] if method is None else [properties.type]
    assert not second.done()
