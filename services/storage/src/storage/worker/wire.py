"""Calls to an SR's process as lines of JSON: those of its driver, and those of the attached SR.

A call is ``{"id", "method", "params"}``, with all parameters by name; the methods of the attached
SR have names that begin with ``sr.``. Its answer has the same id, and ``result``, ``error`` (a
BackendError) or ``bug`` (the text of any other exception).
"""

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from storage.drivers.driver import AttachedSR, Driver
from storage.errors import BackendError


class ProcessError(Exception):
    """An SR's process failed in a way that its driver does not know: a bug."""


@dataclass(frozen=True)
class Signature:
    """The parameters of a method with their types, and its result."""

    params: dict[str, Any]
    by_name: frozenset[str]
    """The parameters that are given by name; all others come by their places, in order."""
    result: Any

    def bind(self, *args: Any, **named: Any) -> dict[str, Any]:
        """All parameters by name, as JSON has them."""
        given = {**dict(zip(self.params, args, strict=False)), **named}
        return {name: msgspec.to_builtins(value, enc_hook=str) for name, value in given.items()}

    def call(self, function: Callable[..., Any], params: Mapping[str, Any]) -> Any:
        """Call a function of this signature with parameters from JSON."""
        read = {name: _convert(params[name], type_) for name, type_ in self.params.items()}
        named = {name: read.pop(name) for name in self.by_name}
        return function(*read.values(), **named)

    def encode_result(self, value: Any) -> Any:
        return None if self.result is AttachedSR else msgspec.to_builtins(value, enc_hook=str)

    def read_result(self, value: Any) -> Any:
        return None if self.result is AttachedSR else _convert(value, self.result)


def _convert(value: Any, type_: Any) -> Any:
    return msgspec.convert(value, type_, dec_hook=_of_json)


def _of_json(type_: Any, said: Any) -> Any:
    return said if type_ is object else type_(said)


def _signatures(protocol: type, prefix: str = "") -> dict[str, Signature]:
    found = {}
    for name, function in inspect.getmembers(protocol, inspect.isfunction):
        if not name.startswith("_"):
            types = typing.get_type_hints(function, include_extras=True)
            result = types.pop("return")
            declared = inspect.signature(function).parameters.values()
            by_name = frozenset(one.name for one in declared if one.kind is one.KEYWORD_ONLY)
            found[f"{prefix}{name}"] = Signature(types, by_name, result)
    return found


METHODS = {**_signatures(Driver), **_signatures(AttachedSR, "sr.")}
READS = frozenset({"sr.stat", "sr.scan", "sr.volume", "sr.chain", "sr.merges"})
"""What may run beside anything else; all other calls run one after the other."""


def refusal(error: Exception) -> dict[str, Any]:
    """What an answer says of an exception."""
    if isinstance(error, BackendError):
        return {"error": [error.number, error.text, error.answer]}
    return {"bug": f"{type(error).__name__}: {error}"}


def outcome(answer: Mapping[str, Any], method: str) -> Any:
    """The result that an answer brings; raises BackendError or ProcessError."""
    if "error" in answer:
        raise BackendError(*answer["error"])
    if "bug" in answer:
        raise ProcessError(answer["bug"])
    return METHODS[method].read_result(answer["result"])
