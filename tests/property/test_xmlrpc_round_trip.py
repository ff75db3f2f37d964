"""Whatever Python's client sends is read as it was meant, and the other way round."""

import xmlrpc.client
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from xmlrpc_fastapi import StandardCodec, parse_call
from xmlrpc_fastapi.codec import response

TEXT = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff")
)
SCALARS = st.one_of(
    st.integers(-(2**31), 2**31 - 1), st.booleans(), st.floats(allow_nan=False), TEXT, st.none()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20
)


@given(st.lists(VALUES))
def test_calls_are_read_as_meant(params: list[Any]) -> None:
    body = xmlrpc.client.dumps(tuple(params), "a.b", allow_none=True).encode()
    assert parse_call(body) == ("a.b", params)


@given(VALUES)
def test_results_are_read_as_meant(value: Any) -> None:
    (found,), _ = xmlrpc.client.loads(response(StandardCodec().encode(value)).decode())
    assert found == value
