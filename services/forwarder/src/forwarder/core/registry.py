"""The functions that say what messages mean, by wire name."""

from collections.abc import Callable
from typing import Any, TypeVar

from datamodel import XenAPIError, api, not_implemented, signatures
from datamodel.signatures import SecondFunction, message_of
from rules import references

from forwarder.core import lanes
from forwarder.core.context import Context
from forwarder.core.pool_context import PoolContext

Function = Callable[..., Any]
F = TypeVar("F", bound=Function)

FUNCTIONS: dict[str, Function] = {}
REFUSALS: dict[str, Function] = {}


LOOKED_AT: dict[str, tuple[str, ...]] = {}
"""The parameters whose references are checked first, for functions that say so."""


LANES: dict[str, lanes.LaneName] = {}
"""The lanes of messages, for functions that say so."""


ON_HOST: set[str] = set()
"""Messages that the host itself has to answer."""


def implements(
    wire: str, looked_at: tuple[str, ...] | None = None, lane: lanes.LaneName | None = None
) -> Callable[[F], F]:
    """Declare the function of a message: ``(context, *parameters in native form) -> result``.

    The references of all parameters, or of those that ``looked_at`` names, are checked first.
    The type of the function's context decides the message's lane, unless ``lane`` is given.
    Raises UnknownMessage, SecondFunction, WrongSignature (`datamodel.signatures`).
    """
    if lane is not None:
        LANES[wire] = lane
    return _declaring(FUNCTIONS, wire, looked_at)


def refuses(wire: str, looked_at: tuple[str, ...] | None = None) -> Callable[[F], F]:
    """Declare which calls of a message are refused before it answers that it is not implemented."""
    return _declaring(REFUSALS, wire, looked_at)


def answered_by_hosts(*wires: str) -> None:
    """Declare messages that the host which they name has to answer.

    Whether the host is live is checked before anything else. Raises UnknownMessage.
    """
    for wire in wires:
        ON_HOST.add(message_of(wire).wire)


def _declaring(
    where: dict[str, Function], wire: str, looked_at: tuple[str, ...] | None
) -> Callable[[F], F]:
    message = message_of(wire)

    def declare(function: F) -> F:
        if wire in FUNCTIONS or wire in REFUSALS:
            raise SecondFunction(wire)
        signatures.check(message, function, answers=where is FUNCTIONS)
        where[wire] = function
        if looked_at is not None:
            LOOKED_AT[wire] = looked_at
        return function

    return declare


def run(context: Context, wire: str, params: list[Any]) -> Any:
    """Run a message's function; raises XenAPIError, NOT_IMPLEMENTED if it has no function.

    References are checked first, so that a dead one is refused before anything changes.
    """
    message = api.message(wire)
    if message is None:
        raise XenAPIError("MESSAGE_METHOD_UNKNOWN", wire)
    if wire in ON_HOST:
        references.require_host(context.view, message, params)
    order = LOOKED_AT.get(wire, references.order_of(message))
    references.check(context.view, message, params, order)
    if wire in FUNCTIONS:
        return FUNCTIONS[wire](context, *params)
    if wire in REFUSALS:
        REFUSALS[wire](context, *params)
    raise not_implemented(wire)


def lane(wire: str) -> lanes.LaneName:
    """The lane that a message goes by, which depends on whether its function may wait."""
    if wire in LANES:
        return LANES[wire]
    function = FUNCTIONS.get(wire) or REFUSALS.get(wire)
    waits = function is not None and signatures.context(function) is not PoolContext
    return lanes.LaneName.WORK if waits else lanes.LaneName.SHORT


def missing() -> list[str]:
    """Custom messages that nobody implements here."""
    return [
        message.wire
        for message in api.messages.values()
        if not message.is_plain and message.wire not in FUNCTIONS and message.state != "Removed"
    ]
