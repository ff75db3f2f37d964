"""system.*: what can be called, derived from the declarations. These answer without an envelope."""

from typing import Any

from datamodel import XenAPIError, api
from datamodel.model import Message


def names() -> list[str]:
    """Every wire name, asynchronous variants included."""
    found = []
    for message in api.messages.values():
        found.append(message.wire)
        if message.is_async:
            found.append(f"Async.{message.wire}")
    return ["system.listMethods", *found]


def _message(name: str) -> Message:
    message = api.message(name.removeprefix("Async."))
    if message is None:
        raise XenAPIError("MESSAGE_METHOD_UNKNOWN", name)
    return message


def signature(name: str) -> list[list[str]]:
    message = _message(name)
    session = ["ref(session)"] if message.session else []
    return [[str(message.result or "void"), *session, *(str(p.type) for p in message.params)]]


def help_text(name: str) -> str:
    return _message(name).doc


ANSWERS: dict[str, Any] = {
    "system.listMethods": names,
    "system.methodSignature": signature,
    "system.methodHelp": help_text,
}
