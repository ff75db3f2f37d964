"""Calls of a host's daemon, typed by its interface: ``client("VM.start", id=…, force=False)``."""

from collections.abc import Callable
from typing import Any

from xenops.envelope import XENOPSD, Interface

Transport = Callable[[str, dict[str, Any], str], Any]
"""Sends a method's body under an operation id and returns the reply's body."""


class Client:
    """One daemon, xenopsd by default; ``debug_info`` of its calls is ``debug``."""

    def __init__(self, transport: Transport, debug: str, interface: Interface = XENOPSD) -> None:
        self._transport = transport
        self._debug = debug
        self._interface = interface

    def __call__(self, wire: str, operation: str, **params: Any) -> Any:
        """Call under an operation's id; raises the interface's error, or the transport's."""
        declared = self._interface.method(wire)
        if "debug_info" in declared.params:
            params["debug_info"] = self._debug
        body = self._interface.request(wire, params, operation)
        return self._interface.read_reply(declared, self._transport(wire, body, operation))
