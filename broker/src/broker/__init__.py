"""The only code that speaks AMQP: topology, envelopes, calls and the private node."""

from broker.at_once import AtOnce
from broker.connection import Connection, connect
from broker.delivery import Delivery
from broker.errors import BrokerError, CallTimeout, Unroutable
from broker.settings import BrokerSettings

__all__ = [
    "AtOnce",
    "BrokerError",
    "BrokerSettings",
    "CallTimeout",
    "Connection",
    "Delivery",
    "Unroutable",
    "connect",
]
