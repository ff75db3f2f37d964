"""Functions that many messages share; the module of each class says which of its messages do."""

from collections.abc import Callable
from typing import Any, NoReturn

from datamodel import XenAPIError, api
from datamodel.objects import Kind, name_of, ref_of
from datamodel.refs import Ref
from pooldb import Transaction

from forwarder.core.context import Context
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import Function
from forwarder.locks import locking


def setter(cls: Kind[Any, Any], field: str, *, begun_as: str | None = None) -> Function:
    """Set a field. With ``begun_as`` that is an operation of this name, which locks the object."""

    def set_field(ctx: PoolContext, self: Ref[Any], value: Any, /) -> None:
        with ctx.transaction() as tx:
            _update(tx, cls, self, field, value)

    def begin_and_set(ctx: Context, self: Ref[Any], value: Any, /) -> None:
        ctx.lock_any(name_of(cls), self, str(begun_as))
        set_field(ctx, self, value)

    return set_field if begun_as is None else begin_and_set


def adder(cls: Kind[Any, Any], field: str) -> Function:
    """Add a key to a map; raises MAP_DUPLICATE_KEY if the map has the key."""

    def add(ctx: PoolContext, self: Ref[Any], key: Any, value: str) -> None:
        with ctx.transaction() as tx:
            _update(tx, cls, self, field, with_key(tx, cls, self, field, key, value))

    return add


def with_key(
    tx: Transaction, cls: Kind[Any, Any], ref: Ref[Any], field: str, key: str, value: str
) -> dict[str, str]:
    """A map of a record with one key more; raises MAP_DUPLICATE_KEY if the map has the key."""
    present = getattr(tx.get(cls, ref), field)
    if key in present:
        raise XenAPIError("MAP_DUPLICATE_KEY", name_of(cls), field, ref, key)
    return {**present, key: value}


def remover(cls: Kind[Any, Any], field: str) -> Function:
    """Remove a key from a map, if it is there."""

    def remove(ctx: PoolContext, self: Ref[Any], key: Any) -> None:
        with ctx.transaction() as tx:
            kept = {
                name: value
                for name, value in getattr(tx.get(cls, self), field).items()
                if name != key
            }
            _update(tx, cls, self, field, kept)

    return remove


def _update(tx: Transaction, cls: Kind[Any, Any], ref: Ref[Any], field: str, value: Any) -> None:
    tx.update(name_of(cls), ref, {field: value})
    if name_of(cls) in locking.TABLES:
        locking.refresh(tx, name_of(cls), ref)


def creator(cls: Kind[Any, Any]) -> Function:
    """Make an object that is only a record."""

    def create(ctx: PoolContext, args: dict[str, Any]) -> Ref[Any]:
        with ctx.transaction() as tx:
            return ref_of(tx.new(cls, args))

    return create


def destroyer(cls: Kind[Any, Any]) -> Function:
    """Remove an object that is only a record."""

    def destroy(ctx: PoolContext, self: Ref[Any]) -> None:
        with ctx.transaction() as tx:
            tx.delete(cls, self)

    return destroy


def introducer(wire: str, make: Callable[[Transaction, dict[str, Any]], Ref[Any]]) -> Function:
    """Record something that exists already; ``make`` gets the message's parameters by name."""
    names = [param.name for param in api.messages[wire].params]

    def introduce(ctx: PoolContext, *params: Any) -> Ref[Any]:
        with ctx.transaction() as tx:
            return make(tx, dict(zip(names, params, strict=True)))

    return introduce


def refusal(code: str, *params: str) -> Function:
    """Refuse every call of a message that is gone, or is not for clients."""

    def refuse(ctx: PoolContext, *asked: object) -> NoReturn:
        raise XenAPIError(code, *params)

    return refuse
