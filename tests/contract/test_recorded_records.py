"""The records of each class of a fresh pool: members, their order and types, and their values."""

import gzip
import json
import re
import xmlrpc.client
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Pool
from tests.contract import replay
from tests.contract.replay import DATA, Client, Tally, differing
from tests.contract.test_transcripts import judge

TOKEN = re.compile(r"</struct>|<struct>|<name>([^<]*)</name><value>(<[\w.]+>)?")

Record = dict[str, Any]

MARKS = {
    **{"VM": "is_control_domain", "network": "bridge", "host_cpu": "number"},
    **{"console": "protocol", "role": "name_label"},
}
"""The member by which a recorded record is found among ours."""

OF_THE_MACHINE = {
    "host": {
        *("name_label", "hostname", "address", "memory_overhead", "PIFs", "PBDs"),
        *("software_version", "host_CPUs", "resident_VMs", "cpu_info", "bios_strings"),
    },
    "host_cpu": {"vendor", "speed", "modelname", "family", "model", "stepping", "flags"},
    "host_metrics": {"memory_total", "memory_free"},
    "VM": {"name_label", "VCPUs_max", "VCPUs_at_startup", "consoles", "memory_overhead"}
    | {f"memory_{name}" for name in ("target", "static_max", "static_min")}
    | {f"memory_dynamic_{name}" for name in ("max", "min")},
    "VM_metrics": {"VCPUs_number", "VCPUs_utilisation", "memory_actual"},
    "console": {"location"},
    "pool": {"name_label", "default_SR", "suspend_image_SR", "crash_dump_SR", "cpu_info"},
    "role": {"subroles"},
}
"""Members whose values follow from the machine, its name or the storage that the pool was given."""

IN_A_RECORD = 3
"""Structs that a record's members are within: the answer's, that of all records, its own."""

SINCE = re.compile(r"\d+\.")


def recorded() -> dict[str, Any]:
    """Class → the recorded records and the beginning of the same answer as XML, or its error."""
    found: dict[str, Any] = json.loads(gzip.decompress((DATA / "records.json.gz").read_bytes()))
    return found


def xml_of(pool: Pool, session: str, cls: str) -> str:
    """The answer's body."""
    call = xmlrpc.client.dumps((session,), f"{cls}.get_all_records").encode()
    head = f"POST / HTTP/1.1\r\nHost: pool\r\nContent-Length: {len(call)}\r\n\r\n"
    return replay.exchange(pool.layout.ports["xapi"], head.encode() + call).body


def shape(xml: str) -> list[list[str]]:
    """The members of the first record in an answer, with the tags of their values.

    The answer may be cut: it is read as far as it goes.
    """
    members, depth = [], 0
    for token in TOKEN.finditer(xml):
        name, tag = token.groups(default="")
        if token[0] == "</struct>":
            depth -= 1
            if members and depth < IN_A_RECORD:
                break
            continue
        if name and depth == IN_A_RECORD:
            members.append([name, tag])
        depth += "<struct>" in (token[0], tag)
    return members


def parts_of(cls: str, wanted: Record, ours: list[Record]) -> Iterator[str]:
    """Where the record of ours that stands for a recorded one differs from it."""
    mark = MARKS.get(cls, "")
    found = next((record for record in ours if record.get(mark) == wanted.get(mark)), None)
    if found is None:
        yield "record absent"
        return
    if list(wanted) != list(found):
        yield f"members {', '.join(wanted.keys() ^ found.keys())} or their order"
    for name in wanted.keys() & found.keys() - OF_THE_MACHINE.get(cls, set()):
        parts = differing(_timeless(wanted[name]), _timeless(found[name]), name)
        yield from parts


def _timeless(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {k: "<since>" if SINCE.fullmatch(str(v)) else v for k, v in value.items()}


def test_records(recorded_pool: Pool, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    known, tally = replay.rules(), Tally()
    for cls, facts in recorded().items():
        method = f"{cls}.get_all_records"
        answer = client.call(method, client.session)
        if "error" in facts or "error" in answer:
            wanted = facts.get("error", [])
            found = replay.outcome(answer).error or ()
            tally.judge_parts(known, method, cls, list(differing(wanted, list(found))))
            continue
        ours = list(answer["result"].values())
        for record in facts["records"]:
            tally.judge_parts(known, method, cls, list(parts_of(cls, record, ours)))
        if facts["records"] and ours:
            # A long answer was cut in the recording, maybe within its last member.
            theirs = shape(facts["xml"])[:-1]
            mine = shape(xml_of(recorded_pool, client.session, cls))[: len(theirs)]
            tally.judge_parts(known, method, f"{cls} as XML", list(differing(theirs, mine)))
    judge("records", tally, capsys)
