"""Converts values of either wire to native values of the declared types; makes empty records."""

import math
import re
from collections.abc import Mapping

from datamodel import dates
from datamodel.errors import XenAPIError
from datamodel.model import (
    BoolType,
    Class,
    DateTimeType,
    EnumType,
    FloatType,
    IntType,
    MapType,
    Native,
    OptionType,
    RecordType,
    RefType,
    SecretType,
    SetType,
    StringType,
    Type,
)
from datamodel.refusals import no_record, wrong_type

INTEGER = re.compile(r"[+-]?(0{0,40}[0-9]{1,19}|0[xX]0{0,40}[0-9a-fA-F]{1,16})")
FLOAT = re.compile(r"[+-]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?|nan|inf(inity)?)", re.I)
# XML cannot carry these, so no client of XML-RPC could read them.
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
INT_MIN, INT_MAX = -(2**63), 2**63 - 1


def to_native(type_: Type, value: object, classes: Mapping[str, Class]) -> Native:
    """Convert what a client sent. On either wire an integer may be a number or a decimal text.

    Raises INTERNAL_ERROR for a value of another type, INVALID_VALUE for a text that XML cannot
    carry or a number that JSON cannot.
    """
    match type_:
        case StringType() | SecretType() | RefType():
            if not isinstance(value, str):
                raise wrong_type(type_, value)
            if UNREADABLE.search(value):
                raise invalid_value("a character that XML cannot carry", ascii(value))
            return str(value)
        case EnumType(_, values):
            # Clients write enumerations in any case.
            for known in values:
                if isinstance(value, str) and known.lower() == value.lower():
                    return known
            raise wrong_type(type_, value)
        case IntType():
            return _integer(type_, value)
        case FloatType():
            return _float(type_, value)
        case BoolType():
            if isinstance(value, bool):
                return value
            raise wrong_type(type_, value)
        case DateTimeType():
            return _date(type_, value)
        case SetType(item):
            if not isinstance(value, list):
                raise wrong_type(type_, value)
            return [to_native(item, element, classes) for element in value]
        case MapType(key_type, value_type):
            if not isinstance(value, dict):
                raise wrong_type(type_, value)
            return {
                str(to_native(key_type, key, classes)): to_native(value_type, element, classes)
                for key, element in value.items()
            }
        case RecordType(cls):
            if not isinstance(value, dict):
                raise no_record()
            fields = classes[cls].fields
            return {
                name: to_native(fields[name].type, element, classes)
                for name, element in value.items()
                if name in fields
            }
        case OptionType(item):
            return None if value is None else to_native(item, value, classes)


def _integer(type_: Type, value: object) -> int:
    if isinstance(value, str) and INTEGER.fullmatch(value):
        value = int(value, 16 if "x" in value.lower() else 10)
    if isinstance(value, int) and not isinstance(value, bool) and INT_MIN <= value <= INT_MAX:
        return value
    raise wrong_type(type_, value)


def _float(type_: Type, value: object) -> float:
    if isinstance(value, str) and FLOAT.fullmatch(value):
        value = float(value)
    if isinstance(value, int) and not isinstance(value, bool) and INT_MIN <= value <= INT_MAX:
        value = float(value)
    if not isinstance(value, float):
        raise wrong_type(type_, value)
    return _finite(value)


def _date(type_: Type, value: object) -> str:
    try:
        return dates.plain(value if isinstance(value, str) else "")
    except ValueError:
        raise wrong_type(type_, value) from None


def _finite(value: float) -> float:
    """Refuse numbers that JSON, on the way to the forwarders and to clients, cannot carry."""
    if not math.isfinite(value):
        raise invalid_value("a number that is not finite", value)
    return value


def default_record(cls: Class) -> dict[str, Native]:
    """A record with every field of the class at its default, or empty if it has none."""
    return {name: _copy(field.empty) for name, field in cls.fields.items()}


def _copy(value: Native) -> Native:
    if isinstance(value, list):
        return list(value)
    if isinstance(value, dict):
        return dict(value)
    return value


def invalid_value(name: str, value: object) -> XenAPIError:
    """The XenAPI's error for a value that its type allows but its meaning does not."""
    return XenAPIError("INVALID_VALUE", name, value)
