"""Clients that listen while others change the pool as fast as they can."""

import json
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Event
from typing import Any

import pytest
import XenAPI

from tests.conftest import Pool, make_vm, remove_vm

LISTENERS, WRITERS, NETWORKS = 8, 3, 60


class Caller:
    """A client of JSON-RPC on a connection of its own; what is refused raises AssertionError."""

    def __init__(self, pool: Pool) -> None:
        self._connection = HTTPConnection("127.0.0.1", pool.layout.ports["xapi"], timeout=60)
        self._session = self._call("session.login_with_password", "root", pool.password)

    def _call(self, method: str, *params: Any) -> Any:
        body = {"jsonrpc": "2.0", "method": method, "params": params, "id": 1}
        self._connection.request("POST", "/jsonrpc", json.dumps(body))
        answer = json.loads(self._connection.getresponse().read())
        assert "error" not in answer, (method, answer)
        return answer["result"]

    def __call__(self, method: str, *params: Any) -> Any:
        return self._call(method, self._session, *params)


def test_no_listener_hears_of_a_pool_that_never_was(pool: Pool) -> None:
    done = Event()

    def listen() -> int:
        call, token, known, answers = Caller(pool), "", set(), 0
        while not done.is_set():
            answer = call("event.from", ["network"], token, 1.0)
            for event in answer["events"]:
                if event["operation"] == "del":
                    known.remove(event["ref"])
                else:
                    known.add(event["ref"])
                    assert event["snapshot"]["name_label"]
            assert len(known) == answer["valid_ref_counts"]["network"]
            assert all(call("network.get_all_records").values())
            token, answers = answer["token"], answers + 1
        return answers

    def write() -> None:
        call = Caller(pool)
        record = {"name_label": "short-lived", "name_description": "", "other_config": {}}
        for _ in range(NETWORKS):
            call("network.destroy", call("network.create", record))

    with ThreadPoolExecutor(LISTENERS + WRITERS) as threads:
        listening = [threads.submit(listen) for _ in range(LISTENERS)]
        try:
            for writing in [threads.submit(write) for _ in range(WRITERS)]:
                writing.result()
        finally:
            done.set()
        assert all(listener.result() > 0 for listener in listening)


@pytest.mark.parametrize("asynchronous", [True, False])
def test_who_destroys_a_task_gives_up_hearing_of_it_and_nothing_else(
    pool: Pool, api: Any, asynchronous: bool
) -> None:
    """A synchronous call has its answer also when somebody else destroys its task."""
    vm, caller = make_vm(api), Caller(pool)
    start = ("VM.start", vm, False, False)
    if asynchronous:
        caller("task.destroy", caller("Async.VM.start", *start[1:]))
    else:
        with ThreadPoolExecutor(1) as thread:
            started = thread.submit(caller, *start)
            while not started.done():
                for task in api.task.get_by_name_label("VM.start"):
                    destroy_if_there(api, task)
            assert started.result() == ""
    token = ""
    while api.VM.get_power_state(vm) != "Running" or api.VM.get_current_operations(vm):
        token = caller("event.from", ["vm"], token, 30.0)["token"]
    remove_vm(api, vm)


def destroy_if_there(api: Any, task: str) -> None:
    try:
        api.task.destroy(task)
    except XenAPI.Failure as failure:
        assert failure.details[0] == "HANDLE_INVALID"
