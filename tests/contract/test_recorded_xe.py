"""The command line beside recorded runs of the original's with the original's server.

The gateway answers without sockets and without hosts, from the recorded pool: runs whose calls a
forwarder would have to do are left out, and so are those about what such a run had made.
"""

import asyncio
import gzip
import json
import os
import re
import struct
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from datamodel import api
from datamodel.relations import RELATIONS
from xapi import tasks
from xapi.xe import protocol
from xapi.xe.protocol import Tag, number, string

from tests.contract import replay
from tests.contract.replay import DATA, UUID, Tally, entries
from tests.contract.test_transcripts import judge
from tests.unit.xapi.conftest import Gateway, empty, gateway
from tests.unit.xapi.wire import Client

__all__ = ["empty", "gateway"]

DEAD = "11111111-2222-3333-4444-555555555555"
OF_THE_CLIENT = ("auth", "export", "event", "rbac")
"""Groups about the client's own doing, files, and directories."""

OF_HOSTS = (
    *("lifecycle", "create", "misc", "host", "pool", "vbd", "vdi", "snapshot", "sr", "network"),
    *("install", "hotplug", "objects", "bond", "vlan", "tunnel", "output"),
)
"""Groups whose runs follow from what hosts did in those before."""

NOT_IN_THE_FIXTURE = ("hostdriver", "role")
"""Classes whose records were not kept, or are made of the declarations."""

SENTENCE = {error.doc for error in api.errors.values()}


class NeedsHosts(BaseException):
    """What a run asks for is done by a forwarder."""


async def needs_hosts(*_: Any, **__: Any) -> Any:
    raise NeedsHosts


DERIVED = {
    cls: {field for each in RELATIONS for owner, field in [each.many] if owner == cls}
    - {field for each in RELATIONS for owner, field in [each.one] if owner == cls}
    for cls in api.classes
}
"""The sets that follow from the other ends of relations."""


def load(gateway: Gateway, name: str) -> None:
    """Have the pool database hold the recorded pool."""
    fixture = json.loads(gzip.decompress((DATA / f"fixture_{name}.json.gz").read_bytes()))
    with gateway.db.transaction() as tx:
        for cls, records in fixture.items():
            declared = api.classes.get(cls) or api.classes[cls.lower()]
            kept = declared.fields.keys() - DERIVED[declared.name]
            for ref, record in records.items():
                values = {key: value for key, value in record.items() if key in kept}
                tx.create(declared.name, values, ref)


def request(argv: list[str], session: str) -> bytes:
    body = "\n".join([*argv, f"session_id={session}"]).encode()
    return b"POST /cli HTTP/1.0\r\ncontent-length: %d\r\n\r\n" % len(body) + body + protocol.HELLO


async def nowhere(scope: Any, receive: Any, send: Any) -> None:
    """Stands for the application of calls, which takes a while to make."""


def answer(typed: str) -> bytes:
    """What a client sends for a line that its user types."""
    chunk = number(Tag.BLOB) + number(Tag.CHUNK) + number(len(typed))
    return number(12) + chunk + typed.encode() + number(8) + number(Tag.BLOB) + number(Tag.END)


def run(gateway: Gateway, session: str, argv: list[str], stdin: str | None) -> tuple[int, str, str]:
    """Exit code and output, as the client of the protocol shows them."""
    client = Client(gateway, app=nowhere)
    typed = answer(stdin.strip()) if stdin else b""
    gateway.run(exchange(client, request(argv, session) + typed))
    return shown(client.wire.written.removesuffix(b"<end>").removeprefix(protocol.HELLO))


async def exchange(client: Client, sent: bytes) -> None:
    client.wire.protocol.data_received(sent)
    client.wire.protocol.eof_received()
    for ended in await asyncio.gather(*client._tasks.tasks, return_exceptions=True):
        if isinstance(ended, NeedsHosts):
            raise ended


def shown(data: bytes) -> tuple[int, str, str]:
    code, out, err = 1, "", ""
    while data:
        size, _, tag = struct.unpack("<iii", data[:12])
        fields, data = data[12 : 4 + size], data[4 + size :]
        match tag:
            case Tag.EXIT:
                return struct.unpack("<i", fields)[0], out, err
            case Tag.PRINT:
                out += fields[4:].decode("utf-8", "surrogateescape") + "\n"
            case Tag.PRINT_STDERR:
                err += fields[4:].decode("utf-8", "surrogateescape")
            case Tag.ERROR:
                texts = strings(fields)
                err += f"Error code: {texts[0]}\nError parameters: {', '.join(texts[1:])}\n"
    return code, out, err + "Lost connection to the server.\n"


def strings(fields: bytes) -> list[str]:
    size = struct.unpack("<i", fields[:4])[0]
    found, rest = [fields[4 : 4 + size].decode()], fields[8 + size :]
    while rest:
        size = struct.unpack("<i", rest[:4])[0]
        found.append(rest[4 : 4 + size].decode())
        rest = rest[4 + size :]
    assert string(found[0])
    return found


def comparable(text: str, *, minimal: bool) -> Any:
    """Output without order, which sets, maps and lists of records have none of, and dates."""
    text = replay.DATE.sub("<date>", UUID.sub(lambda uuid: uuid[0], text))
    if minimal:
        return sorted(map(unordered, re.split(r"(?<!\\),", text.strip("\n"))))
    return sorted("\n".join(map(unordered, record.split("\n"))) for record in text.split("\n\n\n"))


def unordered(line: str) -> str:
    """A field, its members in one order."""
    head, mark, members = line.rpartition("): ")
    return f"{head}{mark}{sorted(re.split('[;,] |, ', members))}"


def difference(recorded: dict[str, Any], ours: tuple[int, str, str]) -> str | None:
    minimal = "--minimal" in recorded["argv"]
    if recorded["exit"] != ours[0]:
        return f"exit {recorded['exit']} {recorded['stderr'][:90]!r} | {ours[0]} {ours[2][:90]!r}"
    theirs, mine = recorded["stdout"], ours[1]
    if "<text>" in theirs:
        pieces = map(re.escape, theirs.split("<text>"))
        if not re.fullmatch(".*".join(pieces), mine, re.DOTALL):
            return f"help {theirs[:200]!r} | {mine[:200]!r}"
        return None
    if comparable(theirs, minimal=minimal) != comparable(mine, minimal=minimal):
        one, other = set(theirs.split("\n")), set(mine.split("\n"))
        return f"out {sorted(one - other)[:4]} | {sorted(other - one)[:4]}"
    return errors_differ(recorded["stderr"], ours[2])


def errors_differ(theirs: str, mine: str) -> str | None:
    """Errors agree in all but the sentence of a code, which is prose."""
    one, other = theirs.split("\n"), mine.split("\n")
    if other[0] in SENTENCE:
        one, other = one[1:], other[1:]
    return None if one == other else f"err {theirs[:160]!r} | {mine[:160]!r}"


def known_uuids(gateway: Gateway) -> set[str]:
    return {
        record["uuid"]
        for cls in api.classes
        for record in gateway.db.view.all(cls).values()
        if "uuid" in record
    } | {DEAD}


@pytest.mark.parametrize("name", ["cli"])
def test_xe(
    name: str,
    gateway: Gateway,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    load(gateway, name)
    monkeypatch.setattr(tasks, "forward", needs_hosts)
    known, tally, bound = replay.rules(), Tally(), dict[str, str]()
    session = gateway.login()
    existing, left_out = known_uuids(gateway), Counter[str]()
    by_group: Counter[tuple[str, bool]] = Counter()
    for entry in entries(name):
        group = entry["group"]
        argv = [UUID.sub(lambda found: bound.get(found[0], found[0]), arg) for arg in entry["argv"]]
        if (
            group in (*OF_THE_CLIENT, *OF_HOSTS)
            or not argv
            or argv[0].startswith("-")
            or "--help" in argv
        ):
            left_out[group] += 1
            continue
        if argv[0].startswith(NOT_IN_THE_FIXTURE):
            left_out[group] += 1
            continue
        named = {uuid[0] for arg in argv for uuid in UUID.finditer(arg)}
        if named - existing:
            left_out[group] += 1
            continue
        try:
            ours = run(gateway, session, argv, entry.get("stdin"))
        except NeedsHosts:
            left_out[group] += 1
            continue
        if entry.get("withheld"):
            continue
        theirs, mine = entry["stdout"].strip(), ours[1].strip()
        if UUID.fullmatch(theirs) and UUID.fullmatch(mine) and theirs not in existing:
            bound[theirs] = mine
        existing |= set(bound.values())
        entry["stdout"] = UUID.sub(lambda found: bound.get(found[0], found[0]), entry["stdout"])
        part = difference(entry, ours)
        by_group[group, part is None] += 1
        said = f"xe {' '.join(argv)[:120]}"
        tally.judge_parts(known, f"xe {group} {argv[0]}", said, [] if part is None else [part])
    report = Path(os.environ["XE_REPORT"]) if "XE_REPORT" in os.environ else None
    if report is not None:
        groups = "\n".join(f"{key}: {count}" for key, count in sorted(by_group.items()))
        report.write_text(f"{tally}\n{groups}\nleft out {left_out}\n{tally.report()}")
    judge(name, tally, capsys)
