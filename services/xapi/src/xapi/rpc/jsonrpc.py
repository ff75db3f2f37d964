"""JSON-RPC 1.0 and 2.0: reads a body as a call, and wraps its result or error with its id."""

import json
import re
from dataclasses import dataclass
from math import isinf
from typing import Any

from datamodel import XenAPIError
from xmlrpc_fastapi import Limits
from xmlrpc_fastapi.faults import ParseError, TooLarge

INT64 = range(-(2**63), 2**63)
DIGITS_MAX = 20
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Call:
    """A call as it came; ``second`` is for version 2.0."""

    method: str
    params: list[Any]
    id: int | str
    second: bool


def parse(body: bytes, limits: Limits) -> Call:
    """Read a call; raises ParseError. There are no batches and no notifications."""
    asked = _decoded(body)
    if not isinstance(asked, dict):
        raise ParseError("the body is no JSON-RPC call")
    _Bounds(limits).check(asked, 0)
    if asked.get("jsonrpc", "2.0") != "2.0":
        raise ParseError("jsonrpc is not 2.0")
    if not isinstance(asked.get("method"), str):
        raise ParseError("method is no string")
    if not _is_id(asked.get("id")):
        raise ParseError("id is neither an integer nor a string")
    second = "jsonrpc" in asked
    if not second and "params" not in asked:
        raise ParseError("params is missing")
    return Call(asked["method"], _params(asked.get("params"), second), asked["id"], second)


def _decoded(body: bytes) -> Any:
    """The body's JSON, which is UTF-8 whatever charset HTTP names."""
    try:
        return DECODER.decode(body.decode("utf-8-sig"))
    except RecursionError:
        raise TooLarge("values nest too deep") from None
    except ValueError as error:
        raise ParseError(str(error)) from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members by name; as in upstream, the first counts if several have the same name."""
    members: dict[str, Any] = {}
    for name, value in pairs:
        members.setdefault(name, value)
    return members


def _integer(text: str) -> int:
    if len(text) > DIGITS_MAX or (value := int(text)) not in INT64:
        raise ParseError("a number is no integer of 64 bits")
    return value


def _float(text: str) -> float:
    value = float(text)
    if isinf(value) or value != value:
        raise ParseError("a number is beyond the largest, or none")
    return value


DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_integer, parse_float=_float, parse_constant=_float
)


class _Bounds:
    """Counts the values of one call."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._values = 0

    def check(self, value: Any, depth: int) -> None:
        """Raise TooLarge beyond a limit, ParseError for text that an answer could not repeat."""
        self._values += 1
        # The call itself and the array of its params add to the depth of the values.
        if depth > self._limits.depth + 1 or self._values > self._limits.values:
            raise TooLarge("there are too many values, or they nest too deep")
        match value:
            case str():
                if not value.isascii() and SURROGATE.search(value):
                    raise ParseError("half a surrogate pair is no character")
            case list():
                for item in value:
                    self.check(item, depth + 1)
            case dict():
                for name, item in value.items():
                    self.check(name, depth)
                    self.check(item, depth + 1)


def _is_id(said: object) -> bool:
    return isinstance(said, int | str) and not isinstance(said, bool)


def _params(said: object, second: bool) -> list[Any]:
    """The parameters; an object counts as the only one, which the dispatcher refuses by type."""
    if isinstance(said, list):
        return said
    if second and said is None:
        return []
    if second and isinstance(said, dict):
        return [said]
    raise ParseError("params is no array")


def success(call: Call, result: Any) -> dict[str, Any]:
    if call.second:
        return {"jsonrpc": "2.0", "result": result, "id": call.id}
    return {"result": result, "error": None, "id": call.id}


def failure(call: Call, error: XenAPIError) -> dict[str, Any]:
    code, *data = error.description
    if call.second:
        body = {"code": 1, "message": code, "data": data}
        return {"jsonrpc": "2.0", "error": body, "id": call.id}
    return {"result": None, "error": error.description, "id": call.id}
