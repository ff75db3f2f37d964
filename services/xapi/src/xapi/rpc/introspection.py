"""system.*: what can be called, derived from the declarations. These answer without an envelope."""

from collections.abc import Callable
from typing import Any

from datamodel import XenAPIError, api
from datamodel.model import Message

LIST = "system.listMethods"


def names() -> list[str]:
    """Every message. Its asynchronous variant, where it has one, is not listed."""
    return list(api.messages)


def _message(name: str) -> Message:
    message = api.message(name.removeprefix("Async."))
    if message is None:
        raise XenAPIError("MESSAGE_METHOD_UNKNOWN", name)
    return message


def answer(name: str, params: list[Any]) -> Any:
    """What a ``system.*`` call answers; one that is called wrongly is unknown."""
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
