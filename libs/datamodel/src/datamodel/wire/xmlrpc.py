"""Values on XML-RPC as the XenAPI's clients expect them.

Integers are decimal text without a tag, strings have no tag either, and there is no white space
between elements, because some clients' parsers stop there.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from itertools import chain

from datamodel.model import (
    BoolType,
    Class,
    DateTimeType,
    FloatType,
    MapType,
    Native,
    OptionType,
    RecordType,
    SetType,
    Type,
)
from datamodel.values import UNREADABLE

Encoder = Callable[[Native], str]

Pieces = list[bytes]
"""The encoding of a value, which is all its pieces one after the other."""

# Characters that XML cannot carry are dropped, as upstream drops control characters. A carriage
# return that is written as itself is read as a line feed.
_ESCAPES: dict[int, str | None] = {
    **{code: None for code in range(0x10000) if UNREADABLE.match(chr(code))},
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
    ord("\r"): "&#13;",
}

EMPTY = "<value></value>"


def escaped(text: str) -> str:
    """Text as XML has it between tags."""
    # What is printable and no markup stays as it is, as most texts do; this is found out faster.
    if text.isprintable() and not ("&" in text or "<" in text or ">" in text or '"' in text):
        return text
    return text.translate(_ESCAPES)


def text(value: object) -> str:
    """A value without a tag: strings, references, enumerations and integers."""
    return f"<value>{escaped(str(value))}</value>"


def texts(values: Collection[object]) -> str:
    """An array of values without a tag."""
    plain = [str(value) for value in values]
    together = "".join(plain)
    if escaped(together) is not together:
        return array(map(text, plain))
    return array([f"<value>{'</value><value>'.join(plain)}</value>"] if plain else ())


def _bool(value: object) -> str:
    return f"<value><boolean>{int(bool(value))}</boolean></value>"


def _float(value: object) -> str:
    return f"<value><double>{float(value):.16g}</double></value>"  # type: ignore[arg-type]


def _date(value: object) -> str:
    return f"<value><dateTime.iso8601>{value}</dateTime.iso8601></value>"


def _member(name: str, encoded: str) -> str:
    return f"<member><name>{escaped(name)}</name>{encoded}</member>"


class Codec:
    """Encodes native values by type; made once for a set of classes."""

    def __init__(self, classes: Mapping[str, Class]) -> None:
        self._classes = classes
        self.encoder: Callable[[Type], Encoder] = cache(self._make)

    def encode(self, type_: Type | None, value: Native) -> str:
        """``<value>…</value>`` of a native value; type None is for a call without a result."""
        return EMPTY if type_ is None else self.encoder(type_)(value)

    def _make(self, type_: Type) -> Encoder:
        match type_:
            case BoolType():
                return _bool
            case FloatType():
                return _float
            case DateTimeType():
                return _date
            case SetType(item):
                each = self.encoder(item)
                if each is text:
                    return texts  # type: ignore[return-value]
                return lambda value: array(map(each, value))  # type: ignore
            case MapType(_, value_type):
                inner = self.encoder(value_type)
                return lambda value: struct(
                    (key, inner(element))
                    for key, element in value.items()  # type: ignore
                )
            case OptionType(item):
                some = self.encoder(item)
                return lambda value: array(() if value is None else (some(value),))
            case RecordType(cls):
                return self._record(self._classes[cls])
            case _:
                return text

    def _record(self, cls: Class) -> Encoder:
        members = [(field.name, self.encoder(field.type)) for field in cls.public_fields]

        def record(value: Native) -> str:
            assert isinstance(value, Mapping)
            return struct(
                [(name, encode(value[name])) for name, encode in members if name in value]
            )

        return record


def array(items: Iterable[str]) -> str:
    return f"<value><array><data>{''.join(items)}</data></array></value>"


def struct(members: Iterable[tuple[str, str]]) -> str:
    inside = "".join([_member(name, value) for name, value in members])
    return f"<value><struct>{inside}</struct></value>"


def pieces_of_struct(members: Iterable[tuple[str, Iterable[bytes]]]) -> Pieces:
    """A struct whose values may be long, and are not copied."""
    pieces = [b"<value><struct>"]
    for name, value in members:
        pieces += (f"<member><name>{escaped(name)}</name>".encode(), *value, b"</member>")
    pieces.append(b"</struct></value>")
    return pieces


def pieces_of_array(items: Iterable[Pieces]) -> Pieces:
    """An array of values that may be long."""
    return [b"<value><array><data>", *chain.from_iterable(items), b"</data></array></value>"]


SUCCESS = struct((("Status", text("Success")), ("Value", "\0"))).encode().split(b"\0")


def success(encoded: Pieces) -> Pieces:
    """The envelope of an answer around an encoded value."""
    before, after = SUCCESS
    return [before, *encoded, after]


def failure(description: list[str]) -> Pieces:
    """The envelope of an error around its ErrorDescription."""
    encoded = struct((("Status", text("Failure")), ("ErrorDescription", texts(description))))
    return [encoded.encode()]
