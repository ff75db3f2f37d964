"""The actions of HTTP that are served, beside the recorded answers of upstream.

No daemon of a host is asked, so one gateway without sockets answers all that was recorded, in its
order.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from datamodel.roles import READ_ONLY, VM_OPERATOR
from xapi import sessions
from xapi.passwords import hash_password

from tests.contract import replay
from tests.contract.replay import Tally, entries
from tests.contract.test_transcripts import judge
from tests.unit.xapi.conftest import Gateway, empty, gateway
from tests.unit.xapi.wire import Client

__all__ = ["empty", "gateway"]

NAME = re.compile(r"<(session|task|blob|uuid|secret)(:\d+)?>")
USERS = {"root": ("rootpw", None), "alice": ("alicepw", READ_ONLY), "bob": ("bobpw", VM_OPERATOR)}
COMPARED = ("content-type", "www-authenticate", "access-control-allow-origin")
SECRET = "of the pool"


PLUGGED = ("nfs", "ext", "iso")
DOM0 = "7a1ce3f0-5a5a-4b6b-8d5e-0000000000d0"


def plug_storage(gateway: Gateway) -> None:
    """Have the SRs plugged that were so when the answers were recorded."""
    host = gateway.create("host", control_domain=gateway.create("VM", uuid=DOM0))
    for type_ in PLUGGED:
        sr = gateway.create("SR", type=type_)
        gateway.create("PBD", SR=sr, host=host, currently_attached=True)


class Names:
    """What the recorded names stand for here."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        kinds = (("text/plain", False), ("image/png", True))
        self._blobs = [
            gateway.create("blob", mime_type=kind, public=public) for kind, public in kinds
        ]
        self._root = gateway.login()

    def value(self, name: re.Match[str]) -> str:
        kind, number = name[1], int((name[2] or ":0")[1:])
        match kind:
            case "session":
                return self._gateway.login()
            case "task":
                return str(self._gateway.call("task.create", self._root, "transfer", ""))
            case "blob":
                return self._blobs[number - 1]
            case "uuid":
                return str(self._gateway.db.view.get("blob", self._blobs[number - 1])["uuid"])
        return SECRET


def headers(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines)
    return {name.lower(): value.strip() for name, _, value in pairs}


def differing(entry: dict[str, Any], head: str, body: str) -> Iterator[str]:
    """How an answer differs: one that differs in its status does in all."""
    status, *lines = head.splitlines()
    if status.split(" ")[1] != entry["status"]:
        yield from changed("status", entry["status"], status.split(" ")[1])
        return
    recorded, ours = headers(entry["headers"]), headers(lines)
    for name in COMPARED:
        yield from changed(name, recorded.get(name), ours.get(name))
    if not entry["request"].startswith("HEAD"):
        yield from changed("body", entry["body"], body)
        if "content-length" in recorded:
            yield from changed("length", str(len(body)), ours.get("content-length"))


def changed(what: str, recorded: Any, ours: Any) -> Iterator[str]:
    if recorded != ours:
        yield f"{what} {recorded!r} recorded, {ours!r} ours"


def test_actions_of_http(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    with gateway.db.transaction() as tx:
        for name, (password, role) in USERS.items():
            tx.kv_set(sessions.USERS, name, {"hash": hash_password(password), "role": role})
        sessions.set_secret(tx, SECRET)
    plug_storage(gateway)
    names, known, tally = Names(gateway), replay.rules(), Tally()
    for entry in entries("http"):
        request = NAME.sub(names.value, entry["request"])
        head, body = Client(gateway, trusted=entry["transport"] == "unix").exchange(
            request.encode("latin-1")
        )
        line = entry["request"].partition(" HTTP")[0]
        said = f"{line.partition('?')[0]} {entry['note']}"
        tally.judge_parts(known, f"HTTP {said}", said, list(differing(entry, head, body)))
    judge("http", tally, capsys)
