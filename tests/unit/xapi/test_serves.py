"""A function serves an action only as it is declared; the rest of the actions is counted."""

from typing import Any

import pytest
from datamodel.http_actions import HTTP_ACTIONS
from fastapi import Response
from xapi.http import actions
from xapi.http.asked import Asked
from xapi.http.registry import SERVED, Served, WronglyServed, missing, serves
from xapi.http.streams import Stream

assert actions.__all__, "the functions declare themselves when they are imported"


async def no_parameters(asked: Asked) -> Response:
    raise NotImplementedError


async def by_stream(asked: Asked, stream: Stream) -> None:
    raise NotImplementedError


async def metrics(
    asked: Asked,
    start: int | None,
    cf: str | None,
    interval: int | None,
    host: bool | None,
    uuid: str | None,
    json: bool | None,
) -> Response:
    raise NotImplementedError


async def one_of_its_parameters(asked: Asked, uuid: str | None) -> Response:
    raise NotImplementedError


async def text_for_a_flag(asked: Asked, uuid: str | None, json: str | None) -> Response:
    raise NotImplementedError


async def always_there(asked: Asked, uuid: str, json: bool | None) -> Response:
    raise NotImplementedError


async def nothing_of_the_request() -> Response:
    raise NotImplementedError


async def no_response(asked: Asked) -> None:
    raise NotImplementedError


async def both(asked: Asked, stream: Stream) -> Response:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("name", "function", "streams"),
    [
        ("get_services", no_parameters, False),
        ("connect_console", by_stream, True),
        ("rrd_updates", metrics, False),
    ],
)
def test_what_fits_is_registered(name: str, function: Any, streams: bool) -> None:
    registry: dict[str, Served] = {}
    serves(name, registry)(function)
    assert registry[name].function is function
    assert registry[name].streams is streams


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("get_nothing", no_parameters),
        ("get_services", one_of_its_parameters),
        ("vm_rrd", one_of_its_parameters),
        ("vm_rrd", text_for_a_flag),
        ("vm_rrd", always_there),
        ("get_services", nothing_of_the_request),
        ("get_services", no_response),
        ("get_services", both),
        ("post_services", no_parameters),
        ("connect_console", no_parameters),
    ],
)
def test_what_does_not_fit_is_refused(name: str, function: Any) -> None:
    registry: dict[str, Served] = {}
    with pytest.raises(WronglyServed, match=name):
        serves(name, registry)(function)
    assert not registry


def test_an_action_has_one_function() -> None:
    registry: dict[str, Served] = {}
    serves("get_services", registry)(no_parameters)
    with pytest.raises(WronglyServed, match="twice"):
        serves("get_services", registry)(by_stream)


ELSEWHERE = {"get_root", "post_root", "post_RPC2", "post_json", "post_jsonrpc"}
ELSEWHERE |= {"post_root_options", "post_json_options", "post_jsonrpc_options"}
"""What calls and pages are served by, which have routes of their own."""


def test_how_many_are_served() -> None:
    assert len(HTTP_ACTIONS) == 57
    assert set(SERVED) == {
        *("get_audit_log", "get_blob", "get_services", "get_services_sm", "post_cli", "put_blob"),
    }
    assert len(set(missing()) - ELSEWHERE) == 43
