"""Upstream's errors for values of a wrong type; clients compare their words."""

from datamodel.errors import XenAPIError
from datamodel.model import (
    BoolType,
    DateTimeType,
    EnumType,
    FloatType,
    IntType,
    MapType,
    SetType,
    Type,
)


def wrong_type(type_: Type, value: object) -> XenAPIError:
    """The error for ``value`` where a value of ``type_`` has to be."""
    match type_, value:
        case DateTimeType(), str():
            text = f"Invalid argument: Clock__Date.of_iso8601: {value}"
            return XenAPIError("INTERNAL_ERROR", text)
        case DateTimeType(), _:
            return failure("Date.t_of_rpc")
        case EnumType(name="bond_mode"), _:
            return failure("Unmarshalling error in bond-mode")
        case EnumType(), _:
            return failure("Unknown tag/contents")
        case IntType(), str():
            return failure("Int64.of_string")
        case FloatType(), str():
            return failure("float_of_string")
        case SetType(), _:
            return failure(f"Expecting Rpc.Enum, but found '{notation(value)}'")
        case MapType(), _:
            return failure(f"Expecting Rpc.Dict, but found '{notation(value)}'")
        case BoolType(), _:
            wanted = "bool"
        case IntType(), _:
            wanted = "int64"
        case FloatType(), _:
            wanted = "float"
        case _:
            wanted = "string"
    return failure(f"Expected {wanted}, got '{notation(value)}'")


def no_record() -> XenAPIError:
    """The error for a constructor's argument that is not a struct."""
    return failure("bad __structure")


def absent(field: str) -> XenAPIError:
    """The error for a constructor's record without a field that has no default."""
    return XenAPIError("INTERNAL_ERROR", f'Server_helpers.Dispatcher_FieldNotFound("{field}")')


def failure(text: str) -> XenAPIError:
    """The error for a value that could not be read."""
    return XenAPIError("INTERNAL_ERROR", f'Failure("{_escaped(text)}")')


def notation(value: object) -> str:
    """A value from either wire as these errors show it: ``I(5)``, ``S(text)``, ``[S(a);N]``."""
    match value:
        case None:
            return "N"
        case bool():
            return f"B({str(value).lower()})"
        case int():
            return f"I({value})"
        case float():
            return f"F({value:g})"
        case bytes():
            return f"B64({value.decode(errors='replace')})"
        case list():
            return "[" + ";".join(map(notation, value)) + "]"
        case dict():
            return "{" + ";".join(f"{key}:{notation(item)}" for key, item in value.items()) + "}"
    return f"S({value})"


def number(value: float) -> str:
    """A float as these errors show it: with a point even after a whole number."""
    digits = f"{value:.12g}"
    return digits if any(sign in digits for sign in ".en") else f"{digits}."


NAMED_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b"}


def _escaped(text: str) -> str:
    """Text in quotes as upstream prints it: bytes beyond ASCII as decimal numbers."""
    return "".join(NAMED_ESCAPES.get(character) or _printable(character) for character in text)


def _printable(character: str) -> str:
    if " " <= character <= "~":
        return character
    return "".join(f"\\{byte:03d}" for byte in character.encode(errors="surrogatepass"))
