"""JSON-RPC 1.0 and 2.0: a body into a call, and a result or an error around its id."""

from dataclasses import dataclass
from typing import Any

import msgspec
from datamodel import XenAPIError
from xmlrpc_fastapi.faults import ParseError

INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True)
class Call:
    """A call as it came; ``second`` is for version 2.0."""

    method: str
    params: list[Any]
    id: int | str
    second: bool


def parse(body: bytes) -> Call:
    """Read a call; raises ParseError. There are no batches and no notifications."""
    try:
        asked = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise ParseError(str(error)) from error
    if not isinstance(asked, dict):
        raise ParseError("the body is no JSON-RPC call")
    if asked.get("jsonrpc", "2.0") != "2.0":
        raise ParseError("jsonrpc is not 2.0")
    if not isinstance(asked.get("method"), str):
        raise ParseError("method is no string")
    if not _is_id(asked.get("id")):
        raise ParseError("id is neither an integer nor a string")
    second = "jsonrpc" in asked
    if not second and "params" not in asked:
        raise ParseError("params is missing")
    return Call(asked["method"], _params(asked.get("params")), asked["id"], second)


def _is_id(said: object) -> bool:
    whole = isinstance(said, int) and not isinstance(said, bool) and said in INT64
    return whole or isinstance(said, str)


def _params(said: object) -> list[Any]:
    """What is no array is the only parameter, for the dispatcher to refuse by its type."""
    if said is None:
        return []
    return said if isinstance(said, list) else [said]


def success(call: Call, result: Any) -> dict[str, Any]:
    if call.second:
        return {"jsonrpc": "2.0", "result": result, "id": call.id}
    return {"result": result, "error": None, "id": call.id}


def failure(call: Call, error: XenAPIError) -> dict[str, Any]:
    code, *data = error.description
    if call.second:
        said = {"code": 1, "message": code, "data": data}
        return {"jsonrpc": "2.0", "error": said, "id": call.id}
    return {"result": None, "error": error.description, "id": call.id}
