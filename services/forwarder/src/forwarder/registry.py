"""The functions that say what messages mean, by wire name."""

from collections.abc import Callable
from typing import Any

from datamodel import XenAPIError, api, handle_invalid, not_implemented
from datamodel.model import Message, RefType, SetType, Type
from datamodel.refs import NULL_REF

from forwarder.context import Context

Function = Callable[..., Any]

FUNCTIONS: dict[str, Function] = {}


class UnknownMessage(Exception):
    """A function was declared for a message that the XenAPI does not have."""


def implements(wire: str) -> Callable[[Function], Function]:
    """Declare the function of a message: ``(context, *parameters in native form) -> result``."""
    if api.message(wire) is None:
        raise UnknownMessage(wire)

    def declare(function: Function) -> Function:
        FUNCTIONS[wire] = function
        return function

    return declare


def run(context: Context, wire: str, params: list[Any]) -> Any:
    """Run a message's function; raises XenAPIError, NOT_IMPLEMENTED where there is none.

    References are looked at first, so that a dead one is refused before anything changes.
    """
    message = api.message(wire)
    if message is None:
        raise XenAPIError("MESSAGE_METHOD_UNKNOWN", wire)
    check_references(context, message, params)
    function = FUNCTIONS.get(wire)
    if function is None:
        raise not_implemented(wire)
    return function(context, *params)


def check_references(context: Context, message: Message, params: list[Any]) -> None:
    """Raise HANDLE_INVALID[class, reference] for the first reference that names nothing."""
    for param, value in zip(message.params, params, strict=False):
        for cls, ref in _references(param.type, value):
            if ref not in ("", NULL_REF) and context.view.find(cls, ref) is None:
                raise handle_invalid(cls, ref)


def _references(type_: Type, value: Any) -> list[tuple[str, str]]:
    match type_:
        case RefType(cls) if api.classes[cls].in_database:
            return [(cls, value)]
        case SetType(RefType(cls)) if api.classes[cls].in_database:
            return [(cls, ref) for ref in value]
    return []


def missing() -> list[str]:
    """Custom messages that nobody implements here."""
    return [
        message.wire
        for message in api.messages.values()
        if message.impl != "db" and message.wire not in FUNCTIONS and message.state != "Removed"
    ]
