"""The functions that serve HTTP actions, each compared with its declaration at the start."""

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
"""The Python type of each kind of parameter; None if the request does not have it."""

ANSWERED_METHODS = ("GET", "PUT")
"""Other methods that do not stream are for calls, or for what browsers ask before a call."""


class WronglyServed(Exception):
    """A function does not fit the declaration of its action."""


@dataclass(frozen=True)
class Served:
    """An action and its function: ``(asked, **parameters) -> Response``.

    A function that ``streams`` takes a `Stream` as its second parameter and answers through it.
    """

    action: HttpAction
    function: Function
    streams: bool


SERVED: dict[str, Served] = {}


def serves(name: str, registry: dict[str, Served] = SERVED) -> Callable[[Function], Function]:
    """Declare the function of an action; raises WronglyServed if it does not fit."""

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
    """Whether the function streams; raises WronglyServed if it has the wrong parameters."""
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
    """The actions that have no function."""
    return [action.name for action in HTTP_ACTIONS if action.name not in registry]
