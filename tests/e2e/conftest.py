"""The running pool's broker, as its operator reaches it."""

import pytest
from broker.topology import POOL_VHOST

from broker import BrokerSettings
from tests.conftest import Pool


@pytest.fixture
def settings(pool: Pool) -> BrokerSettings:
    return BrokerSettings(
        addresses=(("127.0.0.1", pool.layout.ports["amqp"]),),
        vhost=POOL_VHOST,
        user="operator",
        password=pool.layout.secret("broker-operator"),
        name="tests",
    )
