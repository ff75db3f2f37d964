"""Each role, each message that may concern what another made, and whose it is."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from datamodel import XenAPIError, api
from datamodel.roles import (
    LOCAL_ROOT,
    ORDER,
    POOL_ADMIN,
    POOL_OPERATOR,
    READ_ONLY,
    VM_OPERATOR,
    at_least,
)
from xapi import tasks

from tests.unit.xapi.conftest import Gateway

ROOT = "root"
ROLES = (ROOT, *ORDER)
DATE = "20260101T00:00:00Z"

Params = tuple[Any, ...]
# What a message is sent with, the weakest role for what is one's own, and for what is another's.
MATRIX: dict[str, tuple[Params, str, str]] = {
    "task.create": (("label", ""), READ_ONLY, READ_ONLY),
    "task.destroy": (("<task>",), READ_ONLY, POOL_OPERATOR),
    "task.cancel": (("<task>",), READ_ONLY, POOL_OPERATOR),
    "task.set_status": (("<task>", "failure"), READ_ONLY, POOL_OPERATOR),
    "task.set_progress": (("<task>", 0.5), READ_ONLY, POOL_OPERATOR),
    "task.set_result": (("<task>", "x"), READ_ONLY, POOL_OPERATOR),
    "task.set_error_info": (("<task>", ["x"]), READ_ONLY, POOL_OPERATOR),
    "task.set_other_config": (
        ("<task>", {"x": "y", "XenCenterUUID": "x"}),
        READ_ONLY,
        POOL_OPERATOR,
    ),
    "task.add_to_other_config": (("<task>", "x", "y"), READ_ONLY, POOL_OPERATOR),
    "task.remove_from_other_config": (("<task>", "it"), READ_ONLY, POOL_OPERATOR),
    "message.create": (("name", 1, "VM", "vm", ""), POOL_OPERATOR, POOL_OPERATOR),
    "message.destroy": (("<message>",), POOL_OPERATOR, POOL_OPERATOR),
    "message.destroy_many": ((["<message>"],), POOL_OPERATOR, POOL_OPERATOR),
    "message.destroy_all": (({},), POOL_OPERATOR, POOL_OPERATOR),
    "message.get": (("VM", "vm", DATE), READ_ONLY, READ_ONLY),
    "message.get_all": ((), READ_ONLY, READ_ONLY),
    "message.get_since": ((DATE,), READ_ONLY, READ_ONLY),
    "message.get_record": (("<message>",), READ_ONLY, READ_ONLY),
    "message.get_by_uuid": (("message",), READ_ONLY, READ_ONLY),
    "message.get_all_records": ((), READ_ONLY, READ_ONLY),
    "message.get_all_records_where": (("true",), READ_ONLY, READ_ONLY),
    "blob.create": (("text/plain", False), POOL_OPERATOR, POOL_OPERATOR),
    "blob.destroy": (("<blob>",), POOL_OPERATOR, POOL_OPERATOR),
    "blob.set_public": (("<blob>", True), POOL_OPERATOR, POOL_OPERATOR),
    "blob.set_name_label": (("<blob>", "x"), POOL_OPERATOR, POOL_OPERATOR),
    "blob.set_name_description": (("<blob>", "x"), POOL_OPERATOR, POOL_OPERATOR),
    "session.logout": ((), READ_ONLY, READ_ONLY),
    "session.local_logout": ((), POOL_ADMIN, POOL_ADMIN),
    "session.change_password": (("", ""), LOCAL_ROOT, LOCAL_ROOT),
    "session.create_from_db_file": (("x",), LOCAL_ROOT, LOCAL_ROOT),
    "session.get_all_subject_identifiers": ((), READ_ONLY, READ_ONLY),
    "session.logout_subject_identifier": (("x",), POOL_OPERATOR, POOL_OPERATOR),
    "session.set_other_config": (("<session>", {"x": "y"}), POOL_ADMIN, POOL_ADMIN),
    "session.add_to_other_config": (("<session>", "x", "y"), POOL_ADMIN, POOL_ADMIN),
    "session.remove_from_other_config": (("<session>", "x"), POOL_ADMIN, POOL_ADMIN),
}
# Keys that have a role of their own, however they are changed.
KEYED: dict[str, tuple[Params, str, str]] = {
    "task.set_other_config": (
        ("<task>", {"it": "", "applies_to": "x"}),
        VM_OPERATOR,
        POOL_OPERATOR,
    ),
    "task.add_to_other_config": (("<task>", "applies_to", "x"), VM_OPERATOR, POOL_OPERATOR),
    "task.remove_from_other_config": (("<task>", "XenCenterUUID"), VM_OPERATOR, POOL_OPERATOR),
}
READS = ("get", "get_record", "get_by_uuid", "get_by_name_label", "get_all", "get_all_records")


class Owned:
    """A pool with a task, a message and a blob, and who made the task."""

    def __init__(self, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, maker: str) -> None:
        async def forward(*_: Any, **__: Any) -> None:
            """What the forwarder would do is not asked for here."""

        monkeypatch.setattr(tasks, "forward", forward)
        self.gateway = gateway
        gateway.create("VM", uuid="vm")
        about = {"cls": "VM", "obj_uuid": "vm", "uuid": "message", "timestamp": DATE}
        made_in = gateway.login(maker, READ_ONLY)
        task = gateway.call("task.create", made_in, "of another", "")
        with gateway.db.transaction() as tx:
            tx.update("task", task, {"other_config": {"it": "", "XenCenterUUID": "x"}})
        self.refs = {
            "<task>": task,
            "<message>": gateway.create("message", **about),
            "<blob>": gateway.create("blob"),
            "<session>": made_in,
        }

    def refusal(self, wire: str, params: Params, role: str) -> str | None:
        """The permission that the caller lacks for a call; None when they have it."""
        session = self.gateway.login("caller", None if role == ROOT else role)
        try:
            self.gateway.call(wire, session, *self._named(list(params)))
        except XenAPIError as error:
            return error.description[1] if error.code == "RBAC_PERMISSION_DENIED" else None
        return None

    def _named(self, params: Any) -> Any:
        if isinstance(params, list):
            return [self._named(param) for param in params]
        return self.refs.get(params, params) if isinstance(params, str) else params

    def task(self) -> Any:
        return self.gateway.db.view.find("task", self.refs["<task>"])


@pytest.fixture
def owned(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Owned]:
    return lambda maker: Owned(gateway, monkeypatch, maker)


@pytest.mark.parametrize("maker", ["caller", "another"])
@pytest.mark.parametrize(
    ("wire", "case"),
    [*MATRIX.items(), *KEYED.items()],
    ids=[*MATRIX, *(f"{wire} key" for wire in KEYED)],
)
def test_each_role_may_do_what_it_may_with_its_own_and_with_anothers(
    owned: Callable[[str], Owned], wire: str, case: tuple[Params, str, str], maker: str
) -> None:
    params, own, others = case
    allowed = {ROOT, *at_least(own if maker == "caller" else others)}
    pool = owned(maker)
    for role in reversed(ROLES):  # who may most comes last, as it may remove the object
        before = pool.task()
        refused = pool.refusal(wire, params, role)
        assert (refused is None) == (role in allowed), (role, refused)
        if refused is not None:
            assert pool.task() == before
            assert refused.startswith((wire.lower(), "task.add_to", "task.destroy/any"))


def test_every_message_of_these_classes_is_in_the_matrix() -> None:
    written = {
        message.wire
        for cls in ("task", "message", "blob", "session")
        for message in api.classes[cls].messages.values()
        if message.session and message.state != "Removed" and message.implicit not in READS
    }
    implicit = {f"{cls}.{name}" for cls in ("task", "blob") for name in WHERE}
    assert written - implicit == set(MATRIX)


WHERE = ("get_all_where", "get_all_records_where")


def test_a_task_is_its_users_in_each_of_their_sessions_and_after_them(gateway: Gateway) -> None:
    first = gateway.login("user", READ_ONLY)
    task = gateway.call("task.create", first, "mine", "")
    gateway.call("session.logout", first)
    gateway.call("task.set_progress", gateway.login("user", READ_ONLY), task, 0.5)
    assert gateway.db.view.get("task", task)["progress"] == 0.5


def test_subjects_are_told_by_their_identifier(gateway: Gateway) -> None:
    """A name may be given to another; and a local user may have the name of a subject."""

    def login(sid: str) -> str:
        session = gateway.login("name", READ_ONLY)
        with gateway.db.transaction() as tx:
            tx.update("session", session, {"auth_user_sid": sid})
        return session

    task = gateway.call("task.create", login("S-1"), "mine", "")
    for other in (login("S-2"), gateway.login("name", READ_ONLY), gateway.login("S-1", READ_ONLY)):
        with pytest.raises(XenAPIError) as refused:
            gateway.call("task.destroy", other, task)
        assert refused.value.description[:2] == ["RBAC_PERMISSION_DENIED", "task.destroy/any"]
    gateway.call("task.destroy", login("S-1"), task)


def test_the_task_of_a_call_is_the_callers(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway.dispatcher.pool, "forward", lambda *_: Future[Any]())
    vm = gateway.create("VM")
    caller, reader = gateway.login("caller", VM_OPERATOR), gateway.login("reader", READ_ONLY)
    for wire, params in (("Async.VM.start", [vm, False, False]), ("Async.task.cancel", ["none"])):
        task = gateway.call(wire, caller, *params)
        with pytest.raises(XenAPIError):
            gateway.call("task.destroy", reader, task)
        gateway.call("task.destroy", caller, task)


def test_a_dead_task_is_named_to_everybody(gateway: Gateway) -> None:
    with pytest.raises(XenAPIError) as refused:
        gateway.call("task.destroy", gateway.login("reader", READ_ONLY), "OpaqueRef:dead")
    assert refused.value.description == ["HANDLE_INVALID", "task", "OpaqueRef:dead"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_progress_is_a_number_that_clients_can_read(gateway: Gateway, value: float) -> None:
    session = gateway.login()
    task = gateway.call("task.create", session, "mine", "")
    with pytest.raises(XenAPIError) as refused:
        gateway.call("task.set_progress", session, task, value)
    assert refused.value.code == "INVALID_VALUE"


def test_a_subjects_logout_leaves_the_asking_session_and_root(gateway: Gateway) -> None:
    def login(role: str | None) -> str:
        session = gateway.login("name", role)
        with gateway.db.transaction() as tx:
            tx.update("session", session, {"auth_user_sid": "S-1"})
        return session

    asking, other, root, stranger = (
        *(login(POOL_OPERATOR), login(READ_ONLY), login(None)),
        gateway.login("stranger", READ_ONLY),
    )
    gateway.call("session.logout_subject_identifier", asking, "S-1")
    assert set(gateway.db.view.refs("session")) == {asking, root, stranger}
    gateway.call("session.logout_subject_identifier", asking, "")
    assert set(gateway.db.view.refs("session")) == {asking, root, stranger}
    assert other not in gateway.db.view.refs("session")


@pytest.mark.parametrize(
    ("value", "allowed"),
    [({"pci": "0/0000:00:00.0"}, False), ({"x": "y"}, True), ({"folder": "/x"}, True)],
)
def test_a_whole_map_changes_no_key_that_the_session_may_not(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, value: dict[str, str], allowed: bool
) -> None:
    async def forward(*_: Any, **__: Any) -> None:
        pass

    monkeypatch.setattr(tasks, "forward", forward)
    vm = gateway.create("VM", other_config={"old": "1"})
    session = gateway.login("admin", "vm-admin")
    if allowed:
        gateway.call("VM.set_other_config", session, vm, value)
        return
    with pytest.raises(XenAPIError) as refused:
        gateway.call("VM.set_other_config", session, vm, value)
    assert refused.value.description[1] == "vm.add_to_other_config/key:pci"
