"""Python values as XML, and the documents around them, without white space between elements."""

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from xmlrpc_fastapi.faults import Fault
from xmlrpc_fastapi.values import DateTime

# XML cannot carry these, so they are replaced. A bare carriage return is read as a line feed.
_UNREADABLE = {*range(32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF} - {*b"\t\n\r"}
_ESCAPES = dict.fromkeys(_UNREADABLE, "\N{REPLACEMENT CHARACTER}") | {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord("\r"): "&#13;",
}
HEAD = '<?xml version="1.0"?>'
BEFORE = f"{HEAD}<methodResponse><params><param>".encode()
AFTER = b"</param></params></methodResponse>"


class Codec(Protocol):
    """Turns a result into the XML of one ``value`` element."""

    def encode(self, value: Any) -> str: ...


class StandardCodec:
    """XML-RPC by the book, with ``i8`` beyond 32 bits and ``nil`` for None."""

    def encode(self, value: Any) -> str:
        """``<value>…</value>``; raises TypeError for a type that XML-RPC does not have."""
        return f"<value>{self._inside(value)}</value>"

    def _inside(self, value: Any) -> str:
        match value:
            case None:
                return "<nil/>"
            case bool():
                return f"<boolean>{int(value)}</boolean>"
            case int():
                return _integer(value)
            case float():
                return f"<double>{value!r}</double>"
            case DateTime():
                return f"<dateTime.iso8601>{value.translate(_ESCAPES)}</dateTime.iso8601>"
            case datetime():
                text = f"{value.year:04}{value:%m%dT%H:%M:%S}"
                return f"<dateTime.iso8601>{text}</dateTime.iso8601>"
            case str():
                return f"<string>{value.translate(_ESCAPES)}</string>"
            case bytes():
                return f"<base64>{base64.b64encode(value).decode()}</base64>"
            case list() | tuple():
                items = "".join(self.encode(item) for item in value)
                return f"<array><data>{items}</data></array>"
            case dict():
                members = "".join(
                    f"<member><name>{str(name).translate(_ESCAPES)}</name>{self.encode(item)}</member>"
                    for name, item in value.items()
                )
                return f"<struct>{members}</struct>"
        raise TypeError(f"XML-RPC has no form for {type(value).__name__}")


def _integer(value: int) -> str:
    if -(2**31) <= value < 2**31:
        return f"<int>{value}</int>"
    if -(2**63) <= value < 2**63:
        return f"<i8>{value}</i8>"
    raise TypeError("XML-RPC has no form for an integer beyond 64 bits")


def pieces_of_response(encoded: Iterable[bytes]) -> list[bytes]:
    """A ``methodResponse`` around an encoded value, both in pieces: long ones are not copied."""
    return [BEFORE, *encoded, AFTER]


def response(encoded: Iterable[bytes]) -> bytes:
    """A ``methodResponse`` around the pieces of an encoded value."""
    return b"".join(pieces_of_response(encoded))


def fault_struct(fault: Fault) -> dict[str, Any]:
    return {"faultCode": fault.code, "faultString": fault.text}


def fault_response(fault: Fault) -> bytes:
    encoded = StandardCodec().encode(fault_struct(fault))
    return f"{HEAD}<methodResponse><fault>{encoded}</fault></methodResponse>".encode()
