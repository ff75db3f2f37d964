"""Plain HTTP sends each kind of client to HTTPS by the code that it follows."""

import asyncio
from typing import Any

import pytest
from xapi.rpc import redirect


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 302), ("PUT", 302), ("HEAD", 302), ("POST", 308)]
)
def test_the_whole_query_goes_along(method: str, status: int) -> None:
    scope = {
        "type": "http",
        "method": method,
        "path": "/export",
        "query_string": b"uuid=x&session_id=OpaqueRef%3Ay",
        "headers": [(b"host", b"pool.example:80")],
    }
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    asyncio.run(redirect.application(443)(scope, lambda: asyncio.sleep(0), send))
    assert said[0]["status"] == status
    place = dict(said[0]["headers"])[b"location"].decode()
    assert place == "https://pool.example:443/export?uuid=x&session_id=OpaqueRef%3Ay"
