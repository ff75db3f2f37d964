"""From a wire name and untyped values to a result: the same steps for every call of either wire.

Known message → number of parameters → types → session → pool-internal → role → task → answer.
"""

import asyncio
import time
from functools import cache
from typing import Any

import telemetry
from datamodel import XenAPIError, api
from datamodel.classes import Session, SessionRef, TaskRef
from datamodel.model import Message, RefType, StringType, Type
from datamodel.objects import name_of
from datamodel.refs import as_ref
from datamodel.values import to_native
from pooldb import Transaction
from pooldb.tasks import create as create_task
from pooldb.tasks import end as end_task

from xapi import access, audit, encoding, implicit, sessions, tasks
from xapi.context import ANSWERS, Caller, Context
from xapi.implicit import constructor_record
from xapi.pool import Pool
from xapi.questions import QUESTIONS

REF = StringType()
SESSION = RefType(name_of(Session))


class Dispatcher:
    """Answers calls; one per process."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def call(self, name: str, params: list[Any], caller: Caller) -> tuple[Type | None, Any]:
        """Type and native value of the result; raises XenAPIError."""
        began = time.perf_counter()
        try:
            message, asynchronous = _meant(name)
        except LookupError:
            raise self._unknown(name.rpartition("Async.")[2] or name, params) from None
        _count(message, params, name, asynchronous=asynchronous)
        native = await self._call(message, params, caller, asynchronous=asynchronous)
        if not (message.is_plain or message.wire in QUESTIONS):
            telemetry.hop(
                service="xapi",
                message=name,
                step="answered",
                ms=(time.perf_counter() - began) * 1000,
                traceparent=caller.traceparent,
            )
        return (REF if asynchronous else message.result), native

    async def _call(
        self, message: Message, params: list[Any], caller: Caller, *, asynchronous: bool
    ) -> Any:
        await self.pool.catch_up()
        given = params[1:] if message.session else params
        context = Context(self.pool, message, caller)
        if message.session:
            context.session = as_ref(str(to_native(SESSION, params[0], api.classes)))
        removed = message.state == "Removed"
        native = [] if removed else _typed(message, given)
        if context.session is not None:
            context.session_record = self._session(message, context.session)
        if removed:
            raise XenAPIError("MESSAGE_REMOVED")
        if asynchronous and not message.is_async:
            raise XenAPIError("Fault", f"No async mode for this operation (rpc: {message.wire})")
        if context.session is not None and context.session_record is not None:
            self._allow(context, native)
            await sessions.keep_alive(self.pool, context.session, context.session_record)
        return await self._audited(context, native, asynchronous=asynchronous)

    def _session(self, message: Message, ref: SessionRef) -> Session:
        session = sessions.check(self.pool, ref)
        if message.pool_internal and not session.pool:
            raise XenAPIError(
                "INTERNAL_ERROR",
                f'Internal API "{message.wire}" call attempted with non-pool (external) session',
            )
        return session

    def _allow(self, context: Context, params: list[Any]) -> None:
        session, message = context.session_record, context.message
        assert session is not None
        try:
            access.check(message, params, session)
            access.check_keys(message, params, session, context.view)
        except XenAPIError:
            audit.write(message, params, context.subject, "refused")
            raise

    async def _audited(self, context: Context, params: list[Any], *, asynchronous: bool) -> Any:
        """Answer a call, and record its outcome if it changes something."""
        message = context.message
        if message.implicit not in (None, "set", "add", "remove", "create", "destroy"):
            return await self._answer(context, params, asynchronous=asynchronous)
        try:
            result = await self._answer(context, params, asynchronous=asynchronous)
        except XenAPIError as error:
            audit.write(message, params, context.subject, f"allowed, failed: {error.code}")
            raise
        recorded = (message, params, context.subject, "allowed")
        if message.wire in QUESTIONS:
            # Nothing that clients have has changed: the answer need not wait for the log.
            asyncio.get_running_loop().call_soon(audit.write, *recorded)
        else:
            audit.write(*recorded)
        return result

    async def _answer(self, context: Context, params: list[Any], *, asynchronous: bool) -> Any:
        message = context.message
        answer = ANSWERS.get(message.wire)
        if answer is None and implicit.serves(message):
            return await implicit.answer(context, params)
        if answer is None:
            context.caller = _traced(context.caller)
            return await tasks.forward(context, params, asynchronous=asynchronous)
        if asynchronous:
            return await self._in_task(context, answer, params)
        return await answer(context, *params)

    async def _in_task(self, context: Context, answer: Any, params: list[Any]) -> str:
        """Answer an asynchronous call with a task that has already ended."""
        name = f"Async.{context.message.wire}"
        try:
            result = await answer(context, *params)
            text = b"".join(encoding.xml_value(context.message.result, result)).decode()
            ending = None
        except XenAPIError as error:
            text, ending = "", error

        def write(tx: Transaction) -> TaskRef:
            task = create_task(tx, context.user, name, cancellable=False)
            end_task(tx, task, ending, text)
            return task

        return await self.pool.write(write)

    def _unknown(self, name: str, params: list[Any]) -> XenAPIError:
        """The error for an unknown name; raises the session's error first, if there may be one."""
        if params and isinstance(params[0], str):
            sessions.check(self.pool, as_ref(params[0]))
        return XenAPIError("MESSAGE_METHOD_UNKNOWN", name)


@cache
def _meant(name: str) -> tuple[Message, bool]:
    """The message that a name stands for, and whether asynchronously; raises LookupError."""
    mode, asynchronous, bare = name.rpartition("Async.")
    message = api.message(bare)
    if message is None or mode not in ("", "Internal"):
        raise LookupError(name)
    return message, bool(asynchronous)


def _typed(message: Message, given: list[Any]) -> list[Any]:
    """The parameters in native form; raises the error of the first wrong one."""
    if message.implicit == "create":
        return [constructor_record(message, given[0])]
    native = [
        to_native(param.type, value, api.classes)
        for param, value in zip(message.params, given, strict=False)
    ]
    return native + [param.default for param in message.params[len(native) :]]


def _count(message: Message, params: list[Any], name: str, *, asynchronous: bool) -> None:
    """Raise MESSAGE_PARAMETER_COUNT_MISMATCH[name, wanted, received], the session not counted."""
    received = len(params) - 1 if message.session else len(params)
    # As in upstream, a message with defaults ignores surplus parameters; others are strict.
    strict = message.required == len(message.params)
    if received < message.required or (strict and received > message.required):
        said = name.rpartition("Async.")[2] if asynchronous else message.wire
        raise XenAPIError("MESSAGE_PARAMETER_COUNT_MISMATCH", said, message.required, received)


def _traced(caller: Caller) -> Caller:
    return Caller(caller.trusted, caller.originator, telemetry.child(caller.traceparent))
