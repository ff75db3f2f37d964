"""Warren's answers beside the recorded ones of the original server."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Pool, running_pool
from tests.contract import replay
from tests.contract.replay import (
    ANY_KIND,
    DEAD,
    LEFT_OUT,
    MINE,
    OPAQUE,
    Answer,
    Bound,
    Client,
    Outcome,
    Replay,
    Tally,
    differing,
    entries,
    exchange,
    outcome,
)

REPORTS = Path(os.environ["TRANSCRIPT_REPORTS"]) if "TRANSCRIPT_REPORTS" in os.environ else None
"""A folder for every difference under its reason, one file per recording; optional."""

MIB = 1024 * 1024
STATES = (
    *("Halted", "Halted (domain_type pv)", "Running", "Running (domain_type pv)"),
    *("template", "snapshot", ""),
)


@pytest.fixture(scope="module")
def recorded_pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """A pool of its own: the recordings change what other tests rely on."""
    with running_pool(tmp_path_factory.mktemp("recorded")) as pool:
        yield pool


@pytest.fixture
def client(recorded_pool: Pool) -> Iterator[Client]:
    client = Client(recorded_pool.layout.folder / "xapi.sock")
    yield client
    # A recording may have changed it.
    client.result("session.change_password", "", recorded_pool.password)
    client.close()


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


def make(client: Client, state: str) -> str:
    """A VM in a state of the recorded matrix."""
    template = client.result("VM.get_by_name_label", "Other install media")[0]
    vm: str = client.result("VM.clone", template, f"probe {state}")
    if state != "template":
        client.result("VM.provision", vm)
    client.result("VM.set_memory_limits", vm, 16 * MIB, *[128 * MIB] * 3)
    if "pv" in state:
        client.result("VM.set_domain_type", vm, "pv")
    if state.startswith("Running"):
        client.result("VM.start", vm, False, False)
    if state == "snapshot":
        return str(client.result("VM.snapshot", vm, "probe", []))
    return vm


def test_operations_in_every_state(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    host = client.result("host.get_all")[0]
    control_domain = client.result("host.get_control_domain", host)
    made: list[str] = []

    def provide(cls: str, number: str, state: str) -> str | None:
        if cls == "VM" and state not in STATES:
            return None if "destroyed" in state else str(control_domain)
        if cls == "VM":
            made.append(make(client, state or "Halted"))
            return made[-1]
        return str(host) if cls == "host" else None

    runner = Replay(client, provide)
    for entry in entries("lifecycle"):
        if "request" in entry and "state" in entry:
            runner.run(entry, outcome(entry["normalised"]))
    for vm in made:
        if client.call("VM.get_uuid", client.session, vm).get("result"):
            client.call("VM.hard_shutdown", client.session, vm)
            client.call("VM.destroy", client.session, vm)
    judge("lifecycle", runner.tally, capsys)


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


# --- tasks and events ---------------------------------------------------------------------------

ENDED = ("success", "failure", "cancelled")
NOBODY_CHANGES = ("(no answer before", "it changed", "coalesce", "created", "while blocked")


def bound(client: Client) -> Bound:
    def provide(cls: str, number: str) -> str | None:
        if cls == "VM":
            return make(client, "Halted")
        if cls in ("host", "pool"):
            return str(client.result(f"{cls}.get_all")[0])
        return None

    return Bound(client, provide, {MINE: client.session})


def changes(result: dict[str, Any]) -> list[str]:
    """What an ``event.from`` tells of, without what differs from one machine to the next."""
    return sorted({f"{e['class']} {e['operation']}" for e in result["events"]})


def event_parts(recorded: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    theirs, mine = set(changes(recorded)), set(changes(ours))
    parts = [f"{change} absent" for change in sorted(theirs - mine)]
    parts += [f"{change} added" for change in sorted(mine - theirs)]
    shapes = [
        {
            cls: sorted(e["snapshot"])
            for e in said["events"]
            if "snapshot" in e
            for cls in (e["class"],)
        }
        for said in (recorded, ours)
    ]
    for cls in shapes[0].keys() & shapes[1].keys():
        parts += [f"{cls} {part}" for part in differing(shapes[0][cls], shapes[1][cls])]
    counts = [dict.fromkeys(said["valid_ref_counts"], 0) for said in (recorded, ours)]
    return parts + list(differing(counts[0], counts[1], "counts"))


def learn_events(known: Bound, recorded: dict[str, Any], ours: dict[str, Any]) -> None:
    """The only event of its class and operation on both sides is the same one."""
    known.values[recorded["token"]] = ours["token"]
    for change in set(changes(recorded)) & set(changes(ours)):
        pair = [
            [e for e in said["events"] if f"{e['class']} {e['operation']}" == change]
            for said in (recorded, ours)
        ]
        if len(pair[0]) == len(pair[1]) == 1:
            known.learn(pair[0][0], pair[1][0])


@pytest.mark.parametrize("name", ["tasks", "events"])
def test_exchanges(name: str, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    known, names, tally = replay.rules(), bound(client), Tally()
    for entry in entries(name):
        request, recorded = entry.get("request", {}), entry.get("normalised", {})
        if request.get("protocol") != "json2" or "undecodable" in recorded or not recorded:
            continue
        if (
            any(text in entry["note"] for text in NOBODY_CHANGES)
            or request["method"] == "event.next"
        ):
            continue  # what it waits for was done by a client that the recording leaves out
        params = names.value(request["params"])
        result = recorded.get("result")
        if (request["method"] == "task.get_result" and result) or (
            request["method"] == "task.get_record" and result and result["status"] in ENDED
        ):
            wait_for_end(client, params[1])
        ours = client.call(request["method"], *params)
        said = f"{request['method']} {json.dumps(request['params'][1:])[:80]} {entry['note']}"
        if "error" in recorded or "error" in ours:
            tally.judge(known, request["method"], said, outcome(recorded), outcome(ours))
        elif request["method"] == "event.from":
            learn_events(names, result, ours["result"])
            parts = event_parts(result, ours["result"])
            tally.judge_parts(known, request["method"], said, parts)
        else:
            names.learn(result, ours["result"])
            if name == "events" and request["method"].startswith("Async."):
                wait_for_end(client, ours["result"])  # all that it does is in one answer then
            parts = (
                [] if ".get_all" in request["method"] else list(differing(result, ours["result"]))
            )
            tally.judge_parts(known, request["method"], said, parts)
    judge(name, tally, capsys)


def wait_for_end(client: Client, task: str) -> None:
    """Wait until a task has ended, by its events."""
    token = ""
    while client.call("task.get_status", client.session, task).get("result") in (
        "pending",
        "cancelling",
    ):
        answer = client.call("event.from", client.session, [f"task/{task}"], token, 10.0)
        token = answer["result"]["token"]
