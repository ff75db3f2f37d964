"""xenopsd's JSON: typed values to JSON, and back.

A record is an object, without keys for options that are absent; an option elsewhere is ``[]`` or
``[value]``. A variant is ``"Tag"`` or ``["Tag", value]``. A list of pairs of a string and a value
is an object. Reading is as lenient as in upstream's daemons: tags and keys in any case, numbers
also as text, unknown keys ignored, and the default, where there is one, for a value that is absent
or wrong.
"""

import dataclasses
import types
import typing
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Union

from xenops.idl import Variant


class DecodeError(Exception):
    """A JSON value is not of the type that was expected."""


class JsonNull:
    """A JSON null where any JSON may stand, to tell it from a value that is absent."""


NULL = JsonNull()

Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]
"""Encoder and decoder of a type."""


def encode(type_: Any, value: Any) -> Any:
    """The JSON of a value of a declared type."""
    return _codec(type_)[0](value)


def decode(type_: Any, json: Any) -> Any:
    """The value that JSON stands for; raises DecodeError."""
    return _codec(type_)[1](json)


@cache
def _codec(type_: Any) -> Codec:
    if typing.get_origin(type_) is Annotated:
        return _codec(typing.get_args(type_)[0])
    origin, arguments = typing.get_origin(type_), typing.get_args(type_)
    if origin in (Union, types.UnionType):
        return _option(arguments[0])
    if origin is list:
        return _list(arguments[0])
    if origin is dict:
        return _dict(*arguments)
    if origin is tuple:
        return _tuple(arguments)
    if dataclasses.is_dataclass(type_) and not issubclass(type_, Variant):  # type: ignore[arg-type]
        return _record(type_)
    if isinstance(type_, type) and issubclass(type_, StrEnum):
        return _enum(type_)
    if isinstance(type_, type) and issubclass(type_, Variant):
        return _variant(type_)
    return _plain(type_)


def _same(value: Any) -> Any:
    return value


def _plain(type_: Any) -> Codec:
    if type_ is Any:
        return (
            lambda value: None if value is NULL else value,
            lambda json: NULL if json is None else json,
        )
    if type_ in (None, type(None)):
        return lambda _: None, lambda _: None
    if type_ is float:
        return float, _number(float)
    if type_ is int:
        return int, _number(int)
    return _same, _exactly(type_)


def _number(kind: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(json: Any) -> Any:
        if isinstance(json, bool) or not isinstance(json, int | float | str):
            raise DecodeError(f"{json!r} is not a number")
        try:
            return kind(json)
        except ValueError as error:
            raise DecodeError(str(error)) from error

    return read


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(json: Any) -> Any:
        if not isinstance(json, kind):
            raise DecodeError(f"{json!r} is not a value of {kind.__name__}")
        return json

    return read


def _option(item: Any) -> Codec:
    write, read = _codec(item)

    def decode_option(json: Any) -> Any:
        if json is None or json == []:
            return None
        if isinstance(json, list) and len(json) == 1:
            return read(json[0])
        return read(json)

    return lambda value: [] if value is None else [write(value)], decode_option


def _is_pair_with_name(item: Any) -> bool:
    arguments = typing.get_args(item)
    return typing.get_origin(item) is tuple and len(arguments) == 2 and arguments[0] is str


def _list(item: Any) -> Codec:
    if _is_pair_with_name(item):
        write_value, read_value = _codec(typing.get_args(item)[1])
        return (
            lambda value: {name: write_value(element) for name, element in value},
            lambda json: [(name, read_value(element)) for name, element in _object(json).items()],
        )
    write, read = _codec(item)
    return (
        lambda value: [write(element) for element in value],
        lambda json: [read(element) for element in _array(json)],
    )


def _dict(key: Any, value: Any) -> Codec:
    write, read = _codec(value)
    if key is str:
        return (
            lambda mapping: {name: write(element) for name, element in mapping.items()},
            lambda json: {name: read(element) for name, element in _object(json).items()},
        )
    write_key, read_key = _codec(key)
    return (
        lambda mapping: [[write_key(k), write(element)] for k, element in mapping.items()],
        lambda json: {read_key(k): read(element) for k, element in _array(json)},
    )


def _tuple(arguments: tuple[Any, ...]) -> Codec:
    codecs = [_codec(argument) for argument in arguments]

    def read(json: Any) -> Any:
        items = _array(json)
        if len(items) != len(codecs):
            raise DecodeError(f"{len(codecs)} items are expected, {len(items)} came")
        return tuple(
            decode_item(item) for (_, decode_item), item in zip(codecs, items, strict=True)
        )

    return (
        lambda value: [write(item) for (write, _), item in zip(codecs, value, strict=True)],
        read,
    )


def _enum(enum: type[StrEnum]) -> Codec:
    by_name = {member.value.lower(): member for member in enum}
    unknown = enum.__dict__.get("unknown")

    def read(json: Any) -> Any:
        tag = json[0] if isinstance(json, list) and json else json
        member = by_name.get(str(tag).lower()) if isinstance(tag, str) else None
        if member is None:
            if unknown is None:
                raise DecodeError(f"{json!r} is not a value of {enum.__name__}")
            return enum(unknown)
        return member

    return lambda value: value.value, read


def _variant(cls: type[Variant]) -> Codec:
    codecs = {tag: _codec(type_) for tag, type_ in cls.tags.items()}
    by_name = {tag.lower(): tag for tag in cls.tags}

    def write(value: Variant) -> Any:
        if cls.tags[value.tag] is None:
            return value.tag
        inside = codecs[value.tag][0](value.value)
        return value.tag if inside is None else [value.tag, inside]

    def read(json: Any) -> Any:
        name = json[0] if isinstance(json, list) and json else json
        tag = by_name.get(name.lower()) if isinstance(name, str) else None
        if tag is None:
            if cls.__dict__.get("unknown") is None:
                raise DecodeError(f"{json!r} is not a value of {cls.__name__}")
            return read(cls.__dict__["unknown"])
        inside = json[1] if isinstance(json, list) and len(json) > 1 else None
        return cls(tag, None if cls.tags[tag] is None else codecs[tag][1](inside))

    return write, read


def _record(cls: Any) -> Codec:
    hints = typing.get_type_hints(cls, include_extras=True)
    members = []
    for member in dataclasses.fields(cls):
        hint = hints[member.name]
        optional = typing.get_origin(hint) in (Union, types.UnionType)
        write, read = _codec(typing.get_args(hint)[0] if optional else hint)
        members.append((member, member.name.removesuffix("_"), optional, write, read))

    def encode_record(value: Any) -> Any:
        encoded = {}
        for member, wire, optional, write, _ in members:
            item = getattr(value, member.name)
            if not (optional and item is None):
                encoded[wire] = write(item)
        return encoded

    def decode_record(json: Any) -> Any:
        given = {str(name).lower(): element for name, element in _object(json).items()}
        values = {}
        for member, wire, optional, _, read in members:
            has_default = _has_default(member)
            if wire.lower() not in given:
                if not (optional or has_default):
                    raise DecodeError(f"{cls.__name__} lacks {wire}")
                continue
            try:
                values[member.name] = read(given[wire.lower()])
            except DecodeError:
                if not has_default or optional:
                    raise
        return cls(**values)

    return encode_record, decode_record


def _has_default(member: Any) -> bool:
    missing = dataclasses.MISSING
    return member.default is not missing or member.default_factory is not missing


def _array(json: Any) -> list[Any]:
    if not isinstance(json, list):
        raise DecodeError(f"{json!r} is not an array")
    return json


def _object(json: Any) -> dict[str, Any]:
    if not isinstance(json, dict):
        raise DecodeError(f"{json!r} is not an object")
    return json
