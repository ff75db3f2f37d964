"""What clients may send for a value of a type."""

import pytest
from datamodel import XenAPIError, api
from datamodel.model import (
    BoolType,
    DateTimeType,
    EnumType,
    FloatType,
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


@pytest.mark.parametrize(
    "said",
    [
        *("", "x", "0x", "1.0", "1e3", " 1", "1\n", "٣٣x", "٣", "५", "²", "1_0", "0x１"),
        *(True, None, 1.0, 2**63, -(2**63) - 1, str(2**63), "0x8000000000000000", "9" * 5000),
        *(10**4000, "0x" + "f" * 5000, "0" * 300_000 + "x"),
    ],
    ids=lambda said: str(said)[:30],
)
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


@pytest.mark.parametrize("said, value", [(1, 1.0), ("1", 1.0), ("-.5e1", -5.0), ("1.", 1.0)])
def test_a_float_comes_as_a_number_or_as_text(said: object, value: float) -> None:
    assert to_native(FloatType(), said, api.classes) == value


@pytest.mark.parametrize(
    "said",
    [
        *("", "x", " 1", "1_0", "٣", "²", "1e", ".", "1,5", "0x1", "1" * 300_000 + "x"),
        *(True, None, 10**400, [1.0]),
    ],
    ids=lambda said: str(said)[:30],
)
def test_what_is_no_float_is_refused(said: object) -> None:
    with pytest.raises(XenAPIError) as refused:
        to_native(FloatType(), said, api.classes)
    assert refused.value.code == "INTERNAL_ERROR"


@pytest.mark.parametrize("said", [float("nan"), "nan", "-NaN"])
def test_no_number_is_no_float(said: object) -> None:
    with pytest.raises(XenAPIError) as refused:
        to_native(FloatType(), said, api.classes)
    assert refused.value.code == "INVALID_VALUE"


@pytest.mark.parametrize(
    "said, value",
    [
        ("20260102T03:04:05Z", "20260102T03:04:05Z"),
        ("2026-01-02T03:04:05-05:30", "20260102T03:04:05-05:30"),
        ("20260102T030405", "20260102T03:04:05"),
        ("20161231T23:59:60Z", "20161231T23:59:60Z"),
        ("20260102T03:04:05.678Z", "20260102T03:04:05.678Z"),
    ],
)
def test_a_date_is_kept_in_one_form(said: str, value: str) -> None:
    assert to_native(DateTimeType(), said, api.classes) == value


@pytest.mark.parametrize(
    "said",
    [
        *("", "x", "20260102", "20260102T03:04", "20260102 03:04:05", "20260102T03:04:05z"),
        *("20261302T03:04:05Z", "20260230T03:04:05Z", "20260102T24:00:00Z", "20260102T03:60:00Z"),
        *("20260102T03:04:61Z", "00000102T03:04:05Z", "20260102T03:04:05+99:00"),
        *("٢٠٢٦٠١٠٢T٠٣:٠٤:٠٥Z", "20260102T03:04:0５Z", "20260102T03:04:05Z\n", 20260102, None),
    ],
)
def test_what_is_no_date_is_refused(said: object) -> None:
    with pytest.raises(XenAPIError) as refused:
        to_native(DateTimeType(), said, api.classes)
    assert refused.value.code == "INTERNAL_ERROR"
