"""Calls and replies as they stand in a message's body: JSON-RPC, version 1."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service_table.names import XENOPSD_QUEUE

from xenops import extensions, interface
from xenops.codec import DecodeError, decode, encode
from xenops.errors import Failure, XenopsError
from xenops.extensions import EXTENSIONS
from xenops.idl import DECLARED, METHODS, Method


@dataclass(frozen=True)
class Interface:
    """One daemon's interface: its queue and methods, its errors, and how parameters travel.

    For a daemon that is called by its declarations, a subclass has them as classes of functions,
    which `call_of` knows. ``unknown`` is the error's tag for a method that does not exist; each
    interface's errors have the tag Internal_error too.
    """

    queue: str
    methods: Mapping[str, Method]
    failed: type[Failure]
    unknown: str
    positional: bool = False

    def __post_init__(self) -> None:
        for group in vars(type(self)).values():
            functions = vars(group).values() if isinstance(group, type) else ()
            for function in functions:
                if inspect.isfunction(function):
                    _CALLS[function] = Call(self, DECLARED[function])

    def method(self, wire: str) -> Method:
        """The method of a name; raises the interface's error."""
        method = self.methods.get(wire)
        if method is None:
            raise self.failed(self.unknown, wire)
        return method

    def request(self, wire: str, params: Mapping[str, Any], id_: str) -> dict[str, Any]:
        """A call's body, with all parameters in one object, or in a list if ``positional``."""
        declared = self.method(wire)
        encoded = {}
        for name, type_ in declared.params.items():
            value = params.get(name)
            if name in declared.optional:
                if value is not None:
                    encoded[name] = encode(type_, value)[0]
            else:
                encoded[name] = encode(type_, value)
        sent = list(encoded.values()) if self.positional else [encoded]
        return {"method": wire, "params": sent, "id": id_}

    def read_request(self, body: Mapping[str, Any]) -> tuple[Method, dict[str, Any]]:
        """The method and its decoded parameters; raises the interface's error if they are wrong."""
        declared = self.method(str(body.get("method")))
        given = self._given(declared, body.get("params"))
        values: dict[str, Any] = {}
        for name, type_ in declared.params.items():
            if name not in given:
                if name in declared.optional or type_ is None:
                    values[name] = None
                    continue
                raise self._wrong(f"{declared.wire} lacks its parameter {name}")
            try:
                values[name] = decode(type_, given[name])
            except DecodeError as error:
                raise self._wrong(f"{declared.wire}: {name}: {error}") from error
        return declared, values

    def _given(self, declared: Method, params: Any) -> dict[str, Any]:
        sent = params or ([] if self.positional else [{}])
        if not isinstance(sent, list):
            raise self._wrong(f"{declared.wire}: {params!r} is not a list of parameters")
        given = dict(zip(declared.params, sent, strict=False)) if self.positional else sent[0]
        if not isinstance(given, dict):
            raise self._wrong(f"{declared.wire}: {given!r} is not an object of parameters")
        return given

    def _wrong(self, text: str) -> Failure:
        return self.failed("Internal_error", text)

    def success(self, declared: Method, value: Any, id_: Any) -> dict[str, Any]:
        return {"result": encode(declared.result, value), "error": None, "id": id_}

    def failure(self, error: Failure, id_: Any) -> dict[str, Any]:
        reply = {"result": None, "error": encode(self.failed.variant, error.error), "id": id_}
        return {**reply, "detail": error.detail} if error.detail else reply

    def read_reply(self, declared: Method, body: Mapping[str, Any]) -> Any:
        """The decoded result; raises the error that the reply carries."""
        if body.get("error") is not None:
            raise self.read_error(body["error"], str(body.get("detail", "")))
        return decode(declared.result, body.get("result"))

    def read_error(self, json: Any, detail: str = "") -> Failure:
        try:
            error = decode(self.failed.variant, json)
        except DecodeError:
            return self._wrong(str(json))
        return self.failed(error.tag, error.value, detail)


@dataclass(frozen=True)
class Call:
    """A method of a daemon."""

    interface: Interface
    method: Method

    @property
    def wire(self) -> str:
        return self.method.wire

    @property
    def subject(self) -> str:
        """The parameter that names what the call is about: the first one after the text."""
        return list(self.method.params)[1]

    def beside(self, wire: str) -> "Call":
        """Another method of the same daemon; raises the interface's error if there is none."""
        return Call(self.interface, self.interface.method(wire))

    def bind(self, *values: Any, **named: Any) -> dict[str, Any]:
        """All parameters by name; ``values`` are the first ones after the text, in order."""
        names = list(self.method.params)[1:]
        return {**dict(zip(names, values, strict=False)), **named}

    def request(self, operation: str, debug: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The call's body under an operation's id; its first parameter is the text ``debug``."""
        first = next(iter(self.method.params))
        return self.interface.request(self.wire, {**params, first: debug}, operation)

    def read_reply(self, body: Mapping[str, Any]) -> Any:
        """The decoded result; raises the error that the reply carries."""
        return self.interface.read_reply(self.method, body)


_CALLS: dict[Callable[..., Any], Call] = {}


def call_of(function: Callable[..., Any]) -> Call:
    """The call that a function declares."""
    return _CALLS[function]


class Xenopsd(Interface):
    """xenopsd's interface: its groups of methods, by their names in messages."""

    DEBUG = interface.DEBUG
    HOST = interface.HOST
    Observer = interface.OBSERVER
    PCI = interface.PCI
    Task = interface.TASK
    UPDATES = interface.UPDATES
    VBD = interface.VBD
    VGPU = interface.VGPU
    VIF = interface.VIF
    VM = interface.VM
    VUSB = interface.VUSB
    SERVICE = interface.SERVICE
    DISK = extensions.DiskRights
    MIGRATION = extensions.Migration
    PLACE = extensions.PlaceOf
    PLAN = extensions.Plan
    STATE = extensions.State
    UNWANTED = extensions.Unwanted
    WORK = extensions.Work


XENOPSD = Xenopsd(XENOPSD_QUEUE, {**METHODS, **EXTENSIONS}, XenopsError, unknown="Unimplemented")
