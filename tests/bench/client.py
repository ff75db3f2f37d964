"""Clients as lean as can be, so that what is measured is the server."""

import json
import re
import socket
import xmlrpc.client
from typing import Any

import msgspec

from tests.conftest import Pool

HEAD = "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
LENGTH = b"content-length: "
FAILED = re.compile(rb"<name>Status</name><value>(<string>)?Failure")


class Http:
    """One kept connection to the unix socket."""

    def __init__(self, pool: Pool) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(pool.layout.path("xapi.sock")))

    def post(self, path: str, body: str) -> bytes:
        head = HEAD.format(path=path, length=len(body.encode()))
        self._socket.sendall((head + body).encode())
        head_, _, rest = self._socket.recv(65536).partition(b"\r\n\r\n")
        length = int(head_[head_.index(LENGTH) + len(LENGTH) :].partition(b"\r\n")[0])
        parts, missing = [rest], length - len(rest)
        while missing:
            parts.append(self._socket.recv(min(missing, 1 << 20)))
            missing -= len(parts[-1])
        return b"".join(parts)


class Client:
    """JSON-RPC in a session of its own."""

    def __init__(self, pool: Pool) -> None:
        self._http, self._password = Http(pool), pool.password
        self._session = self._log_in()

    def __call__(self, method: str, *params: Any) -> Any:
        return self._ask(method, self._session, *params)

    def xml(self, method: str, *params: Any) -> bytes:
        """Make the call by XML-RPC; the answer's text, so that nothing is spent on reading it."""
        body = xmlrpc.client.dumps((self._session, *params), method)
        answer = self._http.post("/", body)
        assert not FAILED.search(answer), answer
        return answer

    def log_in_and_out(self) -> None:
        self._ask("session.logout", self._log_in())

    def _log_in(self) -> Any:
        return self._ask("session.login_with_password", "root", self._password)

    def _ask(self, method: str, *params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "id": 1})
        answer = msgspec.json.decode(self._http.post("/jsonrpc", body))
        assert "result" in answer, answer
        return answer["result"]
