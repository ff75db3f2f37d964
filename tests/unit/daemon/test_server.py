"""The server's side of an interface: each call is answered and acknowledged once."""

import sqlite3
from dataclasses import dataclass, field
from typing import Any

import pytest
from daemon.server import Call, Server
from xenops.envelope import XENOPSD, Interface
from xenops.errors import Failure, XenopsError
from xenops.squeezed import SQUEEZED, SqueezedError

from broker import Delivery


class Trouble(Exception):
    """One that its daemon expects."""


@dataclass
class Letter:
    """A message, and what became of it."""

    body: Any
    replies: list[Any] = field(default_factory=list)
    acknowledged: int = 0

    def delivery(self) -> Delivery:
        return Delivery("", self.body, "1", {}, "", self._ack, self.replies.append, pytest.fail)

    def _ack(self) -> None:
        self.acknowledged += 1


QUESTIONS = [
    (XENOPSD, "VM.exists", {"debug_info": "", "id": "x"}, True),
    (SQUEEZED, "login", {"debug_info": "", "client": "x"}, "session"),
]

START = {"debug_info": "", "id": "x", "paused": False}


def told(interface: Interface, wire: str, params: dict[str, Any], answer: Any) -> Letter:
    """What comes of a call that a function or a value answers."""
    letter = Letter(interface.request(wire, params, "1"))
    Server(interface, {wire: answer}, {}, (Trouble,)).handle(letter.delivery())
    assert (len(letter.replies), letter.acknowledged) == (1, 1)
    assert letter.replies[0]["id"] == "1"
    return letter


@pytest.mark.parametrize(("interface", "wire", "params", "value"), QUESTIONS)
def test_a_question_is_answered(
    interface: Interface, wire: str, params: dict[str, Any], value: Any
) -> None:
    letter = told(interface, wire, params, lambda p: value if p == params else None)
    assert interface.read_reply(interface.method(wire), letter.replies[0]) == value


@pytest.mark.parametrize(
    ("raised", "text"),
    [(Trouble("no Xen"), "no Xen"), (KeyError("bug"), "KeyError: 'bug'"), (None, None)],
)
@pytest.mark.parametrize(("interface", "wire", "params", "value"), QUESTIONS)
def test_what_goes_wrong_is_told_in_the_interfaces_words(
    interface: Interface,
    wire: str,
    params: dict[str, Any],
    value: Any,
    raised: Exception | None,
    text: str | None,
) -> None:
    refused = interface.failed("Internal_error", "refused")

    def fail(_: Any) -> Any:
        raise raised or refused

    letter = told(interface, wire, params, fail)
    error = interface.read_error(letter.replies[0]["error"])
    assert (error.tag, error.value) == ("Internal_error", text or "refused")


@pytest.mark.parametrize(
    "body", [{}, {"method": "none"}, {"method": "VM.stat"}, {"method": "VM.stat", "params": 5}]
)
def test_what_is_no_call_is_refused(body: dict[str, Any]) -> None:
    letter = Letter(body)
    Server(XENOPSD, {"VM.stat": lambda p: pytest.fail()}, {}).handle(letter.delivery())
    assert letter.acknowledged == 1
    assert letter.replies[0]["error"] is not None


@pytest.mark.parametrize(
    ("interface", "error"),
    [(XENOPSD, XenopsError("Unimplemented", "VM.exists")), (SQUEEZED, None)],
)
def test_a_declared_message_that_nobody_serves_is_refused(
    interface: Interface, error: Failure | None
) -> None:
    wire, params = ("VM.exists", {"id": "x"}) if error else ("login", {"client": "x"})
    error = error or SqueezedError("Internal_error", "login")
    letter = Letter(interface.request(wire, {"debug_info": "", **params}, "1"))
    Server(interface, {}, {}).handle(letter.delivery())
    found = interface.read_error(letter.replies[0]["error"])
    assert (found.tag, found.value, letter.acknowledged) == (error.tag, error.value, 1)


def test_what_is_begun_is_acknowledged_then_and_answers_later() -> None:
    begun: list[Call] = []
    letter = Letter(XENOPSD.request("VM.start", START, "1"))
    server = Server(XENOPSD, {}, {"VM.start": begun.append})
    server.handle(letter.delivery())
    assert (letter.replies, letter.acknowledged) == ([], 1)
    begun[0].answer("1")
    assert letter.replies == [{"result": "1", "error": None, "id": "1"}]


def test_what_cannot_be_begun_is_refused_at_once() -> None:
    def refuse(call: Call) -> None:
        raise XenopsError("Does_not_exist", ("VM", call.params["id"]))

    letter = Letter(XENOPSD.request("VM.start", START, "1"))
    Server(XENOPSD, {}, {"VM.start": refuse}).handle(letter.delivery())
    assert letter.acknowledged == 1
    assert letter.replies[0]["error"] == ["Does_not_exist", ["VM", "x"]]


def test_what_is_kept_is_acknowledged_by_who_keeps_it() -> None:
    kept: list[Call] = []
    letter = Letter(XENOPSD.request("VM.start", START, "1"))
    Server(XENOPSD, {}, {}, keeps={"VM.start": kept.append}).handle(letter.delivery())
    assert (letter.replies, letter.acknowledged) == ([], 0)
    kept[0].delivery.ack()
    assert letter.acknowledged == 1


@pytest.mark.parametrize("interface", [XENOPSD, SQUEEZED])
def test_a_full_disk_is_said_to_be_one(interface: Interface) -> None:
    _, wire, params, _ = QUESTIONS[0 if interface is XENOPSD else 1]

    def full(_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    letter = told(interface, wire, params, full)
    with pytest.raises(Failure) as failed:
        interface.read_reply(interface.method(wire), letter.replies[0])
    if interface is XENOPSD:
        assert failed.value.tag == "Storage_backend_error"
        assert failed.value.value[0] == "OUT_OF_SPACE"
    assert "disk is full" in str(failed.value)
