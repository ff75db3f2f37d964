"""Reads a ``methodCall`` chunk by chunk, with expat.

Document types and entities are refused as soon as they are declared, so no entity is ever expanded.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from xmlrpc_fastapi.faults import ParseError, TooLarge
from xmlrpc_fastapi.limits import Limits
from xmlrpc_fastapi.values import DateTime

SCALARS: dict[str, Callable[[str], Any]] = {}


def _boolean(text: str) -> bool:
    if text.strip() not in ("0", "1"):
        raise ValueError(f"{text!r} is no boolean")
    return text.strip() == "1"


def _base64(text: str) -> bytes:
    return base64.b64decode(text, validate=False)


SCALARS.update(
    {
        "string": str,
        "int": int,
        "i4": int,
        "i8": int,
        "boolean": _boolean,
        "double": float,
        "dateTime.iso8601": lambda text: DateTime(text.strip()),
        "base64": _base64,
        "nil": lambda text: None,
    }
)


class _Open:
    """An open ``value``: its content so far, and the containers inside it."""

    __slots__ = ("container", "name", "text", "typed", "value")

    def __init__(self) -> None:
        self.text: list[str] = []
        self.typed = False
        self.value: Any = None
        self.container: list[Any] | dict[str, Any] | None = None
        self.name = ""


class CallParser:
    """Feed it the body, then take the method's name and parameters from ``close``."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._stack: list[_Open] = []
        self._text: list[str] | None = None
        self._depth = 0
        self._values = 0
        self._bytes = 0
        self._root = ""
        self._method: str | None = None
        self._params: list[Any] = []

    def feed(self, chunk: bytes) -> None:
        """Read a piece of the body; raises ParseError, TooLarge beyond a limit."""
        self._bytes += len(chunk)
        if self._bytes > self._limits.body_bytes:
            raise TooLarge(f"the body is larger than {self._limits.body_bytes} bytes")
        self._parse(chunk, False)

    def close(self) -> tuple[str, list[Any]]:
        """The call: method's name and parameters; raises ParseError when there is no whole one."""
        self._parse(b"", True)
        if self._root != "methodCall" or self._method is None:
            raise ParseError("the document is no methodCall with a methodName")
        return self._method, self._params

    def _parse(self, chunk: bytes, final: bool) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            raise ParseError(str(error)) from error
        except (ValueError, binascii.Error) as error:
            raise ParseError(f"bad value: {error}") from error

    def _refuse(self, *declared: object) -> None:
        raise ParseError("document types and entities are not accepted")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > self._limits.depth * 3:
            raise TooLarge(f"values nest deeper than {self._limits.depth}")
        if not self._root:
            self._root = name
        if name == "value":
            self._values += 1
            if self._values > self._limits.values:
                raise TooLarge(f"there are more than {self._limits.values} values")
            if len(self._stack) >= self._limits.depth:
                raise TooLarge(f"values nest deeper than {self._limits.depth}")
            self._stack.append(_Open())
            self._text = None
        elif name == "array" and self._stack:
            self._stack[-1].container = []
        elif name == "struct" and self._stack:
            self._stack[-1].container = {}
        elif name in SCALARS or name in ("name", "methodName"):
            self._text = []

    def _data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)
        elif self._stack and self._stack[-1].container is None and not self._stack[-1].typed:
            self._stack[-1].text.append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == "value":
            self._end_value()
        elif name in SCALARS and self._text is not None and self._stack:
            self._stack[-1].typed = True
            self._stack[-1].value = SCALARS[name]("".join(self._text))
            self._text = None
        elif name == "name" and self._text is not None and self._stack:
            self._stack[-1].name = "".join(self._text)
            self._text = None
        elif name == "methodName" and self._text is not None:
            self._method = "".join(self._text).strip()
            self._text = None

    def _end_value(self) -> None:
        done = self._stack.pop()
        value: Any
        if done.container is not None:
            value = done.container
        elif done.typed:
            value = done.value
        else:
            value = "".join(done.text)
        if not self._stack:
            self._params.append(value)
            return
        parent = self._stack[-1]
        if isinstance(parent.container, list):
            parent.container.append(value)
        elif isinstance(parent.container, dict):
            parent.container[parent.name] = value
        else:
            raise ParseError("a value stands where none may")


def parse_call(body: bytes, limits: Limits | None = None) -> tuple[str, list[Any]]:
    """Read a whole body: method's name and parameters. Raises ParseError."""
    parser = CallParser(limits or Limits(body_bytes=max(len(body), 1)))
    parser.feed(body)
    return parser.close()
