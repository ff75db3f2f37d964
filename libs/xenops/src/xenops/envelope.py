"""Calls and replies as they stand in a message's body: JSON-RPC, version 1."""

from collections.abc import Mapping
from typing import Any

from xenops.codec import DecodeError, decode, encode
from xenops.errors import XenopsError, internal_error
from xenops.extensions import EXTENSIONS
from xenops.idl import METHODS, Method
from xenops.types import ErrorsError

KNOWN: Mapping[str, Method] = {**METHODS, **EXTENSIONS}


def method(wire: str) -> Method:
    """The method of a name; raises XenopsError Unimplemented."""
    found = KNOWN.get(wire)
    if found is None:
        raise XenopsError("Unimplemented", wire)
    return found


def request(wire: str, params: Mapping[str, Any], id_: str) -> dict[str, Any]:
    """A call's body: all parameters in one object."""
    declared = method(wire)
    encoded = {}
    for name, type_ in declared.params.items():
        value = params.get(name)
        if name in declared.optional:
            if value is not None:
                encoded[name] = encode(type_, value)[0]
        else:
            encoded[name] = encode(type_, value)
    return {"method": wire, "params": [encoded], "id": id_}


def read_request(body: Mapping[str, Any]) -> tuple[Method, dict[str, Any]]:
    """The method and its decoded parameters; raises XenopsError for what is none."""
    declared = method(str(body.get("method")))
    given = (body.get("params") or [{}])[0]
    values: dict[str, Any] = {}
    for name, type_ in declared.params.items():
        if name not in given:
            if name in declared.optional or type_ is None:
                values[name] = None
                continue
            raise internal_error(f"{declared.wire} lacks its parameter {name}")
        try:
            values[name] = decode(type_, given[name])
        except DecodeError as error:
            raise internal_error(f"{declared.wire}: {name}: {error}") from error
    return declared, values


def success(declared: Method, value: Any, id_: Any) -> dict[str, Any]:
    return {"result": encode(declared.result, value), "error": None, "id": id_}


def failure(error: XenopsError, id_: Any) -> dict[str, Any]:
    return {"result": None, "error": encode(ErrorsError, error.error), "id": id_}


def read_reply(declared: Method, body: Mapping[str, Any]) -> Any:
    """The decoded result; raises the XenopsError that the reply carries."""
    if body.get("error") is not None:
        raise read_error(body["error"])
    return decode(declared.result, body.get("result"))


def read_error(json: Any) -> XenopsError:
    try:
        error = decode(ErrorsError, json)
    except DecodeError:
        return internal_error(str(json))
    return XenopsError(error.tag, error.value)
