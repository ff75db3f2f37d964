"""Sessions of the pool's own members, and the limits of everybody else's."""

import http.client
import json
import socket
import stat
import xmlrpc.client
from pathlib import Path
from typing import Any

import pytest
import XenAPI

from tests.conftest import Pool


def test_a_member_logs_in_with_the_pools_secret(pool: Pool, api: Any) -> None:
    host = api.host.get_all()[0]
    session = _direct(pool, "session.slave_login", host, pool.layout.secret("pool"))
    assert api.session.get_pool(session) is True
    assert api.session.get_this_host(session) == host
    _direct(pool, "session.logout", session)


@pytest.mark.parametrize("secret", ["", "another"])
def test_another_secret_is_refused(pool: Pool, api: Any, secret: str) -> None:
    with pytest.raises(XenAPI.Failure) as caught:
        _direct(pool, "session.slave_login", api.host.get_all()[0], secret)
    assert caught.value.details[0] == "SESSION_AUTHENTICATION_FAILED"


def _direct(pool: Pool, method: str, *params: str) -> Any:
    """A call without a session of the client's own."""
    proxy = xmlrpc.client.ServerProxy(pool.layout.url)
    answer = getattr(proxy, method)(*params)
    if answer["Status"] != "Success":
        raise XenAPI.Failure(answer["ErrorDescription"])
    return answer["Value"]


class Local(http.client.HTTPConnection):
    """A connection to the gateway's unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))


def test_who_may_use_the_unix_socket_needs_no_password(pool: Pool) -> None:
    path = pool.layout.folder / "xapi.sock"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600, "anybody else is kept out"
    connection = Local(path)
    call = {"method": "session.login_with_password", "params": ["root", "no password"], "id": 1}
    connection.request("POST", "/jsonrpc", json.dumps(call))
    session = json.load(connection.getresponse())["result"]
    connection.close()
    _direct(pool, "session.logout", session)


def test_the_audit_log_tells_what_became_of_a_call(pool: Pool, api: Any) -> None:
    network = api.network.get_all()[0]
    api.network.add_to_other_config(network, "audited", "1")
    with pytest.raises(XenAPI.Failure):
        api.network.add_to_other_config(network, "audited", "2")
    api.network.remove_from_other_config(network, "audited")
    lines = (pool.layout.folder / "log" / "audit.jsonl").read_text().splitlines()
    told = [json.loads(line) for line in lines if '"audited"' in line]
    assert [line["outcome"] for line in told] == [
        "allowed",
        "allowed, failed: MAP_DUPLICATE_KEY",
        "allowed",
    ]
    assert told[0]["params"] == [network, "audited", "1"]
    assert told[0]["subject"] == "root"


def test_a_role_leads_to_its_permissions_and_back(api: Any) -> None:
    (role,) = api.role.get_by_name_label("vm-operator")
    (start,) = api.role.get_by_name_label("vm.start")
    assert start in api.role.get_subroles(role)
    assert start in api.role.get_permissions(role)
    assert api.role.get_record(start)["name_description"] == "A basic permission"
    assert role in api.role.get_by_permission(start)
    assert api.role.get_permissions_name_label(start) == ["vm.start"]
