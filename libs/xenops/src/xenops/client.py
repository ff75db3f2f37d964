"""Calls of xenopsd, typed by the interface: ``client("VM.start", id=…, force=False)``."""

from collections.abc import Callable
from typing import Any

from xenops.envelope import method, read_reply, request

Transport = Callable[[str, dict[str, Any], str], Any]
"""Sends a method's body under an operation id and returns the reply's body."""


class Client:
    """One xenopsd; ``debug_info`` of its calls is ``debug``."""

    def __init__(self, transport: Transport, debug: str) -> None:
        self._transport = transport
        self._debug = debug

    def __call__(self, wire: str, operation: str, **params: Any) -> Any:
        """Call; raises XenopsError, or what the transport raises; ``operation`` is its id."""
        declared = method(wire)
        if "debug_info" in declared.params:
            params["debug_info"] = self._debug
        return read_reply(
            declared, self._transport(wire, request(wire, params, operation), operation)
        )
