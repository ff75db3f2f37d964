"""A machine that vanishes says nothing: who was connected to it finds out by himself."""

import time
from unittest.mock import Mock

import pytest
from broker.settings import GONE_S

from broker import BrokerSettings, Connection

SETTINGS = BrokerSettings((("127.0.0.1", 5672),), "/", "user", "password", "test")
SILENCE_MAX_S = 30
"""After so long a host is said to be silent; see `forwarder.updates.hearing`."""


def test_a_vanished_node_is_left_before_anybody_takes_us_for_silent() -> None:
    options = SETTINGS.parameters().tcp_options
    idle = options["TCP_KEEPIDLE"] + options["TCP_KEEPINTVL"] * options["TCP_KEEPCNT"]
    assert idle <= GONE_S
    assert options["TCP_USER_TIMEOUT"] == GONE_S * 1000
    assert 2 * GONE_S < SILENCE_MAX_S


def test_a_connection_lasts_from_its_opening_to_its_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.connection.loop", Mock)
    connection = Connection(SETTINGS)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert not connection.connected_for(0.0)
    connection._begin()
    assert connection.connected_for(0.0)
    assert not connection.connected_for(10.0)
    now += 10.0
    assert connection.connected_for(10.0)
    connection._ready.clear()
    connection._begin()
    assert not connection.connected_for(10.0), "it was lost in between"
