"""The gateway as clients meet it: both protocols, sessions, roles, and what no client sends."""

import contextlib
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pooldb
import pytest
import XenAPI
from simulated_pool.services import database_url
from xapi import sessions

from tests import deaf_guests
from tests.conftest import Pool


def post(pool: Pool, path: str, body: bytes) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", pool.layout.ports["xapi"], timeout=30)
    connection.request("POST", path, body)
    answer = connection.getresponse()
    found = answer.status, answer.headers["content-type"], answer.read()
    connection.close()
    return found


def rpc(pool: Pool, method: str, *params: Any) -> Any:
    body = {"jsonrpc": "2.0", "method": method, "params": params, "id": "x"}
    status, kind, answer = post(pool, "/jsonrpc", json.dumps(body).encode())
    assert (status, kind) == (200, "application/json")
    return json.loads(answer)


def test_both_wire_names_and_versions(pool: Pool) -> None:
    session = rpc(pool, "session_login_with_password", "root", pool.password)["result"]
    assert rpc(pool, "pool.get_all", session) == rpc(pool, "pool_get_all", session)
    body = {"method": "pool.get_all", "params": [session], "id": 3}
    _, _, answer = post(pool, "/jsonrpc", json.dumps(body).encode())
    assert set(json.loads(answer)) == {"result", "error", "id"}


@pytest.mark.parametrize("path", ["/", "/RPC2", "/xmlrpc", "/any/thing"])
def test_xmlrpc_is_everywhere_and_has_no_white_space(pool: Pool, path: str) -> None:
    body = b"<methodCall><methodName>system.isAlive:x</methodName><params><param><value>here"
    status, kind, answer = post(pool, path, body + b"</value></param></params></methodCall>")
    assert (status, kind) == (200, "text/xml")
    assert b"here" in answer
    assert b"\n" not in answer


def test_a_wrong_password_is_refused(pool: Pool) -> None:
    session = XenAPI.Session(pool.layout.url)
    with pytest.raises(XenAPI.Failure) as caught:
        session.xenapi.login_with_password("root", "wrong")
    assert caught.value.details[:2] == ["SESSION_AUTHENTICATION_FAILED", "root"]


def test_a_session_ends_with_its_logout(pool: Pool) -> None:
    session = rpc(pool, "session.login_with_password", "root", pool.password)["result"]
    assert rpc(pool, "session.logout", session)["result"] == ""
    error = rpc(pool, "pool.get_all", session)["error"]
    assert (error["message"], error["data"]) == ("SESSION_INVALID", [session])


@pytest.fixture
def reader(pool: Pool) -> str:
    """A session of a user who may only read."""
    db = pooldb.connect(database_url(pool.layout))
    with db.transaction() as tx:
        sessions.add_user(tx, "reader", "secret", "read-only")
    session: str = rpc(pool, "session.login_with_password", "reader", "secret")["result"]
    return session


def test_a_reader_may_read_and_nothing_else(pool: Pool, reader: str) -> None:
    (ref,) = rpc(pool, "pool.get_all", reader)["result"]
    error = rpc(pool, "pool.set_name_label", reader, ref, "mine")["error"]
    assert error["message"] == "RBAC_PERMISSION_DENIED"
    assert error["data"][0] == "pool.set_name_label"


BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>
<methodCall><methodName>&b;</methodName></methodCall>"""


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/", b""),
        ("/", b"<methodCall><methodName>VM.start</meth"),
        ("/", BOMB),
        ("/", b"<methodCall>" + b"<value><array><data>" * 200),
        ("/", b"x" * 1_000_000),
        ("/jsonrpc", b"{"),
        ("/jsonrpc", b"[]"),
        ("/jsonrpc", b"\xff\xfe"),
        ("/jsonrpc", b'{"method": 5}'),
        ("/jsonrpc", b"[" * 100_000),
    ],
)
def test_garbage_gets_an_error_without_a_stack_trace(pool: Pool, path: str, body: bytes) -> None:
    status, _, answer = post(pool, path, body)
    assert status in (413, 500)
    assert b"Traceback" not in answer
    assert b".py" not in answer


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("VM.nosuch", [], ["MESSAGE_METHOD_UNKNOWN", "VM.nosuch"]),
        ("VM.start", [], ["MESSAGE_PARAMETER_COUNT_MISMATCH", "VM.start", "3", "-1"]),
        ("VM.get_all", ["OpaqueRef:no"], ["SESSION_INVALID", "OpaqueRef:no"]),
    ],
)
def test_wrong_calls_get_the_fields_own_errors(
    pool: Pool, method: str, params: list[Any], error: list[str]
) -> None:
    found = rpc(pool, method, *params)["error"]
    assert [found["message"], *found["data"]] == error


def test_every_class_can_be_listed(pool: Pool, api: Any) -> None:
    session = rpc(pool, "session.login_with_password", "root", pool.password)["result"]
    names = [
        name for name in rpc(pool, "system.listMethods")["result"] if "get_all_records" in name
    ]
    for name in names:
        if not name.endswith("_where"):
            answer = rpc(pool, name, session)
            assert "result" in answer or answer["error"]["message"] == "MESSAGE_REMOVED", name


def await_gateway(pool: Pool) -> None:
    while True:
        with contextlib.suppress(OSError), pool.session():
            return


def test_a_gateway_that_is_stopped_answers_what_it_has_begun(pool: Pool, vm: str) -> None:
    """A call comes to its end; who waits for events hears at once that there are none."""
    with pool.session() as api:
        guest = deaf_guests.started(pool, api, vm)
    session = rpc(pool, "session.login_with_password", "root", pool.password)["result"]
    token = rpc(pool, "event.from", session, ["*"], "", 0.0)["result"]["token"]
    with ThreadPoolExecutor(3) as threads:
        listening = threads.submit(rpc, pool, "event.from", session, ["network"], token, 3600.0)
        calling = guest.while_asked(
            lambda: threads.submit(rpc, pool, "VM.clean_shutdown", session, vm)
        )
        stopping = threads.submit(pool.supervisor.stop, "xapi")
        try:
            assert listening.result()["result"]["events"] == []
            guest.stop()
            assert "error" not in calling.result()
        finally:
            stopping.result()
            pool.supervisor.start("xapi")
            await_gateway(pool)
    with pool.session() as api:
        assert api.VM.get_power_state(vm) == "Halted"
