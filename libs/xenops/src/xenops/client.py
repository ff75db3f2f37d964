"""Calls of a host's daemons by their declarations: ``client(XENOPSD.VM.exists, "1", id=…)``."""

from collections.abc import Callable
from typing import Any

from xenops.envelope import Call, call_of
from xenops.idl import Declared, P, R

Transport = Callable[[Call, dict[str, Any], str], Any]
"""Sends a call's body under an operation's id and returns the reply's body."""


class Client:
    """``debug`` is the text for logs that each call begins with."""

    def __init__(self, transport: Transport, debug: str) -> None:
        self._transport = transport
        self._debug = debug

    def __call__(
        self, declared: Declared[P, R], operation: str, /, *args: P.args, **params: P.kwargs
    ) -> R:
        """Call under an operation's id; raises the interface's error, or the transport's."""
        call = call_of(declared)
        body = call.request(operation, self._debug, call.bind(*args, **params))
        answer: R = call.read_reply(self._transport(call, body, operation))
        return answer
