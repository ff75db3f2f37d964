"""What a call carries on its way through xapi, and the functions that answer calls."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from datamodel import signatures
from datamodel.classes import Session, SessionRef
from datamodel.model import Message
from datamodel.signatures import SecondFunction, message_of
from pooldb import View

from xapi import access, results
from xapi.pool import Pool


@dataclass(frozen=True)
class Caller:
    """The client. ``trusted``: it came over the unix socket."""

    trusted: bool = False
    originator: str = ""
    traceparent: str | None = None


@dataclass
class Context:
    """One call: its message, its session and who sent it."""

    pool: Pool
    message: Message
    caller: Caller
    session: SessionRef | None = None
    session_record: Session | None = None
    task: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def view(self) -> View:
        return self.pool.db.view

    @property
    def user(self) -> str:
        """The user who calls, for marking what they make; empty without a session."""
        return "" if self.session_record is None else access.user_of(self.session_record)

    @property
    def subject(self) -> str:
        return "" if self.session_record is None else self.session_record.auth_user_name


Answer = Callable[..., Awaitable[Any]]

ANSWERS: dict[str, Answer] = {}
"""The messages that xapi answers itself, by wire name; other custom messages are forwarded."""


def answers(wire: str, registry: dict[str, Answer] = ANSWERS) -> Callable[[Answer], Answer]:
    """Declare the function that answers a message: ``(context, *native parameters) -> native``.

    Raises UnknownMessage, SecondFunction, WrongSignature (`datamodel.signatures`).
    """
    message = message_of(wire)

    def declare(function: Answer) -> Answer:
        if wire in registry:
            raise SecondFunction(wire)
        signatures.check(message, function, carriers=results.carriers(message.result))
        registry[wire] = function
        return function

    return declare
