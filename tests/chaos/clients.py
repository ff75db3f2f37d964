"""Clients as there are: the unmodified XML-RPC client from PyPI, and plain JSON-RPC."""

import http.client
import xmlrpc.client
from typing import Any, Protocol

import XenAPI

from tests.fuzz import wires
from tests.fuzz.wires import Answer

UNANSWERED = (http.client.HTTPException, xmlrpc.client.ProtocolError, OSError)
ANSWER_S = 600.0


class Client(Protocol):
    """Whoever calls; no exception leaves a call."""

    def call(self, method: str, *params: Any, timeout_s: float = ANSWER_S) -> Answer: ...


class XmlRpc:
    """The client from PyPI. It waits as long as it takes, and calls again when it is cut off."""

    def __init__(self, url: str, password: str) -> None:
        self._session = XenAPI.Session(url, ignore_ssl=True)
        self._password = password

    def call(self, method: str, *params: Any, timeout_s: float = ANSWER_S) -> Answer:
        try:
            if self._session.handle is None:
                self._session.login_with_password("root", self._password, "1.0", "chaos")
            return Answer(result=self._session.xenapi_request(method, params))
        except XenAPI.Failure as failure:
            return Answer(error=tuple(map(str, failure.details)))
        except UNANSWERED as failure:
            return Answer(broken=f"{type(failure).__name__}: {failure}")


class JsonRpc:
    """A connection for each call; it hangs up when its time is over."""

    def __init__(self, address: tuple[str, int], password: str) -> None:
        self._address = address
        self._password = password
        self._session = ""

    def call(self, method: str, *params: Any, timeout_s: float = ANSWER_S) -> Answer:
        if not self._session:
            login = "session.login_with_password"
            answer = wires.send(self._address, "json2", login, ["root", self._password], ANSWER_S)
            if answer.result is None:
                return answer
            self._session = answer.result
        given = [self._session, *params]
        return wires.send(self._address, "json2", method, given, timeout_s)
