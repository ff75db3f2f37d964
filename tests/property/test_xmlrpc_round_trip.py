"""Whatever Python's client sends is read as it was meant, and the other way round."""

import re
import xmlrpc.client
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xmlrpc_fastapi import Fault, StandardCodec, parse_call
from xmlrpc_fastapi.codec import fault_response, response

UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
TEXT = st.text().filter(lambda text: not UNREADABLE.search(text))
INTEGERS = st.integers(-(2**63), 2**63 - 1)
SCALARS = st.one_of(INTEGERS, st.booleans(), st.floats(allow_nan=False), TEXT, st.none())
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20
)


def dumped(params: list[Any]) -> bytes:
    """A call by Python's client, with what it reads but does not write by itself."""
    marshaller = xmlrpc.client.Marshaller(allow_none=True)
    marshaller.dispatch = {**marshaller.dispatch, int: _dump_integer}
    inside = marshaller.dumps(tuple(params)).replace("\r", "&#13;")
    return f"<methodCall><methodName>a.b</methodName>{inside}</methodCall>".encode()


def _dump_integer(_: object, value: int, write: Callable[[str], object]) -> None:
    write(f"<value><i8>{value}</i8></value>")


@given(st.lists(VALUES))
def test_calls_are_read_as_meant(params: list[Any]) -> None:
    assert parse_call(dumped(params)) == ("a.b", params)


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_no_text_breaks_a_document(value: Any) -> None:
    """What XML cannot carry is replaced, in names too."""
    (found,), _ = xmlrpc.client.loads(response([StandardCodec().encode(value).encode()]).decode())
    if isinstance(value, str):
        assert found == UNREADABLE.sub("\ufffd", value)
    with pytest.raises(xmlrpc.client.Fault) as caught:
        xmlrpc.client.loads(fault_response(Fault(1, str(value))).decode())
    assert caught.value.faultString == UNREADABLE.sub("\ufffd", str(value))


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**100, object(), {1, 2}])
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        StandardCodec().encode([value])


@given(VALUES)
def test_results_are_read_as_meant(value: Any) -> None:
    (found,), _ = xmlrpc.client.loads(response([StandardCodec().encode(value).encode()]).decode())
    assert found == value
