"""Values on XML-RPC as the XenAPI's clients expect them.

Integers are decimal text without a tag, strings have no tag either, and there is no white space
between elements, because some clients' parsers stop there.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache

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


def text(value: object) -> str:
    """A value without a tag: strings, references, enumerations and integers."""
    plain = str(value)
    if plain.isalnum():
        return f"<value>{plain}</value>"
    return f"<value>{plain.translate(_ESCAPES)}</value>"


def _bool(value: object) -> str:
    return f"<value><boolean>{int(bool(value))}</boolean></value>"


def _float(value: object) -> str:
    return f"<value><double>{float(value):.16g}</double></value>"  # type: ignore[arg-type]


def _date(value: object) -> str:
    return f"<value><dateTime.iso8601>{value}</dateTime.iso8601></value>"


def _member(name: str, encoded: str) -> str:
    return f"<member><name>{name.translate(_ESCAPES)}</name>{encoded}</member>"


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
                return lambda value: array(each(element) for element in value)  # type: ignore
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
            return struct((name, encode(value[name])) for name, encode in members if name in value)

        return record


def array(items: Iterable[str]) -> str:
    return f"<value><array><data>{''.join(items)}</data></array></value>"


def struct(members: Iterable[tuple[str, str]]) -> str:
    inside = "".join(_member(name, value) for name, value in members)
    return f"<value><struct>{inside}</struct></value>"


def success(encoded: str) -> str:
    """The envelope of an answer around an encoded value."""
    return struct((("Status", text("Success")), ("Value", encoded)))


def failure(description: list[str]) -> str:
    """The envelope of an error around its ErrorDescription."""
    encoded = array(text(part) for part in description)
    return struct((("Status", text("Failure")), ("ErrorDescription", encoded)))
