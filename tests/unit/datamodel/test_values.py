"""What clients may send for a value of a type."""

import pytest
from datamodel import XenAPIError, api
from datamodel.model import (
    BoolType,
    DateTimeType,
    EnumType,
    IntType,
    MapType,
    RecordType,
    SetType,
    StringType,
    Type,
)
from datamodel.values import to_native
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(-(2**63), 2**63 - 1))
def test_an_integer_comes_as_a_number_or_as_text(number: int) -> None:
    assert to_native(IntType(), number, api.classes) == number
    assert to_native(IntType(), str(number), api.classes) == number
    sign = "-" if number < 0 else ""
    assert to_native(IntType(), f"{sign}0x{abs(number):x}", api.classes) == number


@pytest.mark.parametrize("said", ["", "x", "0x", "1.0", "1e3", " 1", "٣٣x", True, None, 2**63])
def test_what_is_no_integer_is_refused(said: object) -> None:
    with pytest.raises(XenAPIError) as refused:
        to_native(IntType(), said, api.classes)
    assert refused.value.code == "INTERNAL_ERROR"


@pytest.mark.parametrize(
    "type_, said, words",
    [
        (StringType(), 5, "Failure(\"Expected string, got 'I(5)'\")"),
        (StringType(), {"a": [True, None]}, "Failure(\"Expected string, got '{a:[B(true);N]}'\")"),
        (StringType(), b"hi", "Failure(\"Expected string, got 'B64(hi)'\")"),
        (BoolType(), 'a"é', 'Failure("Expected bool, got \'S(a\\"\\195\\169)\'")'),
        (IntType(), 1400.5, "Failure(\"Expected int64, got 'F(1400.5)'\")"),
        (IntType(), "abc", 'Failure("Int64.of_string")'),
        (EnumType("t", ("a",)), "b", 'Failure("Unknown tag/contents")'),
        (SetType(StringType()), "a", "Failure(\"Expecting Rpc.Enum, but found 'S(a)'\")"),
        (MapType(StringType(), IntType()), [], "Failure(\"Expecting Rpc.Dict, but found '[]'\")"),
        (RecordType("VM"), "x", 'Failure("bad __structure")'),
        (DateTimeType(), "x", "Invalid argument: Clock__Date.of_iso8601: x"),
    ],
)
def test_a_wrong_type_is_told_in_the_words_of_the_field(
    type_: Type, said: object, words: str
) -> None:
    with pytest.raises(XenAPIError) as refused:
        to_native(type_, said, api.classes)
    assert refused.value.description == ["INTERNAL_ERROR", words]


@pytest.mark.parametrize("said", ["a\x01b", "\x00", "\ud800", "\ufffe"])
def test_text_that_no_client_could_read_back_is_refused(said: str) -> None:
    with pytest.raises(XenAPIError) as refused:
        to_native(StringType(), said, api.classes)
    assert refused.value.code == "INVALID_VALUE"


def test_tabs_and_lines_are_text() -> None:
    assert to_native(StringType(), "a\tb\r\nc", api.classes) == "a\tb\r\nc"
