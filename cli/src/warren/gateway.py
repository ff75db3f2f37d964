"""Calls to this installation's gateway, in a session of the pool itself."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xmlrpc.client import Fault, ServerProxy

NULL_REF = "OpaqueRef:NULL"


class GatewayError(Exception):
    """The gateway cannot be reached, or refuses a call."""


class Session:
    """A session of the pool; ``call`` raises GatewayError."""

    def __init__(self, url: str, authority_file: str) -> None:
        self._proxy = ServerProxy(url, context=ssl.create_default_context(cafile=authority_file))

    def call(self, method: str, *parameters: Any) -> Any:
        try:
            answer: Any = getattr(self._proxy, method)(*parameters)
        except (OSError, Fault) as error:
            raise GatewayError(f"{method}: {error}") from error
        if answer["Status"] != "Success":
            raise GatewayError(f"{method}: {' '.join(answer['ErrorDescription'])}")
        return answer["Value"]


@contextmanager
def session(url: str, authority_file: str, pool_secret: str) -> Iterator[Any]:
    """A function that makes calls in a new session, which ends with the block."""
    gateway = Session(url, authority_file)
    opened = gateway.call("session.slave_login", NULL_REF, pool_secret)
    try:
        yield lambda method, *parameters: gateway.call(method, opened, *parameters)
    finally:
        gateway.call("session.logout", opened)
