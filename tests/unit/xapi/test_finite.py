"""A call is kept as JSON, which has no infinities: they are refused before they get lost in it."""

from typing import Any

import pytest
from datamodel import XenAPIError
from xapi.tasks import require_finite

ODD = [float("nan"), float("inf"), -float("inf")]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [1.0, v], lambda v: [[v]]])
def test_what_is_no_finite_number_is_refused_with_its_parameter(value: float, wrap: Any) -> None:
    with pytest.raises(XenAPIError) as caught:
        require_finite("multiplier", wrap(value))
    assert caught.value.description == ["INVALID_VALUE", "multiplier", f"{value:g}"]


@pytest.mark.parametrize("value", ODD)
def test_in_a_record_the_field_is_named(value: float) -> None:
    with pytest.raises(XenAPIError) as caught:
        require_finite("args", {"name_label": "nan", "HVM_shadow_multiplier": value})
    assert caught.value.description[1] == "HVM_shadow_multiplier"


@pytest.mark.parametrize("value", [0.0, -1.5, 1e308, "nan", True, None, {}, [], {"a": [1.0]}])
def test_all_else_is_taken(value: Any) -> None:
    require_finite("any", value)
