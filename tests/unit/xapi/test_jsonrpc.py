"""Bodies of JSON-RPC: what is a call and what is none."""

import json
from typing import Any

import pytest
from xapi.rpc import jsonrpc
from xmlrpc_fastapi import Limits
from xmlrpc_fastapi.faults import ParseError, TooLarge

LIMITS = Limits(depth=4, values=100)


def call(params: str, **more: object) -> bytes:
    said = ", ".join(f'"{name}": {json.dumps(value)}' for name, value in more.items())
    return f'{{"method": "a", "params": {params}, "id": 1{said and ", " + said}}}'.encode()


def read(params: str) -> Any:
    return jsonrpc.parse(call(params), LIMITS).params


@pytest.mark.parametrize(
    "params, found",
    [
        ("[]", []),
        ("[9223372036854775807, -9223372036854775808]", [2**63 - 1, -(2**63)]),
        ("[9007199254740993]", [2**53 + 1]),
        ("[-0, -0.0, 1e3]", [0, 0.0, 1000.0]),
        (r'["\ud83d\ude00", "é", "\u0000"]', ["\U0001f600", "é", "\0"]),
        ('[{"a": 1, "b": 2, "a": 3}]', [{"a": 1, "b": 2}]),
        ("[[[[1]]]]", [[[[1]]]]),
    ],
)
def test_values(params: str, found: object) -> None:
    assert read(params) == found


@pytest.mark.parametrize(
    "params",
    [
        *("[9223372036854775808]", "[-9223372036854775809]", f"[{'9' * 300_000}]"),
        *("[1e999]", "[-1e999]", "[NaN]", "[Infinity]", "[-Infinity]"),
        *("[٣]", "[1_0]", "[0x10]", "[+5]", "[01]", "[.5]", "[1.]", "[tru]", "['a']", "[1,]"),
        *(r'["\ud800"]', r'[{"\udfff": 1}]', '["a\x01"]', '["', "[", "]"),
    ],
    ids=lambda params: ascii(params)[:30],
)
def test_what_is_no_value_is_refused(params: str) -> None:
    with pytest.raises(ParseError):
        read(params)


@pytest.mark.parametrize(
    "params", ["[[[[[1]]]]]", "[" * 100_000, '[{"a":' * 50_000, str(list(range(100)))]
)
def test_values_have_limits(params: str) -> None:
    with pytest.raises(TooLarge):
        read(params)


def test_a_member_that_comes_twice_counts_the_first_time() -> None:
    body = b'{"method": "a", "method": "b", "params": [], "id": 1, "id": 2}'
    assert jsonrpc.parse(body, LIMITS) == jsonrpc.Call("a", [], 1, False)


@pytest.mark.parametrize(
    "encoding, fits",
    [("utf-8", True), ("utf-8-sig", True), ("latin-1", False), ("utf-16", False)],
)
def test_json_is_utf_8(encoding: str, fits: bool) -> None:
    body = call('["é"]').decode().encode(encoding)
    if fits:
        assert jsonrpc.parse(body, LIMITS).params == ["é"]
        return
    with pytest.raises(ParseError):
        jsonrpc.parse(body, LIMITS)


@pytest.mark.parametrize(
    "params, first, second",
    [
        ("[5]", [5], [5]),
        ("null", None, []),
        ('{"a": 5}', None, [{"a": 5}]),
        ("5", None, None),
        ('"OpaqueRef:a"', None, None),
        ("true", None, None),
    ],
)
def test_params_are_an_array(
    params: str, first: list[Any] | None, second: list[Any] | None
) -> None:
    """Version 2.0 may have none, or an object that is refused by its type."""
    for body, expected in ((call(params), first), (call(params, jsonrpc="2.0"), second)):
        if expected is None:
            with pytest.raises(ParseError):
                jsonrpc.parse(body, LIMITS)
        else:
            assert jsonrpc.parse(body, LIMITS).params == expected


@pytest.mark.parametrize("said", ["1.0", "null", "true", "[]", "9223372036854775808"])
def test_an_id_is_an_integer_or_a_string(said: str) -> None:
    with pytest.raises(ParseError):
        jsonrpc.parse(f'{{"method": "a", "params": [], "id": {said}}}'.encode(), LIMITS)
