"""The upper level: methods declared on functions, as FastAPI declares routes."""

import inspect
import logging
from collections.abc import Callable
from typing import Any, TypeVar, get_type_hints

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import TypeAdapter, ValidationError

from xmlrpc_fastapi.codec import Codec, StandardCodec, fault_struct
from xmlrpc_fastapi.endpoint import MethodCall, XMLRPCEndpoint
from xmlrpc_fastapi.faults import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    Fault,
)
from xmlrpc_fastapi.limits import Limits

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])

WIRE_NAMES: dict[Any, str] = {
    int: "int",
    bool: "boolean",
    float: "double",
    str: "string",
    bytes: "base64",
    type(None): "nil",
}


class Method:
    """A callable function, whose parameters are checked against its annotations."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name = name
        self.help = inspect.getdoc(function) or ""
        self._function = function
        hints = get_type_hints(function)
        self._result = hints.pop("return", Any)
        self._wants_request = [parameter for parameter, hint in hints.items() if hint is Request]
        signature = inspect.signature(function)
        self._parameters = [
            parameter
            for parameter in signature.parameters.values()
            if parameter.name not in self._wants_request
        ]
        self._hints = hints
        self._adapters = {
            parameter.name: TypeAdapter(hints.get(parameter.name, Any))
            for parameter in self._parameters
        }

    @property
    def signature(self) -> list[str]:
        types = [self._result, *(self._hints.get(p.name, Any) for p in self._parameters)]
        return [_wire_name(type_) for type_ in types]

    async def call(self, params: list[Any], request: Request) -> Any:
        """Call the function; raises Fault if the parameters do not fit."""
        required = sum(p.default is inspect.Parameter.empty for p in self._parameters)
        if not required <= len(params) <= len(self._parameters):
            raise Fault(
                INVALID_PARAMS,
                f"{self.name} takes {len(self._parameters)} parameters, {len(params)} were given",
            )
        given: dict[str, Any] = dict.fromkeys(self._wants_request, request)
        for parameter, value in zip(self._parameters, params, strict=False):
            try:
                given[parameter.name] = self._adapters[parameter.name].validate_python(value)
            except ValidationError as error:
                reason = error.errors()[0]["msg"]
                raise Fault(INVALID_PARAMS, f"{parameter.name}: {reason}") from error
        try:
            if inspect.iscoroutinefunction(self._function):
                return await self._function(**given)
            return await run_in_threadpool(self._function, **given)
        except Fault:
            raise
        except Exception as error:  # the details are for the log, not for the caller
            log.exception("%s failed", self.name)
            raise Fault(INTERNAL_ERROR, f"{self.name} failed") from error


def _wire_name(type_: Any) -> str:
    origin = getattr(type_, "__origin__", type_)
    if origin in (list, tuple):
        return "array"
    return "struct" if origin is dict else WIRE_NAMES.get(origin, "undef")


class XMLRPCRouter(APIRouter):
    """A router with one POST route at ``path`` that serves the methods declared on it.

    It has ``system.listMethods``, ``methodSignature``, ``methodHelp``, ``getCapabilities`` and
    ``multicall`` already.
    """

    def __init__(
        self,
        path: str = "/RPC2",
        *,
        codec: Codec | None = None,
        limits: Limits | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._codec = codec or StandardCodec()
        self._methods: dict[str, Method] = {}
        endpoint = XMLRPCEndpoint(self._handle, limits)
        self.add_api_route(path, endpoint.serve, methods=["POST"], include_in_schema=False)
        own: dict[str, Callable[..., Any]] = {
            "system.listMethods": self._list_methods,
            "system.methodSignature": self._method_signature,
            "system.methodHelp": self._method_help,
            "system.getCapabilities": self._capabilities,
            "system.multicall": self._multicall,
        }
        for name, function in own.items():
            self._methods[name] = Method(name, function)

    def method(self, name: str | None = None) -> Callable[[F], F]:
        """Declare a function, ``async`` or not, as an XML-RPC method, by default under its name."""

        def declare(function: F) -> F:
            wire = name or function.__name__
            self._methods[wire] = Method(wire, function)
            return function

        return declare

    async def _handle(self, call: MethodCall, request: Request) -> list[bytes]:
        result = await self._find(call.method).call(call.params, request)
        try:
            return [self._codec.encode(result).encode()]
        except TypeError as error:
            raise Fault(INTERNAL_ERROR, f"{call.method}: {error}") from error

    def _find(self, name: str) -> Method:
        try:
            return self._methods[name]
        except KeyError:
            raise Fault(METHOD_NOT_FOUND, f"there is no method {name}") from None

    async def _list_methods(self) -> list[str]:
        """List the names of all methods."""
        return sorted(self._methods)

    async def _method_signature(self, name: str) -> list[list[str]]:
        """The types of a method's result and parameters."""
        return [self._find(name).signature]

    async def _method_help(self, name: str) -> str:
        """What a method does."""
        return self._find(name).help

    async def _capabilities(self) -> dict[str, Any]:
        """What this server does beyond the first specification."""
        return {
            "introspection": {"specUrl": "http://xmlrpc-c.sourceforge.net/introspection.html"},
            "system.multicall": {"specUrl": "http://www.xmlrpc.com/discuss/msgReader$1208"},
            "faults_interop": {
                "specUrl": "http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php"
            },
            "nil": {"specUrl": "http://ontosys.com/xml-rpc/extensions.php"},
        }

    async def _multicall(self, calls: list[dict[str, Any]], request: Request) -> list[Any]:
        """Make several calls; each answers a list of its result, or a fault's struct."""
        return [await self._one_of_many(call, request) for call in calls]

    async def _one_of_many(self, call: dict[str, Any], request: Request) -> Any:
        try:
            name, params = call.get("methodName"), call.get("params", [])
            if not isinstance(name, str) or not isinstance(params, list):
                raise Fault(INVALID_REQUEST, "a call is a struct of methodName and params")
            if name == "system.multicall":
                raise Fault(INVALID_REQUEST, "system.multicall may not call itself")
            return [await self._find(name).call(params, request)]
        except Fault as fault:
            return fault_struct(fault)
