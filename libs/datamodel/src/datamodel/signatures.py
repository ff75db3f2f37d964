"""The functions that say what messages mean, held against the declarations at the start.

A function has the declared parameters by name and type, and the declared result; one that always
refuses has ``NoReturn``. One that serves several messages takes its parameters by position alone
(``/``), as their names differ; ``Any`` fits every type, and ``*args`` is what it does not look at.
"""

import inspect
from collections.abc import Callable, Container
from functools import cache
from typing import Any, Literal, NoReturn, get_type_hints

from datamodel import api
from datamodel.enums import ENUMERATIONS
from datamodel.model import (
    NATIVE,
    EnumType,
    MapType,
    Message,
    OptionType,
    RecordType,
    RefType,
    SetType,
    Type,
)
from datamodel.refs import Ref


class UnknownMessage(Exception):
    """A function was declared for a message that the XenAPI does not have."""


class SecondFunction(Exception):
    """A message has a function already: the order of imports would say which of two counts."""


class WrongSignature(Exception):
    """A function does not fit its message; a mistake in Warren, seen when the process starts."""


def message_of(wire: str) -> Message:
    """The message of a wire name; raises UnknownMessage."""
    message = api.message(wire)
    if message is None:
        raise UnknownMessage(wire)
    return message


def check(
    message: Message,
    function: Callable[..., Any],
    *,
    answers: bool = True,
    carriers: Container[Any] = (),
) -> None:
    """Raise WrongSignature unless the function fits the message.

    One that only looks what there is to refuse does not answer the message. ``carriers`` are types
    that carry the declared result besides its own.
    """
    hints = get_type_hints(function)
    _, *params = inspect.signature(function).parameters.values()
    result = hints.get("return")
    has_result = answers and message.result is not None
    wanted = python_type(message.result) if has_result and message.result else type(None)
    if result not in (Any, NoReturn, Ref[Any], wanted) and result not in carriers:
        raise WrongSignature(f"{message.wire} answers {wanted}, its function {result}")
    declared = _declared(message)
    if params and params[-1].kind is inspect.Parameter.VAR_POSITIONAL:
        params.pop()
        declared = declared[: len(params)]
    if len(params) != len(declared):
        raise WrongSignature(f"{message.wire} has {len(declared)} parameters, not {len(params)}")
    for param, (name, type_) in zip(params, declared, strict=True):
        if param.kind is not param.POSITIONAL_ONLY and not _is_named(param.name, name):
            raise WrongSignature(f"{message.wire}: {name} is called {param.name} in its function")
        hint = hints.get(param.name)
        if hint not in (Any, Ref[Any], type_):
            raise WrongSignature(f"{message.wire}: {name} is {type_}, in its function {hint}")


@cache
def context(function: Callable[..., Any]) -> Any:
    """The type of the context that a function takes."""
    first, *_ = inspect.signature(function).parameters
    return get_type_hints(function).get(first)


def _declared(message: Message) -> list[tuple[str, Any]]:
    """The parameters that a function gets; a constructor gets one record of all."""
    if message.implicit == "create":
        return [("args", dict[str, Any])]
    return [(param.name, python_type(param.type)) for param in message.params]


def _is_named(said: str, declared: str) -> bool:
    """Whether a parameter has the declared name, as Python spells it: ``vm``, ``type_``."""
    return said.removesuffix("_") in (declared, declared.lower())


def python_type(type_: Type) -> Any:
    """What a value of a declared type is in native form."""
    match type_:
        case EnumType(name):
            return ENUMERATIONS[name]
        case RefType(cls):
            return Ref[Literal[cls]]  # type: ignore[valid-type]
        case RecordType():
            return dict[str, Any]
        case SetType(item):
            return list[python_type(item)]  # type: ignore[misc]
        case MapType(key, value):
            return dict[python_type(key), python_type(value)]  # type: ignore[misc]
        case OptionType(item):
            return python_type(item) | None
        case plain:
            return NATIVE[type(plain)]
