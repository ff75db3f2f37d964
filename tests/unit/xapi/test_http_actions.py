"""A request that is refused ends the task that it was given, where whoever asks may end it."""

import base64
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from datamodel.roles import READ_ONLY
from fastapi import Request
from pooldb import leases
from xapi import sessions
from xapi.http import serving
from xapi.passwords import hash_password

from tests.unit.xapi.conftest import Gateway

Headers = dict[str, str]
SECRET, PASSWORD = "of the pool", "of the user"
HASH = hash_password(PASSWORD)


def basic(name: str, password: str) -> Headers:
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


class Actions:
    """A gateway with root and a reader, and the tasks of each."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        with gateway.db.transaction() as tx:
            for name, role in (("root", None), ("reader", READ_ONLY)):
                tx.kv_set(sessions.USERS, name, {"hash": HASH, "role": role})
            sessions.set_secret(tx, SECRET)
        self.sessions = {"root": gateway.login(), "reader": gateway.login("reader", READ_ONLY)}
        self.tasks = {
            name: gateway.call("task.create", session, "transfer", "")
            for name, session in self.sessions.items()
        }

    def ask(
        self, target: str, headers: Headers | None = None, *, trusted: bool = False, **query: str
    ) -> int:
        """The status of the answer to a verb and path."""
        method, _, path = target.partition(" ")
        scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": urlencode(query).encode(),
            "headers": [(key.encode(), said.encode()) for key, said in (headers or {}).items()],
        }
        actions = serving.Actions(self.gateway.dispatcher.pool, trusted=trusted)
        return self.gateway.run(actions.answer(Request(scope))).status_code

    def ended(self, name: str) -> list[str] | None:
        """What a task failed with; None while it is pending."""
        record = self.gateway.db.view.get("task", self.tasks[name])
        assert (record["status"] == "failure") == bool(record["error_info"])
        assert record["status"] in ("pending", "failure")
        return record["error_info"] or None


@pytest.fixture
def actions(gateway: Gateway) -> Actions:
    return Actions(gateway)


def test_what_is_not_served_yet_fails_its_task(actions: Actions) -> None:
    query = {"session_id": actions.sessions["root"], "task_id": actions.tasks["root"]}
    assert actions.ask("PUT /import", **query) == 501
    assert actions.ended("root") == ["NOT_IMPLEMENTED", "put_import"]
    assert actions.ended("reader") is None


def test_each_way_to_say_who_one_is(actions: Actions) -> None:
    session, task = actions.sessions["root"], actions.tasks["root"]
    ways: list[tuple[Headers, dict[str, str]]] = [
        ({}, {"session_id": session}),
        ({"cookie": f"session_id={session}"}, {}),
        ({"cookie": f"x=y; session_id={quote(session)}"}, {}),
        ({"cookie": f"x=y&session_id={session}&task_id={task}"}, {"task_id": "another"}),
        ({}, {"pool_secret": SECRET}),
        ({"cookie": f"pool_secret={quote(SECRET)}"}, {}),
        (basic("root", PASSWORD), {}),
        ({"cookie": f"session_id={session}"}, {"session_id": "a cookie goes first"}),
    ]
    for headers, query in ways:
        with actions.gateway.db.transaction() as tx:
            tx.update("task", task, {"status": "pending", "error_info": []})
        assert actions.ask("GET /export", headers, **{"task_id": task, **query}) == 501
        assert actions.ended("root") == ["NOT_IMPLEMENTED", "get_export"], (headers, query)


def test_who_is_not_known_ends_nothing(actions: Actions) -> None:
    task, session = actions.tasks["root"], actions.sessions["root"]
    ways: list[tuple[Headers, dict[str, str]]] = [
        ({}, {}),
        ({}, {"session_id": "OpaqueRef:dead"}),
        ({}, {"session_id": ""}),
        ({}, {"pool_secret": "another"}),
        (basic("root", "wrong"), {}),
        (basic("nobody", PASSWORD), {}),
        ({"authorization": "Bearer x"}, {}),
        ({"authorization": "Basic !"}, {}),
        ({"authorization": "Basic /w=="}, {}),
        # What is given first is what counts.
        (basic("root", PASSWORD), {"session_id": "OpaqueRef:dead"}),
        ({"cookie": "session_id=OpaqueRef:dead"}, {"session_id": session}),
    ]
    for headers, query in ways:
        assert actions.ask("GET /export", headers, task_id=task, **query) == 401, (headers, query)
    assert actions.ended("root") is None


def test_a_task_of_another_is_left_alone(actions: Actions) -> None:
    asking = {"session_id": actions.sessions["reader"], "task_id": actions.tasks["root"]}
    assert actions.ask("GET /vm_rrd", **asking) == 501
    assert actions.ended("root") is None
    asking = {"session_id": actions.sessions["root"], "task_id": actions.tasks["reader"]}
    assert actions.ask("GET /vm_rrd", **asking) == 501
    assert actions.ended("reader") == ["NOT_IMPLEMENTED", "vm_rrd"]


def test_a_role_that_does_not_do_is_what_the_task_says(actions: Actions) -> None:
    asking = {"session_id": actions.sessions["reader"], "task_id": actions.tasks["reader"]}
    assert actions.ask("PUT /import", **asking) == 403
    ended = actions.ended("reader")
    assert ended is not None
    assert ended[:2] == ["RBAC_PERMISSION_DENIED", "http/put_import"]


@pytest.mark.parametrize(
    ("target", "status"),
    [("GET /nothing", 403), ("HEAD /import", 501), ("GET /", 403)],
)
def test_whatever_is_refused_ends_its_task(actions: Actions, target: str, status: int) -> None:
    asking = {"session_id": actions.sessions["root"], "task_id": actions.tasks["root"]}
    assert actions.ask(target, **asking) == status
    assert actions.ended("root") is not None


def test_who_may_open_the_socket_may_end_any_task(actions: Actions) -> None:
    assert actions.ask("PUT /import", trusted=True, task_id=actions.tasks["reader"]) == 501
    assert actions.ended("reader") is not None


def test_a_task_that_has_ended_stays_as_it_is(actions: Actions) -> None:
    root, task = actions.sessions["root"], actions.tasks["root"]
    actions.gateway.call("task.set_status", root, task, "success")
    before = actions.gateway.db.view.get("task", task)
    assert actions.ask("PUT /import", session_id=root, task_id=task) == 501
    assert actions.gateway.db.view.get("task", task) == before


def test_the_task_of_a_call_is_ended_by_the_call(actions: Actions) -> None:
    root, task = actions.sessions["root"], actions.tasks["root"]
    with actions.gateway.db.transaction() as tx:
        leases.offer(tx, leases.TASKS, task, 10.0, {})
    assert actions.ask("PUT /import", session_id=root, task_id=task) == 501
    assert actions.ended("root") is None


def test_a_dead_task_changes_nothing_of_the_answer(actions: Actions) -> None:
    asking = {"session_id": actions.sessions["root"], "task_id": "OpaqueRef:dead"}
    assert actions.ask("PUT /import", **asking) == 501
