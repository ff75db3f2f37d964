"""Questions are answered from the view: without a task, a forwarder, or anything that writes."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pooldb
import pytest
from datamodel import XenAPIError, api, signatures
from datamodel.classes import VM, VMRef
from datamodel.model import Message, RefType
from datamodel.permissions import permissions
from datamodel.signatures import SecondFunction, WrongSignature
from forwarder import drivers, messages
from forwarder.core import registry as forwarders
from forwarder.core.pool_context import PoolContext
from forwarder.records import installed
from pooldb import Reader
from xapi import audit
from xapi.context import ANSWERS
from xapi.questions import QUESTIONS, asks

from tests.unit.forwarder.test_hostile_values import XML, populate, tries
from tests.unit.xapi.conftest import Gateway

DEAD = "OpaqueRef:00000000-0000-0000-0000-000000000000"
OF_LIVE_HOSTS = {"host.get_servertime", "host.get_server_localtime", "host.has_extension"}
ASKING = ("get_", "is_", "has_", "assert_", "compute_", "maximise_", "detect_")
"""How the names of questions begin, with few exceptions."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pool with something of each class, and a VM in each state."""
    path = tmp_path_factory.mktemp("filled") / "pool.db"
    db = pooldb.connect(f"sqlite:///{path}")
    with db.transaction() as tx:
        populate(tx)
    db.close()
    return path


@pytest.fixture
def pool(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    monkeypatch.setattr("xapi.pool.Follower", lambda db: None)
    gateway = Gateway(filled, tmp_path)
    yield gateway
    gateway.close()


def member(pool: Gateway) -> str:
    """A session of the pool's own, which may ask everything."""
    session = pool.login()
    with pool.db.transaction() as tx:
        tx.update("session", session, {"pool": True})
    return session


def message(wire: str) -> Message:
    found = api.message(wire)
    assert found is not None
    return found


def answered(pool: Gateway, name: str, session: str, params: list[Any]) -> Any:
    """A call's result as it is told, or its error's description."""
    try:
        type_, result = pool.answer(name, session, *params)
    except XenAPIError as error:
        assert error.code != "INTERNAL_ERROR", (name, params, error)
        return error.description
    json.dumps(result, allow_nan=False)
    return XML.encode(type_, result)


def test_there_are_questions() -> None:
    assert len(QUESTIONS) > 30
    assert {"VM.get_possible_hosts", "host.compute_free_memory"} | OF_LIVE_HOSTS <= QUESTIONS


@pytest.mark.parametrize("wire", sorted(QUESTIONS))
def test_it_is_given_what_reads_and_nothing_that_writes(wire: str) -> None:
    """The type checker sees that each function does with that no more than read."""
    assert signatures.context(ANSWERS[wire]) is Reader


@pytest.mark.parametrize("wire", sorted(QUESTIONS))
def test_whatever_it_is_asked_it_writes_nothing(pool: Gateway, wire: str) -> None:
    session = member(pool)
    before = pool.db.view.generation
    for params in [*tries(pool.db, message(wire)), *([] if message(wire).params else [[]])]:
        answered(pool, wire, session, params)
    assert pool.db.view.generation == before


@pytest.mark.parametrize("wire", sorted(wire for wire in QUESTIONS if message(wire).is_async))
def test_asked_asynchronously_it_is_a_task_that_has_ended(pool: Gateway, wire: str) -> None:
    session = member(pool)
    for params in [*tries(pool.db, message(wire)), *([] if message(wire).params else [[]])]:
        before = pool.db.view.generation
        told = answered(pool, wire, session, params)
        task = pool.db.view.get("task", pool.call(f"Async.{wire}", session, *params))
        assert pool.db.view.generation == before + 1
        assert (task["name_label"], task["progress"]) == (f"Async.{wire}", 1.0)
        assert task["status"] == ("failure" if isinstance(told, list) else "success")
        if wire != "host.get_servertime":
            assert (task["error_info"] if isinstance(told, list) else task["result"]) == told


@pytest.mark.parametrize("wire", sorted(QUESTIONS))
def test_a_reference_to_nothing_is_refused_unless_nobody_looks_at_it(
    pool: Gateway, wire: str
) -> None:
    session, params = member(pool), message(wire).params
    named = [param for param in params if isinstance(param.type, RefType)]
    given = next(tries(pool.db, message(wire)), [])
    dead = [DEAD if param in named else said for param, said in zip(params, given, strict=True)]
    told = answered(pool, wire, session, dead)
    if wire in OF_LIVE_HOSTS:
        assert told == ["HOST_OFFLINE", DEAD]
    elif named and isinstance(told, list):
        assert told == ["HANDLE_INVALID", named[0].type.cls, DEAD]


@pytest.mark.parametrize("wire", sorted(OF_LIVE_HOSTS))
def test_a_host_is_asked_for_itself_only_while_it_answers(pool: Gateway, wire: str) -> None:
    session, host = pool.login(), pool.db.view.refs("host")[0]
    more = [""] if wire == "host.has_extension" else []
    assert not isinstance(answered(pool, wire, session, [host, *more]), list)
    with pool.db.transaction() as tx:
        tx.update("host_metrics", tx.get("host", host)["metrics"], {"live": False})
    assert answered(pool, wire, session, [host, *more]) == ["HOST_OFFLINE", host]


def test_who_may_not_ask_is_refused(pool: Gateway) -> None:
    reader = pool.login("reader", "read-only")
    ours = [wire for wire in QUESTIONS if not message(wire).pool_internal]
    kept_from = [wire for wire in ours if "read-only" not in permissions()[wire.lower()]]
    assert kept_from
    for wire in kept_from:
        params = next(tries(pool.db, message(wire)), [])
        assert answered(pool, wire, reader, params)[0] == "RBAC_PERMISSION_DENIED"


def test_it_is_recorded_whatever_came_of_it(pool: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(audit, "write", lambda what, _, __, how: told.append((what.wire, how)))
    session, vm = pool.login(), pool.db.view.refs("VM")[0]
    answered(pool, "VM.compute_memory_overhead", session, [vm])
    pool.run(asyncio.sleep(0))
    assert told == [("VM.compute_memory_overhead", "allowed")]
    answered(pool, "VM.compute_memory_overhead", session, [DEAD])
    assert told[1:] == [("VM.compute_memory_overhead", "allowed, failed: HANDLE_INVALID")]


def test_what_was_answered_before_is_seen(pool: Gateway) -> None:
    session, vm = pool.login(), pool.create("VM")
    for number in range(3):
        free = pool.call("VM.get_allowed_VBD_devices", session, vm)
        assert free[0] == str(number)
        pool.create("VBD", VM=vm, userdevice=free[0])


def test_all_of_an_answer_is_of_one_generation(
    pool: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(ANSWERS, "VM.get_cooperative")
    view = pool.db.view

    @asks("VM.get_cooperative")
    def held(view: Reader, self: VMRef) -> bool:
        return still()

    def still() -> bool:
        return bool(view._moved._is_owned())  # type: ignore[attr-defined]

    assert pool.call("VM.get_cooperative", pool.login(), view.refs("VM")[0])
    assert not still()


def test_other_calls_do_not_wait_for_what_looks_at_many(
    pool: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(ANSWERS, "VM.get_cooperative")
    threads: list[threading.Thread] = []

    @asks("VM.get_cooperative", over=VM)
    def noting(view: Reader, self: VMRef) -> bool:
        threads.append(threading.current_thread())
        return True

    session, vms = pool.login(), pool.db.view.refs("VM")
    for many in (len(vms), len(vms) - 1):
        monkeypatch.setattr("xapi.questions.MANY", many)
        assert pool.call("VM.get_cooperative", session, vms[0])
    few, many_looked_at = threads
    assert few is threading.current_thread() is not many_looked_at


def test_types_of_sr_are_those_that_have_a_driver(pool: Gateway) -> None:
    with pool.db.transaction() as tx:
        installed.settle_drivers(tx)
    assert pool.call("SR.get_supported_types", pool.login()) == list(drivers.DRIVERS)


def test_a_question_is_held_against_its_declaration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ANSWERS, "VM.get_cooperative")

    def of_nobody(view: Reader) -> bool:
        raise NotImplementedError

    with pytest.raises(WrongSignature, match=r"VM\.get_cooperative"):
        asks("VM.get_cooperative")(of_nobody)
    with pytest.raises(SecondFunction):
        asks("host.is_in_emergency_mode")(of_nobody)


def test_none_is_left_with_the_forwarders() -> None:
    """What is refused there for every client asks for something that Warren does not have."""
    assert messages.DRAWERS
    asking = {
        wire
        for wire, function in forwarders.FUNCTIONS.items()
        if message(wire).name.startswith(ASKING)
        and signatures.context(function) is PoolContext
        and function.__name__ != "refuse"
    }
    assert asking == set()


def test_the_names_that_it_goes_by_are_those_of_questions() -> None:
    others = [wire for wire in sorted(QUESTIONS) if not message(wire).name.startswith(ASKING)]
    assert others == ["VDI.read_database_pool_uuid", "pool.certificate_list", "pool.crl_list"]
