"""system.*: what can be called, from the declarations; these answers have no envelope."""

from collections.abc import Callable
from typing import Any

from datamodel import XenAPIError, api
from datamodel.model import Message

LIST = "system.listMethods"


def names() -> list[str]:
    """The names of all messages, without asynchronous variants."""
    return list(api.messages)


def _message(name: str) -> Message:
    message = api.message(name.removeprefix("Async."))
    if message is None:
        raise XenAPIError("MESSAGE_METHOD_UNKNOWN", name)
    return message


def answer(name: str, params: list[Any]) -> Any:
    """The answer of a ``system.*`` call; one with wrong parameters counts as unknown."""
    if name == LIST:
        return names()
    if len(params) != 1 or not isinstance(params[0], str):
        raise XenAPIError("MESSAGE_METHOD_UNKNOWN", name)
    return QUESTIONS[name](params[0])


def signature(name: str) -> list[list[str]]:
    message = _message(name)
    session = ["ref(session)"] if message.session else []
    return [[str(message.result or "void"), *session, *(str(p.type) for p in message.params)]]


def help_text(name: str) -> str:
    return _message(name).doc


QUESTIONS: dict[str, Callable[[str], Any]] = {
    "system.methodSignature": signature,
    "system.methodHelp": help_text,
}

ANSWERED = frozenset({LIST, *QUESTIONS})
