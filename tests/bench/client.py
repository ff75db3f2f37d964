"""A client as lean as can be, so that what is measured is the server."""

import json
import socket
from typing import Any

import msgspec

from tests.conftest import Pool

HEAD = "POST /jsonrpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
LENGTH = b"content-length: "


class Client:
    """JSON-RPC over one kept connection to the unix socket, in a session of its own."""

    def __init__(self, pool: Pool) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(pool.layout.path("xapi.sock")))
        self._session = self._ask("session.login_with_password", "root", pool.password)

    def __call__(self, method: str, *params: Any) -> Any:
        return self._ask(method, self._session, *params)

    def _ask(self, method: str, *params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "id": 1})
        self._socket.sendall((HEAD.format(length=len(body)) + body).encode())
        answer = msgspec.json.decode(self._answer())
        assert "result" in answer, answer
        return answer["result"]

    def _answer(self) -> bytes:
        head, _, body = self._socket.recv(65536).partition(b"\r\n\r\n")
        length = int(head[head.index(LENGTH) + len(LENGTH) :].partition(b"\r\n")[0])
        parts, missing = [body], length - len(body)
        while missing:
            parts.append(self._socket.recv(min(missing, 1 << 20)))
            missing -= len(parts[-1])
        return b"".join(parts)
