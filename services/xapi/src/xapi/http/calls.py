"""Calls whose bytes are all there, which are the most: no object is made for such a request."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from xapi.http.heads import CallHead, CallHeads
from xapi.http.pages import CORS, UNCACHED

JSON, XML = b"application/json", b"text/xml"
HEADERS = {
    kind: b"".join(
        f"{name.lower()}: {value}\r\n".encode()
        for name, value in {"content-type": kind.decode(), **CORS, **UNCACHED}.items()
    )
    for kind in (JSON, XML)
}


Answer = Callable[[CallHead, bytes], Coroutine[Any, Any, list[bytes]]]
"""From a call's head and body to the pieces of the answer's body.

Raises ParseError, before it waits, for a body that is no call.
"""


class Calls:
    """The calls of one listener; ``trusted`` is for the unix socket."""

    def __init__(self, answer: Answer, *, trusted: bool) -> None:
        self.answer = answer
        self.heads = CallHeads(trusted=trusted)


def head_of_answer(
    to: CallHead, length: int, defaults: Iterable[tuple[bytes, bytes]], *, last: bool
) -> bytes:
    """The head of an answer; ``defaults`` are uvicorn's headers, ``last`` ends the connection."""
    kind = JSON if to.is_json else XML
    parts = [b"HTTP/1.1 200 OK\r\n"]
    for name, value in defaults:
        parts += (name, b": ", value, b"\r\n")
    parts += (b"content-length: %d\r\n" % length, HEADERS[kind])
    if last:
        parts.append(b"connection: close\r\n")
    parts.append(b"\r\n")
    return b"".join(parts)
