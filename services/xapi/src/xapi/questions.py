"""Questions: messages that are answered from the view of the pool, and change nothing."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from datamodel.objects import AnyKind
from datamodel.signatures import message_of
from pooldb import Reader
from rules import references

from xapi.context import Context, answers

P = ParamSpec("P")
R = TypeVar("R")
Question = Callable[Concatenate[Reader, P], R]


QUESTIONS: set[str] = set()
"""Their wire names."""

MANY = 1000
"""This many objects are looked at in a few milliseconds, for which other calls can wait."""


def asks(
    wire: str, looked_at: tuple[str, ...] | None = None, *, over: AnyKind | None = None
) -> Callable[[Question[P, R]], Question[P, R]]:
    """Declare the function that answers a question: ``(view, *native parameters) -> native``.

    It is given what reads the pool, as of one generation, and nothing that writes. The pool's
    writers wait for it, and so do all calls: it looks only at what it needs. If that is all objects
    of a class, ``over`` names it, and calls do not wait where there are many. The references of all
    parameters, or of those that ``looked_at`` names, are checked first. Raises as `answers` does.
    """
    message = message_of(wire)
    order = references.order_of(message) if looked_at is None else looked_at

    def declare(function: Question[P, R]) -> Question[P, R]:
        @functools.wraps(function)
        async def answer(context: Context, *params: P.args, **named: P.kwargs) -> R:
            view = context.view

            def ask() -> R:
                with view.still():
                    references.check(view, message, list(params), order)
                    return function(view, *params, **named)

            is_long = over is not None and view.count(over) > MANY
            return await context.pool.run(ask) if is_long else ask()

        answers(wire)(answer)
        QUESTIONS.add(wire)
        return function

    return declare
