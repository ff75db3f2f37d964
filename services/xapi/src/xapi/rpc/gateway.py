"""Takes calls from either wire to the dispatcher and their results back."""

import re
from collections.abc import Callable
from typing import Any

from datamodel import XenAPIError
from datamodel.wire import xmlrpc
from datamodel.wire.xmlrpc import Pieces
from xmlrpc_fastapi import Limits, MethodCall, StandardCodec, parse_call
from xmlrpc_fastapi.codec import pieces_of_response

from xapi import encoding, outermost
from xapi.context import Caller
from xapi.dispatch import Dispatcher
from xapi.http.heads import CallHead
from xapi.rpc import introspection, jsonrpc

BODY_MAX = 300 * 1024
LIMITS = Limits(body_bytes=BODY_MAX, depth=32, values=20_000)
IS_ALIVE = re.compile(r"system\.isAlive:")


class Gateway:
    """Reads calls and answers them; no exception leaves it but ParseError."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    async def answer(self, head: CallHead, body: bytes) -> Pieces:
        """The body of the answer to a call; raises ParseError, before it waits."""
        if head.is_json:
            return [await self.json(body, head.caller)]
        call = MethodCall(*parse_call(body, LIMITS, head.charset))
        return pieces_of_response(await self.xml_value(call, head.caller))

    async def xml_value(self, call: MethodCall, caller: Caller) -> Pieces:
        """The XML of one value: the envelope, or what system.* answers without one."""
        if IS_ALIVE.match(call.method):
            return [StandardCodec().encode(call.params[0] if call.params else "").encode()]
        try:
            if call.method in introspection.ANSWERED:
                return [_plain(introspection.answer(call.method, call.params)).encode()]
            return xmlrpc.success(await self._call(call, caller, encoding.xml_value))
        except XenAPIError as error:
            return xmlrpc.failure(error.description)

    async def json(self, body: bytes, caller: Caller) -> bytes:
        """The answer to a body of JSON-RPC; raises ParseError."""
        call = jsonrpc.parse(body, LIMITS)
        try:
            answer = jsonrpc.success(call, await self._json_result(call, caller))
        except XenAPIError as error:
            answer = jsonrpc.failure(call, error)
        return encoding.to_json(answer)

    async def _json_result(self, call: jsonrpc.Call, caller: Caller) -> Any:
        if call.method in introspection.ANSWERED:
            return introspection.answer(call.method, call.params)
        return await self._call(call, caller, _json_value)

    async def _call(
        self, call: MethodCall | jsonrpc.Call, caller: Caller, encode: Callable[..., Any]
    ) -> Any:
        try:
            type_, value = await self._dispatcher.call(call.method, call.params, caller)
            return encode(type_, value)
        except XenAPIError:
            raise
        except Exception as error:
            raise outermost.reason(error, call.method) from error


def _json_value(_: Any, value: Any) -> Any:
    return encoding.json_value(value)


def _plain(value: Any) -> str:
    """Strings without tags, as upstream writes them."""
    if isinstance(value, list):
        return xmlrpc.array(_plain(item) for item in value)
    return xmlrpc.text(value)
