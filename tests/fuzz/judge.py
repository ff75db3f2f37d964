"""Whether an answer is one that the API has; and the few that only look as if they were not."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from datamodel import XenAPIError, api
from datamodel.model import (
    BoolType,
    FloatType,
    IntType,
    MapType,
    Message,
    RecordType,
    RefType,
    SetType,
    StringType,
    Type,
)
from datamodel.values import to_native

from tests.contract.test_error_codes import UNDECLARED
from tests.fuzz.wires import Answer

PYTHON = re.compile(
    r"Traceback|\b[A-Z]\w*(Error|Exception): |object has no attribute|<class '|unhashable type"
    r"|NoneType|object is not (iterable|callable|subscriptable)|invalid literal|not enough values"
)
"""Words of Python's that clients have no use for."""

Params = list[Any]


@dataclass(frozen=True)
class Allowed:
    """An INTERNAL_ERROR, or an undeclared code, that upstream was recorded to answer."""

    reason: str
    answer: re.Pattern[str]
    when: Callable[[str, Message | None, Params], bool]


def _always(method: str, message: Message | None, params: Params) -> bool:
    return True


def _wrong_session(method: str, message: Message | None, params: Params) -> bool:
    return bool(params) and not isinstance(params[0], str)


def _wrong_type(method: str, message: Message | None, params: Params) -> bool:
    """Whether a parameter is not of its declared type."""
    if message is None:
        return False
    if message.session and _wrong_session(method, message, params):
        return True
    given = params[1:] if message.session else params
    return any(
        is_wrong(param.type, value) for param, value in zip(message.params, given, strict=False)
    )


def is_wrong(type_: Type, value: Any) -> bool:
    """Whether a value is not of its type."""
    try:
        to_native(type_, value, api.classes)
    except (XenAPIError, ValueError, OverflowError):
        return True
    return False


def _constructor(method: str, message: Message | None, params: Params) -> bool:
    return message is not None and message.implicit == "create"


def _internal(method: str, message: Message | None, params: Params) -> bool:
    return message is not None and message.pool_internal


def _expression(method: str, message: Message | None, params: Params) -> bool:
    return "_where" in method


def _not_async(method: str, message: Message | None, params: Params) -> bool:
    return method.startswith("Async.") and message is not None and not message.is_async


UNREADABLE = (
    r"Expected (string|bool|int64|float), got '.*'|Expecting Rpc\.(Dict|Enum), but found '.*'"
    r"|Unknown tag/contents|Unmarshalling error in bond-mode|Int64\.of_string|float_of_string"
    r"|Date\.t_of_rpc|bad __structure"
)

ALLOWED = tuple(
    Allowed(reason, re.compile(f"(?:{pattern})", re.DOTALL), when)
    for reason, pattern, when in (
        (
            "a parameter that is not of its type is recorded so, in these words",
            rf'INTERNAL_ERROR\|Failure\("({UNREADABLE})"\)',
            _wrong_type,
        ),
        (
            "a session that is no string is recorded so",
            r"INTERNAL_ERROR\|Failure\(\"Expected string, got '.*'\"\)",
            _wrong_session,
        ),
        (
            "text that is no date is recorded so",
            r"INTERNAL_ERROR\|Invalid argument: Clock__Date\.of_iso8601: .*",
            _wrong_type,
        ),
        (
            "a constructor's record without a field that has no default is recorded so",
            r'INTERNAL_ERROR\|Server_helpers\.Dispatcher_FieldNotFound\("\w+"\)',
            _constructor,
        ),
        (
            "a message of the pool's own, called by a client, is recorded so",
            r'INTERNAL_ERROR\|Internal API "[\w.]+" call attempted with non-pool .*',
            _internal,
        ),
        (
            "an expression that asks for a field that is none is recorded so",
            r"INTERNAL_ERROR\|missing field\|.*\|",
            _expression,
        ),
        (
            "a driver's own failure is known by its number, and recorded so",
            r"SR_BACKEND_FAILURE_[0-9]+\|\|[^|]+\|",
            _always,
        ),
        (
            "an asynchronous call of a message that has no such form is recorded so",
            r"Fault\|No async mode for this operation \(rpc: [\w.]+\)",
            _not_async,
        ),
    )
)


def verdict(method: str, params: Params, answer: Answer) -> str | None:
    """What is wrong with an answer; None when it is one that the API has."""
    message = api.message(method.removeprefix("Async."))
    if answer.broken:
        return answer.broken
    if answer.error is None:
        return _of_result(method, message, answer.result)
    return of_error(method, params, answer.error)


def of_error(method: str, params: Params, error: tuple[str, ...]) -> str | None:
    """What is wrong with an ErrorDescription, of a call or of its task."""
    message = api.message(method.removeprefix("Async."))
    text = "|".join(error)
    if any(
        allowed.answer.fullmatch(text) and allowed.when(method, message, params)
        for allowed in ALLOWED
    ):
        return None
    if error[0] == "INTERNAL_ERROR" or not _is_known(error[0]):
        return text
    # What a client said itself may come back to it.
    said = repr(params)
    found = next((match[0] for match in PYTHON.finditer(text) if match[0] not in said), None)
    return None if found is None else f"Python's words: {text}"


def _is_known(code: str) -> bool:
    """Whether clients know a code: those that drivers number are in no list."""
    numbered = re.fullmatch(r"SR_BACKEND_FAILURE_\d+", code) is not None
    return numbered or code in api.errors or code in UNDECLARED


def _of_result(method: str, message: Message | None, result: Any) -> str | None:
    if message is None:
        return None
    type_: Type | None = StringType() if method.startswith("Async.") else message.result
    if type_ is None or message.custom_marshaller or _fits(type_, result):
        return None
    return f"a result that is no {type_}: {result!r:.200}"


def _fits(type_: Type, value: Any) -> bool:
    """Whether a result is of its type, as either wire carries it."""
    match type_:
        case BoolType():
            return isinstance(value, bool)
        case IntType():
            return re.fullmatch(r"-?\d+", str(value), re.ASCII) is not None
        case FloatType():
            return isinstance(value, int | float) and not math.isnan(value)
        case SetType(item):
            return isinstance(value, list) and all(_fits(item, element) for element in value)
        case MapType(_, item):
            return isinstance(value, dict) and all(_fits(item, one) for one in value.values())
        case RecordType(cls):
            fields = api.classes[cls].fields
            return isinstance(value, dict) and all(
                _fits(fields[name].type, one) for name, one in value.items() if name in fields
            )
        case RefType() | StringType():
            return isinstance(value, str)
    return True
