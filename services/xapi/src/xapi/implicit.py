"""Answers the implicit messages of every class, from the view or by one plain transaction."""

from collections.abc import Callable
from typing import Any

from datamodel import XenAPIError, api, handle_invalid
from datamodel.model import MISSING, Message, RefType, SetType
from datamodel.refs import is_null
from datamodel.refusals import absent, no_record
from datamodel.values import to_native
from pooldb import Transaction

from xapi.context import Context
from xapi.results import RecordOf, RecordsOf

IN_THE_VIEW = frozenset({"role"})
"""Classes declared as computed that the view has all the same, from the declarations."""


def serves(message: Message) -> bool:
    """Whether a message is answered here, by its kind."""
    return message.is_plain or (message.cls in IN_THE_VIEW and message.implicit in KINDS)


async def answer(context: Context, params: list[Any]) -> Any:
    """Answer an implicit message, as its kind demands."""
    kind = context.message.implicit
    assert kind is not None
    return await KINDS[kind](context, params)


async def _get(context: Context, params: list[Any]) -> Any:
    return context.view.get(context.message.cls, params[0])[str(context.message.field)]


async def _get_record(context: Context, params: list[Any]) -> RecordOf:
    return RecordOf(context.message.cls, context.view.get_row(context.message.cls, params[0]))


async def _get_all(context: Context, params: list[Any]) -> list[str]:
    return list(context.view.rows(context.message.cls))


async def _get_all_records(context: Context, params: list[Any]) -> RecordsOf:
    return RecordsOf(context.message.cls, context.view.rows(context.message.cls))


async def _get_all_where(context: Context, params: list[Any]) -> list[str]:
    return list(context.view.where(context.message.cls, params[0]))


async def _get_all_records_where(context: Context, params: list[Any]) -> RecordsOf:
    return RecordsOf(context.message.cls, context.view.where(context.message.cls, params[0]))


async def _get_by_uuid(context: Context, params: list[Any]) -> str:
    return context.view.by_uuid(context.message.cls, params[0])


async def _get_by_name_label(context: Context, params: list[Any]) -> list[str]:
    return context.view.by_name(context.message.cls, params[0])


async def _set(context: Context, params: list[Any]) -> None:
    context.view.get(context.message.cls, params[0])
    _require_alive(context, params[1])
    await _change(context, params[0], lambda _: params[1])


async def _add(context: Context, params: list[Any]) -> None:
    message, ref = context.message, params[0]

    def add_pair(old: Any) -> Any:
        key, value = params[1:]
        if key in old:
            raise XenAPIError("MAP_DUPLICATE_KEY", message.cls, message.field, ref, key)
        return {**old, key: value}

    def add_item(old: Any) -> Any:
        return old if params[1] in old else [*old, params[1]]

    await _change(context, ref, add_pair if len(params) == 3 else add_item)


def _require_alive(context: Context, value: Any) -> None:
    """Raise HANDLE_INVALID for a reference to nothing, which must not be stored."""
    cls = api.classes[context.message.cls]
    match cls.fields[str(context.message.field)].type:
        case RefType(target):
            refs = [value]
        case SetType(RefType(target)):
            refs = value
        case _:
            return
    for ref in refs:
        if not is_null(ref) and context.view.find(target, ref) is None:
            raise handle_invalid(target, ref)


async def _remove(context: Context, params: list[Any]) -> None:
    def remove(old: Any) -> Any:
        if isinstance(old, dict):
            return {key: value for key, value in old.items() if key != params[1]}
        return [item for item in old if item != params[1]]

    await _change(context, params[0], remove)


async def _change(context: Context, ref: str, new: Callable[[Any], Any]) -> None:
    message = context.message
    field = str(message.field)

    def change(tx: Transaction) -> None:
        old = tx.get(message.cls, ref)[field]
        tx.update(message.cls, ref, {field: new(old)})

    await context.pool.write(change)


def constructor_record(message: Message, given: Any) -> dict[str, Any]:
    """The constructor's arguments in native form, with defaults.

    Raises INTERNAL_ERROR for the first that has a wrong type, or is missing without a default.
    """
    if not isinstance(given, dict):
        raise no_record()
    cls = api.classes[message.cls]
    record = {}
    for name in cls.ctor_fields:
        field = cls.fields[name]
        if name in given:
            record[name] = to_native(field.type, given[name], api.classes)
        elif field.default is not MISSING:
            record[name] = field.empty
        else:
            raise absent(name)
    return record


KINDS = {
    "get": _get,
    "get_record": _get_record,
    "get_all": _get_all,
    "get_all_records": _get_all_records,
    "get_all_where": _get_all_where,
    "get_all_records_where": _get_all_records_where,
    "get_by_uuid": _get_by_uuid,
    "get_by_name_label": _get_by_name_label,
    "set": _set,
    "add": _add,
    "remove": _remove,
}
