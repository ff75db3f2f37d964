"""Sessions of the pool's own members, and the limits of everybody else's."""

import xmlrpc.client
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
