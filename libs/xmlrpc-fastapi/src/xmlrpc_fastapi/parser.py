"""Reads a ``methodCall`` chunk by chunk, with expat.

An element may stand only where XML-RPC has it: a misspelt one is refused, not guessed at. Among
members of the same name the first counts. Document types and entities are refused as soon as they
are declared, so no entity is ever expanded.
"""

import base64
import codecs
import re
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from xmlrpc_fastapi.faults import ParseError, TooLarge, UnknownCharset
from xmlrpc_fastapi.limits import Limits
from xmlrpc_fastapi.values import DateTime

BLANK = " \t\r\n"
INT64 = range(-(2**63), 2**63)
INTEGER = re.compile(r"[+-]?0{0,40}[0-9]{1,19}")
DOUBLE = re.compile(r"[+-]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?|nan|inf(inity)?)", re.I)
BOOLEANS = {"0": False, "1": True, "false": False, "true": True}

# Python would look for a module of any given name, and remember each failure.
CHARSET = re.compile(
    r"utf-?8|(us-)?ascii|utf-(16|32)(le|be)?|latin-?1|iso[-_]?8859-([1-9]|1[013456])"
    r"|(windows-|cp)125[0-8]|koi8-[ru]|gb2312|gbk|gb18030|big5|shift_jis|euc-(jp|kr)",
    re.I,
)
UTF8 = re.compile(r"utf-?8|(us-)?ascii", re.I)
BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
DECLARES_ENCODING = re.compile(rb"<\?xml\s[^>]*\sencoding\s*=")


# Most calls have texts of ASCII for parameters and no markup in them, and are read by patterns.
_S = rb"[ \t\r\n]*"
_TEXT = rb"[^<&>\r\x00-\x08\x0b\x0c\x0e-\x1f]*"
_PARAM = rb"<param>%(s)b<value>(?:<string>%(t)b</string>|%(t)b)</value>%(s)b</param>%(s)b" % {
    b"s": _S,
    b"t": _TEXT,
}
PLAIN_CALL = re.compile(
    rb"(?:<\?xml version=(?:'1\.0'|\"1\.0\")\?>)?%(s)b<methodCall>%(s)b"
    rb"<methodName>([\w.:]+)</methodName>%(s)b"
    rb"<params>%(s)b((?:%(p)b)*)</params>%(s)b</methodCall>%(s)b" % {b"s": _S, b"p": _PARAM}
)
PLAIN_VALUE = re.compile(rb"<value>(?:<string>)?([^<]*)<")


def plain_call(body: bytes, limits: Limits) -> tuple[str, list[Any]] | None:
    """What `CallParser` reads in a call of plain texts; None for any other body."""
    if not body.isascii() or len(body) > limits.body_bytes:
        return None
    call = PLAIN_CALL.fullmatch(body)
    if call is None:
        return None
    params = PLAIN_VALUE.findall(call[2])
    if len(params) > limits.values or limits.depth < 1:
        return None
    return call[1].decode(), [param.decode() for param in params]


def _integer(text: str) -> int:
    said = text.strip(BLANK)
    if not INTEGER.fullmatch(said) or (value := int(said)) not in INT64:
        raise ParseError(f"{_shown(said)} is no integer of 64 bits")
    return value


def _boolean(text: str) -> bool:
    try:
        return BOOLEANS[text.strip(BLANK).lower()]
    except KeyError:
        raise ParseError(f"{_shown(text)} is no boolean") from None


def _double(text: str) -> float:
    said = text.strip(BLANK)
    if not DOUBLE.fullmatch(said):
        raise ParseError(f"{_shown(said)} is no double")
    return float(said)


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise ParseError(f"{_shown(text)} is not base64: {error}") from error


def _nil(text: str) -> None:
    if text.strip(BLANK):
        raise ParseError("nil has no text")


def _shown(text: str) -> str:
    """The beginning of a text that may be long, for a message."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


SCALARS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "int": _integer,
    "i4": _integer,
    "i8": _integer,
    "boolean": _boolean,
    "double": _double,
    "dateTime.iso8601": lambda text: DateTime(text.strip(BLANK)),
    "base64": _base64,
    "nil": _nil,
}
LEAVES: dict[str, Callable[[str], Any]] = {**SCALARS, "name": str, "methodName": str.strip}

DOCUMENT = "the document"
# Elements whose children have a fixed order, and how many of them must be there.
IN_ORDER: dict[str, tuple[frozenset[str], ...]] = {
    DOCUMENT: (frozenset({"methodCall"}),),
    "methodCall": (frozenset({"methodName"}), frozenset({"params"})),
    "param": (frozenset({"value"}),),
    "value": (frozenset({*SCALARS, "array", "struct"}),),
    "array": (frozenset({"data"}),),
    "member": (frozenset({"name"}), frozenset({"value"})),
}
REQUIRED = {DOCUMENT: 1, "methodCall": 1, "param": 1, "member": 2}
# Elements that may have any number of one kind of child.
REPEATED = {"params": "param", "data": "value", "struct": "member"}


class _Element:
    """An open element: its text so far, and the values of its children."""

    __slots__ = ("children", "name", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        self.text: list[str] = []
        self.children: list[Any] = []

    def takes(self, name: str) -> bool:
        """Whether an element of that name may come next."""
        if self.name in REPEATED:
            return name == REPEATED[self.name]
        order = IN_ORDER.get(self.name, ())
        place = len(self.children)
        return place < len(order) and name in order[place]

    def close(self) -> Any:
        """What the element means; raises ParseError."""
        text = "".join(self.text)
        if self.name in LEAVES:
            return LEAVES[self.name](text)
        if self.name == "value" and not self.children:
            return text
        if text.strip(BLANK):
            raise ParseError(f"text stands in {self.name}: {_shown(text)}")
        if len(self.children) < REQUIRED.get(self.name, 0):
            raise ParseError(f"{self.name} is not whole")
        match self.name:
            case "value" | "param":
                return self.children[0]
            case "array":
                return self.children[0] if self.children else []
            case "struct":
                members: dict[str, Any] = {}
                for name, value in self.children:
                    members.setdefault(name, value)
                return members
        return self.children


class CallParser:
    """Feed it the body, then take the method's name and parameters from ``close``.

    ``charset`` is the one that HTTP names. It counts if the body has neither a declaration nor a
    byte order mark.
    """

    def __init__(self, limits: Limits, charset: str | None = None) -> None:
        self._limits = limits
        self._charset = None if charset is None or UTF8.fullmatch(charset) else charset
        self._held = bytearray()
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data
        self._parser.XmlDeclHandler = self._declared
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._open = [_Element(DOCUMENT)]
        self._depth = 0
        self._values = 0
        self._bytes = 0

    def feed(self, chunk: bytes) -> None:
        """Read a piece of the body; raises ParseError, TooLarge beyond a limit."""
        self._bytes += len(chunk)
        if self._bytes > self._limits.body_bytes:
            raise TooLarge(f"the body is larger than {self._limits.body_bytes} bytes")
        if self._charset is None:
            self._parse(chunk, False)
        else:
            self._held += chunk

    def close(self) -> tuple[str, list[Any]]:
        """The method's name and parameters; raises ParseError if the call is not complete."""
        self._parse(b"" if self._charset is None else self._decoded(self._charset), True)
        [[method, *params]] = self._open[0].close()
        return method, params[0] if params else []

    def _decoded(self, charset: str) -> bytes | str:
        """The whole body for expat: unchanged if it names its own encoding, else as text."""
        body = bytes(self._held)
        if body.startswith(BYTE_ORDER_MARKS) or DECLARES_ENCODING.match(body):
            return body
        _check_charset(charset)
        try:
            return body.decode(charset)
        except UnicodeDecodeError as error:
            raise ParseError(f"the body is not in {charset}: {error.reason}") from error

    def _parse(self, data: bytes | str, final: bool) -> None:
        try:
            self._parser.Parse(data, final)
        except (expat.ExpatError, ValueError) as error:
            raise ParseError(str(error)) from error

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None:
            _check_charset(encoding)

    def _refuse(self, *declared: object) -> None:
        raise ParseError("document types and entities are not accepted")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        # An extension's element, such as ex:nil, is known by its name without the namespace.
        name = name.rpartition(" ")[2]
        if not self._open[-1].takes(name):
            raise ParseError(f"{_shown(name)} may not stand there in {self._open[-1].name}")
        if name == "value":
            self._values += 1
            if self._values > self._limits.values:
                raise TooLarge(f"there are more than {self._limits.values} values")
            self._depth += 1
            if self._depth > self._limits.depth:
                raise TooLarge(f"values nest deeper than {self._limits.depth}")
        self._open.append(_Element(name))

    def _data(self, text: str) -> None:
        self._open[-1].text.append(text)

    def _end(self, name: str) -> None:
        done = self._open.pop()
        if done.name == "value":
            self._depth -= 1
        self._open[-1].children.append(done.close())


def _check_charset(name: str) -> None:
    if not CHARSET.fullmatch(name):
        raise UnknownCharset(f"the charset {_shown(name)} is not known")


def parse_call(
    body: bytes, limits: Limits | None = None, charset: str | None = None
) -> tuple[str, list[Any]]:
    """Read a whole body; returns the method's name and parameters. Raises ParseError."""
    limits = limits or Limits(body_bytes=max(len(body), 1))
    if charset is None or UTF8.fullmatch(charset):
        plain = plain_call(body, limits)
        if plain is not None:
            return plain
    parser = CallParser(limits, charset)
    parser.feed(body)
    return parser.close()
