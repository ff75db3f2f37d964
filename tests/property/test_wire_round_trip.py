"""Any value of any declared type survives the way in and the way out, on either wire."""

import json
import math
import xmlrpc.client
from datetime import UTC, datetime
from typing import Any

import pytest
from datamodel import api
from datamodel.model import (
    BoolType,
    DateTimeType,
    EnumType,
    FloatType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    RefType,
    SetType,
    Type,
)
from datamodel.values import UNREADABLE, to_native
from datamodel.wire import xmlrpc as wire
from hypothesis import given, settings
from hypothesis import strategies as st
from xapi import encoding
from xapi.rpc import jsonrpc
from xmlrpc_fastapi import Limits
from xmlrpc_fastapi.codec import response
from xmlrpc_fastapi.parser import parse_call

LIMITS = Limits()
TEXT = st.text().filter(lambda text: not UNREADABLE.search(text))
# Floats are written with sixteen digits.
FLOATS = (
    st.floats(allow_nan=False, allow_infinity=False)
    .map(lambda x: float(f"{x:.16g}"))
    .filter(math.isfinite)
)
DATES = st.datetimes(timezones=st.just(UTC))


def declared() -> list[Type]:
    """The types of all fields and parameters; an optional one is only ever answered."""
    fields = {field.type for cls in api.classes.values() for field in cls.public_fields}
    params = {param.type for message in api.messages.values() for param in message.params}
    return sorted(
        (type_ for type_ in fields | params if not isinstance(type_, OptionType)), key=repr
    )


def values(type_: Type) -> st.SearchStrategy[Any]:
    match type_:
        case BoolType():
            return st.booleans()
        case IntType():
            return st.integers(-(2**63), 2**63 - 1)
        case FloatType():
            return FLOATS
        case DateTimeType():
            return DATES.map(lambda date: f"{date.year:04}{date:%m%dT%H:%M:%SZ}")
        case EnumType(_, known):
            return st.sampled_from(known)
        case RefType():
            return st.uuids().map(lambda uuid: f"OpaqueRef:{uuid}")
        case SetType(item):
            return st.lists(values(item), max_size=4)
        case MapType(key, item):
            return st.dictionaries(values(key).map(str), values(item), max_size=4)
        case RecordType(cls):
            fields = api.classes[cls].public_fields[:12]
            return st.fixed_dictionaries({field.name: values(field.type) for field in fields})
        case OptionType(item):
            return values(item)
        case _:
            return TEXT


PAIRS = st.sampled_from(declared()).flatmap(lambda type_: st.tuples(st.just(type_), values(type_)))


def by_xml(type_: Type, value: Any) -> Any:
    """There by Python's client, which writes carriage returns as themselves; and back."""
    body = xmlrpc.client.dumps((_untyped(value),), "a").replace("\r", "&#13;").encode()
    _, [said] = parse_call(body)
    answer = response(
        [encoding.XML.encode(type_, to_native(type_, said, api.classes)).encode()]
    ).decode()
    [(found,), _] = xmlrpc.client.loads(answer)
    return to_native(type_, _plain(found), api.classes)


def _untyped(value: Any) -> Any:
    """Integers as text, as the XenAPI's clients send them: Python's has but 32 bits."""
    match value:
        case bool():
            return value
        case int():
            return str(value)
        case list():
            return [_untyped(item) for item in value]
        case dict():
            return {name: _untyped(item) for name, item in value.items()}
    return value


def _plain(value: Any) -> Any:
    match value:
        case xmlrpc.client.DateTime():
            return str(value)
        case list():
            return [_plain(item) for item in value]
        case dict():
            return {name: _plain(item) for name, item in value.items()}
    return value


def by_json(type_: Type, value: Any) -> Any:
    """There and back by Python's own JSON."""
    asked = {"jsonrpc": "2.0", "method": "a", "params": [value], "id": 1}
    [said] = jsonrpc.parse(json.dumps(asked).encode(), LIMITS).params
    answer = json.loads(encoding.to_json(to_native(type_, said, api.classes)))
    return to_native(type_, answer, api.classes)


@settings(max_examples=300)
@given(PAIRS)
def test_a_value_survives(pair: tuple[Type, Any]) -> None:
    type_, value = pair
    assert by_xml(type_, value) == value
    assert by_json(type_, value) == value


@given(st.text(), st.text())
def test_text_that_xml_cannot_carry_breaks_nothing(name: str, text: str) -> None:
    """A guest may have written it: it is dropped, in names and in errors too."""
    encoded = [wire.struct([(name, wire.text(text))]).encode()]
    for said in (encoded, wire.failure(["x", text]), wire.success(encoded)):
        xmlrpc.client.loads(response(said).decode())
    [(found,), _] = xmlrpc.client.loads(response(encoded).decode())
    assert found == {UNREADABLE.sub("", name): UNREADABLE.sub("", text)}


@given(st.floats())
def test_no_float_breaks_an_answer(value: float) -> None:
    """JSON has no form for some: they are null there, where upstream writes no JSON at all."""
    [(found,), _] = xmlrpc.client.loads(
        response([encoding.XML.encode(FloatType(), value).encode()]).decode()
    )
    assert repr(found) == repr(float(f"{value:.16g}"))
    json.loads(encoding.to_json(value), parse_constant=pytest.fail)


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(["", "Z", "+01:00", "-0530"]))
def test_a_date_is_one_however_it_is_written(date: datetime, zone: str) -> None:
    year, rest = f"{date.year:04}", f"{date:%m%dT%H:%M:%S}"
    expected = f"{year}{rest}{zone}"
    dashed = f"{year}-{date:%m-%dT%H:%M:%S}{zone}"
    bare = f"{year}{date:%m%dT%H%M%S}{zone}"
    for said in (expected, dashed, bare):
        assert to_native(DateTimeType(), said, api.classes) == expected
