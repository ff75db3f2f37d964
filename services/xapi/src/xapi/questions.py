"""Questions: messages that are answered from the view of the pool, and change nothing."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from datamodel.signatures import message_of
from pooldb import Reader
from rules import references

from xapi.context import Context, answers

P = ParamSpec("P")
R = TypeVar("R")
Question = Callable[Concatenate[Reader, P], R]


QUESTIONS: set[str] = set()
"""Their wire names."""


def asks(
    wire: str, looked_at: tuple[str, ...] | None = None
) -> Callable[[Question[P, R]], Question[P, R]]:
    """Declare the function that answers a question: ``(view, *native parameters) -> native``.

    It is given what reads the pool, as of one generation, and nothing that writes. All calls wait
    for it, and so do the pool's writers: it looks only at what it needs. The references of all
    parameters, or of those that ``looked_at`` names, are checked first. Raises as `answers` does.
    """
    message = message_of(wire)
    order = references.order_of(message) if looked_at is None else looked_at

    def declare(function: Question[P, R]) -> Question[P, R]:
        @functools.wraps(function)
        async def answer(context: Context, *params: P.args, **named: P.kwargs) -> R:
            with context.view.still():
                references.check(context.view, message, list(params), order)
                return function(context.view, *params, **named)

        answers(wire)(answer)
        QUESTIONS.add(wire)
        return function

    return declare
