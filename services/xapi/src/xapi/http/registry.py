"""The functions that serve actions of HTTP, each held against its declaration at the start."""

import inspect
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from datamodel.http_actions import BOOL, BY_NAME, HTTP_ACTIONS, INT, STRING, HttpAction
from fastapi import Response

from xapi.http.asked import Asked
from xapi.http.streams import Stream

Function = Callable[..., Awaitable[Any]]
NATIVE = {STRING: str | None, BOOL: bool | None, INT: int | None}
"""What a parameter is in Python; None where the request does not say it."""

ANSWERED_METHODS = ("GET", "PUT")
"""Requests of other methods that do not stream are calls, or what browsers ask before a call."""


class WronglyServed(Exception):
    """A function does not fit the declaration of the action that it says it serves."""


@dataclass(frozen=True)
class Served:
    """An action and its function: ``(asked, **parameters) -> Response``.

    A function that ``streams`` takes a `Stream` as its second parameter and answers by it.
    """

    action: HttpAction
    function: Function
    streams: bool


SERVED: dict[str, Served] = {}


def serves(name: str, registry: dict[str, Served] = SERVED) -> Callable[[Function], Function]:
    """Declare the function of an action; raises WronglyServed when it cannot be that."""

    def declare(function: Function) -> Function:
        action = BY_NAME.get(name)
        if action is None:
            raise WronglyServed(f"there is no action {name}")
        if name in registry:
            raise WronglyServed(f"{name} is served twice")
        registry[name] = Served(action, function, _checked(action, function))
        return function

    return declare


def _checked(action: HttpAction, function: Function) -> bool:
    """Whether the function streams; raises WronglyServed when it takes other parameters."""
    hints = typing.get_type_hints(function)
    taken = {name: hints.get(name) for name in inspect.signature(function).parameters}
    leading = [Asked, Stream] if Stream in taken.values() else [Asked]
    if list(taken.values())[: len(leading)] != leading:
        raise WronglyServed(f"{action.name}: the first parameters are not {leading}")
    params = dict(list(taken.items())[len(leading) :])
    declared = {name: NATIVE[type_] for name, type_ in action.params}
    if params != declared:
        raise WronglyServed(f"{action.name}: takes {params}, declared are {declared}")
    streams = Stream in leading
    if not streams and action.method not in ANSWERED_METHODS:
        raise WronglyServed(f"{action.name}: {action.method} has to be answered by a stream")
    if hints.get("return") is not (type(None) if streams else Response):
        raise WronglyServed(f"{action.name}: returns {hints.get('return')}")
    return streams


def missing(registry: dict[str, Served] = SERVED) -> list[str]:
    """The actions that nobody serves here."""
    return [action.name for action in HTTP_ACTIONS if action.name not in registry]
