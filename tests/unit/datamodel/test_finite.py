"""Numbers that JSON has no form for are refused where they enter."""

import json

import pytest
from datamodel import XenAPIError, api
from datamodel.model import FloatType, MapType, StringType
from datamodel.values import to_native
from hypothesis import given
from hypothesis import strategies as st

ENDLESS = ("nan", "inf", "-inf", "1e999", float("nan"), float("inf"), -float("inf"))


@pytest.mark.parametrize("said", ENDLESS)
def test_a_number_that_is_not_finite_is_refused(said: object) -> None:
    for type_, value in ((FloatType(), said), (MapType(StringType(), FloatType()), {"a": said})):
        with pytest.raises(XenAPIError) as refused:
            to_native(type_, value, api.classes)
        assert refused.value.description[:2] == ["INVALID_VALUE", "a number that is not finite"]


@given(st.floats() | st.text(alphabet="0123456789.e+-naif", max_size=12))
def test_what_is_taken_can_be_told_again(said: float | str) -> None:
    try:
        native = to_native(FloatType(), said, api.classes)
    except XenAPIError:
        return
    assert json.loads(json.dumps(native, allow_nan=False)) == native
