"""Functions in which many messages are alike; each class's drawer says which of its are so."""

from collections.abc import Callable
from typing import Any, NoReturn

from datamodel import XenAPIError, api
from pooldb import Transaction

from forwarder.core.context import Context
from forwarder.core.registry import Function
from forwarder.locks import locking


def setter(cls: str, field: str, *, begun_as: str | None = None) -> Function:
    """Set a field; an operation itself, by this name, where other operations rely on it."""

    def set_field(ctx: Context, self: str, value: Any, /) -> None:
        if begun_as is not None:
            ctx.lock(cls, self, begun_as)
        with ctx.transaction() as tx:
            _update(tx, cls, self, field, value)

    return set_field


def adder(cls: str, field: str) -> Function:
    """Add a key to a map; raises MAP_DUPLICATE_KEY for one that it has."""

    def add(ctx: Context, self: str, key: str, value: str) -> None:
        with ctx.transaction() as tx:
            _update(tx, cls, self, field, with_key(tx, cls, self, field, key, value))

    return add


def with_key(
    tx: Transaction, cls: str, ref: str, field: str, key: str, value: str
) -> dict[str, str]:
    """A map of a record with one key more; raises MAP_DUPLICATE_KEY for one that it has."""
    said = tx.get(cls, ref)[field]
    if key in said:
        raise XenAPIError("MAP_DUPLICATE_KEY", cls, field, ref, key)
    return {**said, key: value}


def remover(cls: str, field: str) -> Function:
    """Remove a key from a map, if it is there."""

    def remove(ctx: Context, self: str, key: str) -> None:
        with ctx.transaction() as tx:
            kept = {name: said for name, said in tx.get(cls, self)[field].items() if name != key}
            _update(tx, cls, self, field, kept)

    return remove


def _update(tx: Transaction, cls: str, ref: str, field: str, value: Any) -> None:
    tx.update(cls, ref, {field: value})
    if cls in locking.TABLES:
        locking.refresh(tx, cls, ref)


def creator(cls: str) -> Function:
    """Make an object that is only a record."""

    def create(ctx: Context, args: dict[str, Any]) -> str:
        with ctx.transaction() as tx:
            return tx.create(cls, args)

    return create


def destroyer(cls: str) -> Function:
    """Remove an object that is only a record."""

    def destroy(ctx: Context, self: str) -> None:
        with ctx.transaction() as tx:
            tx.delete(cls, self)

    return destroy


def introducer(wire: str, make: Callable[[Transaction, dict[str, Any]], str]) -> Function:
    """Make a record of what exists already, of the message's parameters by their names."""
    names = [param.name for param in api.messages[wire].params]

    def introduce(ctx: Context, *params: Any) -> str:
        with ctx.transaction() as tx:
            return make(tx, dict(zip(names, params, strict=True)))

    return introduce


def refusal(code: str, *params: str) -> Function:
    """Refuse, whatever is asked: it is gone, or not for clients."""

    def refuse(ctx: Context, *asked: object) -> NoReturn:
        raise XenAPIError(code, *params)

    return refuse
