"""Warren's answers beside the recorded ones of upstream."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Pool
from tests.contract import replay
from tests.contract.replay import (
    ANY_KIND,
    DEAD,
    LEFT_OUT,
    OPAQUE,
    Answer,
    Client,
    Outcome,
    Replay,
    Tally,
    entries,
    exchange,
    outcome,
)

REPORTS = Path(os.environ["TRANSCRIPT_REPORTS"]) if "TRANSCRIPT_REPORTS" in os.environ else None
"""A folder for every difference under its reason, one file per recording; optional."""


def recorded_error(entry: dict[str, Any]) -> Outcome:
    if entry.get("error"):
        return Outcome(tuple(map(str, entry["error"])))
    if entry["result"] == LEFT_OUT:
        return Outcome(None, ANY_KIND)
    return Outcome(None, type(entry["result"]).__name__)


def judge(name: str, tally: Tally, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{name}: {tally}")
    if REPORTS is not None:
        REPORTS.mkdir(parents=True, exist_ok=True)
        (REPORTS / f"{name}.txt").write_text(f"{name}: {tally}\n{tally.report()}")
    assert not tally.unexplained, "\n".join(tally.unexplained[:40])


@pytest.mark.parametrize("name", ["errors", "errors_implicit"])
def test_errors(name: str, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    runner = Replay(client, lambda cls, number, state: None)
    for entry in entries(name):
        runner.run(entry, recorded_error(entry))
    judge(name, runner.tally, capsys)


def test_expressions_and_roles(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    host = client.result("host.get_all")[0]
    vm = client.result("host.get_control_domain", host)
    objects = {
        "host": host,
        "pool": client.result("pool.get_all")[0],
        "VM": vm,
        "network": client.result("network.get_all")[0],
    }
    runner = Replay(client, lambda cls, number, state: objects.get(cls))
    # What calls that the recording leaves out had made.
    appliance = {"name_label": "a", "name_description": ""}
    runner.bind("<ref:2728>", client.result("VM_appliance.create", appliance))
    runner.bind("<uuid:2294>", client.result("VM.get_uuid", vm))
    for entry in entries("session_rbac"):
        if entry["request"]["protocol"] == "json2":
            runner.run(entry, outcome(entry["normalised"]))
    judge("session_rbac", runner.tally, capsys)


# --- raw requests: paths, verbs, headers, malformed bodies --------------------------------------


CUT_KEEPS = 140


def rebuilt(entry: dict[str, Any], values: dict[str, str], password: str) -> bytes:
    """A recorded request with our references and password in it, its length counted again."""
    head, blank, body = entry["request_raw"].partition("\r\n\r\n")
    length = len(body.encode())
    for recorded, ours in values.items():
        head, body = head.replace(recorded, ours), body.replace(recorded, ours)
    if "good password" in entry["note"]:
        body = body.replace("<string>x<", f"<string>{password}<").replace('"x"', f'"{password}"')
    head = head.replace(f"Content-Length: {length}", f"Content-Length: {len(body.encode())}")
    return (head + blank + body).encode()


def test_envelope(recorded_pool: Pool, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    layout = recorded_pool.layout
    addresses: dict[str, str | int] = {
        "unix": str(layout.folder / "xapi.sock"),
        "tcp": layout.ports["xapi"],
    }
    network = client.result(
        "network.create",
        {
            "name_label": "probe",
            "name_description": "",
            "MTU": 1500,
            "other_config": {"k": "v"},
            "bridge": "xapi4",
            "managed": True,
            "tags": [],
        },
    )
    values: dict[str, str] = {}
    known, tally = replay.rules(), Tally()
    for entry in entries("envelope"):
        if entry["request_raw"] is None:
            continue
        body = entry["request_raw"].partition("\r\n\r\n")[2]
        recorded = Answer(entry["http"]["status"].split(" ")[1], entry["response_raw"] or "")
        refs = [ref for ref in OPAQUE.findall(body) if not DEAD.match(ref)]
        if refs and refs[0] not in values and recorded.outcome.code != "SESSION_INVALID":
            values[refs[0]] = client.login()
        if len(refs) > 1 and "network." in body:
            values.setdefault(refs[1], network)
        ours = exchange(
            addresses[entry["transport"]], rebuilt(entry, values, recorded_pool.password)
        )
        theirs, mine = OPAQUE.findall(recorded.body), OPAQUE.findall(ours.body)
        if len(theirs) == len(mine) and "network" not in body:
            values.update((a, b) for a, b in zip(theirs, mine, strict=True) if not DEAD.match(a))
        method = entry["request"].get("method") or entry["note"]
        if entry["response_raw"] is not None and recorded.body.endswith("..."):
            # A long answer, cut in the recording: its beginning shows the envelope.
            same = ours.framing.startswith(recorded.framing[:CUT_KEEPS])
            tally.judge_parts(known, method, entry["note"], [] if same else ["framing cut"])
            continue
        agreed = replay.agree(recorded.outcome, ours.outcome)
        if agreed and recorded.status == "200" and recorded.framing != ours.framing:
            parts = [f"framing {recorded.framing[-200:]} ours {ours.framing[-200:]}"]
            tally.judge_parts(known, method, entry["note"], parts)
            continue
        tally.judge(known, method, entry["note"], recorded.outcome, ours.outcome)
    judge("envelope", tally, capsys)
