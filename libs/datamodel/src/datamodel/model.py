"""The frozen description of the XenAPI that the declarations are read into."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final, Literal, TypeAlias

from datamodel.objects import ClassName


class _Missing(Enum):
    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing.MISSING
"""Says that there is no default, which None (a value of option types) could not say."""

Native: TypeAlias = object
"""A value in native form: str, int, float, bool, list, dict with string keys, None (no option)."""

Qualifier = Literal["RW", "StaticRO", "DynamicRO"]


@dataclass(frozen=True)
class StringType:
    def __str__(self) -> str:
        return "string"


@dataclass(frozen=True)
class SecretType:
    """A string that must not be written to logs."""

    def __str__(self) -> str:
        return "secret_string"


@dataclass(frozen=True)
class IntType:
    """A signed integer of 64 bits."""

    def __str__(self) -> str:
        return "int"


@dataclass(frozen=True)
class FloatType:
    def __str__(self) -> str:
        return "float"


@dataclass(frozen=True)
class BoolType:
    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True)
class DateTimeType:
    """A time in the form YYYYMMDDTHH:MM:SSZ."""

    def __str__(self) -> str:
        return "datetime"


@dataclass(frozen=True)
class EnumType:
    name: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"enum({self.name})"


@dataclass(frozen=True)
class RefType:
    cls: ClassName

    def __str__(self) -> str:
        return f"ref({self.cls})"


@dataclass(frozen=True)
class RecordType:
    cls: ClassName

    def __str__(self) -> str:
        return f"record({self.cls})"


@dataclass(frozen=True)
class SetType:
    item: "Type"

    def __str__(self) -> str:
        return f"set({self.item})"


@dataclass(frozen=True)
class MapType:
    key: "Type"
    value: "Type"

    def __str__(self) -> str:
        return f"map({self.key},{self.value})"


@dataclass(frozen=True)
class OptionType:
    item: "Type"

    def __str__(self) -> str:
        return f"option({self.item})"


Type: TypeAlias = (
    StringType
    | SecretType
    | IntType
    | FloatType
    | BoolType
    | DateTimeType
    | EnumType
    | RefType
    | RecordType
    | SetType
    | MapType
    | OptionType
)

NATIVE: Final[Mapping[type, type]] = {
    StringType: str,
    SecretType: str,
    DateTimeType: str,
    IntType: int,
    FloatType: float,
    BoolType: bool,
}
"""What a value of a plain type is in Python.

Each walk over the other types makes something else of their parts: a type of Python
(`datamodel.signatures`), a name in the client (`datamodel.client`), a checked value
(`datamodel.values`).
"""

History = tuple[tuple[str, str], ...]
"""Transitions of a class, field or message with the release of each, oldest first."""

STATES = ("Published", "Prototyped", "Deprecated", "Removed")


def state_of(history: History) -> str:
    """The present state: that of the last transition that has one (``Changed`` has none)."""
    return next((name for name, _ in reversed(history) if name in STATES), "Published")


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of a class. ``empty`` is the native value of a record that was given none."""

    name: str
    doc: str
    type: Type
    qualifier: Qualifier
    default: Native
    setter_role: str | None
    getter_role: str
    history: History
    column: str
    internal_only: bool = False
    persist: bool = True
    has_effect: bool = False
    has_rules: bool = False
    ignore_foreign_key: bool = False
    client_cert: tuple[str, ...] = ()
    doc_tags: tuple[str, ...] = ()
    map_keys_roles: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def state(self) -> str:
        return state_of(self.history)

    @property
    def db_column(self) -> str:
        """The name of the field in expressions of ``get_all_records_where``."""
        return self.column

    @cached_property
    def empty(self) -> Native:
        # Some references are declared with an empty default, which is no reference at all.
        if self.default is MISSING or (isinstance(self.type, RefType) and self.default == ""):
            return empty_value(self.type)
        return self.default


@dataclass(frozen=True, kw_only=True)
class Param:
    """A parameter of a message. One with a default may be left out, with all that follow it."""

    name: str
    type: Type
    default: Native = MISSING
    doc: str = ""
    since: str | None = "rio"


@dataclass(frozen=True, kw_only=True)
class Message:
    """A call. ``params`` leaves out the session, which comes first where ``session`` is true."""

    cls: ClassName
    name: str
    doc: str
    params: tuple[Param, ...]
    result: Type | None
    min_role: str
    impl: Literal["db", "custom", "forward"]
    history: History
    implicit: str | None = None
    field: str | None = None
    has_rules: bool = False
    session: bool = True
    is_async: bool = False
    secret: bool = False
    pool_internal: bool = False
    hide_from_docs: bool = False
    client_cert: bool = False
    custom_marshaller: bool = False
    no_current_operations: bool = False
    forward_to: tuple[str, str] | None = None
    errors: tuple[str, ...] = ()
    doc_tags: tuple[str, ...] = ()
    map_keys_roles: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @cached_property
    def wire(self) -> str:
        return f"{self.cls}.{self.name}"

    @cached_property
    def state(self) -> str:
        return state_of(self.history)

    @cached_property
    def is_plain(self) -> bool:
        """Whether the database alone answers it: it reads, or it sets a field without rules."""
        return self.impl == "db" and not self.has_rules

    @cached_property
    def required(self) -> int:
        """How many parameters must be given."""
        return sum(param.default is MISSING for param in self.params)


@dataclass(frozen=True, kw_only=True)
class Class:
    """A class of the XenAPI with its explicit and implicit messages."""

    name: ClassName
    doc: str
    fields: Mapping[str, Field]
    messages: Mapping[str, Message]
    history: History
    create_destroy_role: str
    implicit_role: str
    in_database: bool
    persistent: bool
    gen_events: bool
    has_constructor: bool
    ctor_fields: tuple[str, ...] = ()
    force_custom_actions: str | None = None
    db_logging: str | None = None
    doc_tags: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        return state_of(self.history)

    @cached_property
    def public_fields(self) -> tuple[Field, ...]:
        """The fields that records show, in the order of the wire."""
        return tuple(field for field in self.fields.values() if not field.internal_only)


@dataclass(frozen=True)
class Relation:
    """Two fields that say the same from both ends; if one-to-many, ``one`` is the reference."""

    kind: Literal["one-to-many", "many-to-many", "self"]
    one: tuple[ClassName, str]
    many: tuple[ClassName, str]


def empty_value(type_: Type) -> Native:
    """What a record has for a field of this type that was given no value."""
    match type_:
        case StringType() | SecretType():
            return ""
        case IntType():
            return 0
        case FloatType():
            return 0.0
        case BoolType():
            return False
        case DateTimeType():
            return "19700101T00:00:00Z"
        case EnumType(_, values):
            return values[0]
        case RefType():
            return "OpaqueRef:NULL"
        case SetType():
            return []
        case MapType() | RecordType():
            return {}
        case OptionType():
            return None
