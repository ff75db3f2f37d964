"""The pool database is away: calls wait for it, and what it does not do has the XenAPI's word."""

from typing import Any

import pytest
from datamodel import XenAPIError
from pooldb import CannotWrite, Database, DatabaseError, DiskFull, Lost, Transaction
from xapi import outermost, pool, writes
from xapi.context import Caller

from tests.unit.xapi.conftest import Gateway

CALLS: dict[str, list[Any]] = {
    "session.slave_local_login_with_password": ["root", "x"],
    "VM.set_name_label": ["name"],
    "Async.VM.start": [False, False],
    "event.register": [["*"]],
    "task.create": ["label", "description"],
}
AWAY = Lost("the server closed the connection unexpectedly")


def fail(monkeypatch: pytest.MonkeyPatch, *errors: DatabaseError) -> list[DatabaseError]:
    """Have the next commits end so; those that are left."""
    left, commit = list(errors), Database.commit

    def failing(db: Database, transaction: Transaction) -> None:
        if not left:
            return commit(db, transaction)
        db.undo()
        raise CannotWrite(left.pop(0))

    monkeypatch.setattr(Database, "commit", failing)
    return left


def call(gateway: Gateway, wire: str, session: str) -> Any:
    params = CALLS[wire]
    if "login" in wire:
        dispatcher = gateway.dispatcher
        name = "session.login_with_password"
        return gateway.run(dispatcher.call(name, params, Caller(trusted=True)))
    if "VM." in wire:
        params = [*gateway.db.view.refs("VM"), *params]
    return gateway.answer(wire, session, *params)


@pytest.mark.parametrize("wire", CALLS)
@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([AWAY, AWAY], None),
        ([DatabaseError("in doubt")], "HOST_STILL_BOOTING"),
        ([DiskFull("database or disk is full")], "OUT_OF_SPACE"),
    ],
)
def test_a_call_waits_for_a_database_that_comes_back_and_no_longer(
    gateway: Gateway,
    monkeypatch: pytest.MonkeyPatch,
    wire: str,
    errors: list[DatabaseError],
    code: str | None,
) -> None:
    gateway.create("VM", name_label="vm")
    session = gateway.login()
    monkeypatch.setattr(pool.Pool, "forward", lambda *_: None)
    left = fail(monkeypatch, *errors)
    if code is None:
        call(gateway, wire, session)
    else:
        with pytest.raises(CannotWrite) as refused:
            call(gateway, wire, session)
        assert outermost.reason(refused.value, wire).code == code
    assert left == []


def test_it_is_not_waited_for_for_ever(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "WRITE_MAX_S", -1.0)
    session = gateway.login()
    fail(monkeypatch, *[AWAY] * 9)
    with pytest.raises(CannotWrite) as refused:
        call(gateway, "task.create", session)
    assert outermost.reason(refused.value, "task.create").description == ["HOST_STILL_BOOTING"]


def test_what_is_a_bug_is_said_to_be_one() -> None:
    assert outermost.reason(ValueError("x"), "VM.start").code == "INTERNAL_ERROR"
    refusal = XenAPIError("VM_IS_TEMPLATE", "x", "y")
    assert outermost.reason(refusal, "VM.start") is refusal
