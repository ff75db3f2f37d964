"""How long a client waits for events is what it says, within a bound."""

import math
from typing import Any

import pytest
from datamodel import XenAPIError
from xapi.answers import events

from tests.unit.xapi.conftest import Gateway

BOUND = events.TIMEOUT_MAX_S


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        *((number, 0.0) for number in (-1e308, -1.0, -1e-300, -0.0, 0.0)),
        *((number, number) for number in (0.5, 30.0, BOUND)),
        *((number, BOUND) for number in (BOUND + 1.0, 1e308)),
    ],
)
def test_timeouts_are_bounded(said: float, waits: float) -> None:
    assert events._bounded(said) == waits


@pytest.mark.parametrize("said", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused(gateway: Gateway, said: float) -> None:
    with pytest.raises(XenAPIError) as refused:
        gateway.call("event.from", gateway.login(), ["vm"], "", said)
    assert refused.value.description == ["INVALID_VALUE", "a number that is not finite", str(said)]


@pytest.mark.parametrize("said", [-1.0, 0, "-5"])
def test_a_time_that_is_over_is_answered_at_once(gateway: Gateway, said: Any) -> None:
    session = gateway.login()
    token = events.token_text(gateway.db.view.generation)
    assert gateway.call("event.from", session, ["vm"], token, said)["events"] == []
