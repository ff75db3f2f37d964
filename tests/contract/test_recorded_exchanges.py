"""The recorded tasks and events: what each call made of them, in order."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.contract import recorded_vms, replay
from tests.contract.replay import MINE, Bound, Client, Tally, differing, entries, outcome
from tests.contract.test_transcripts import judge

ENDED = ("success", "failure", "cancelled")
NOBODY_CHANGES = ("(no answer before", "it changed", "coalesce", "created", "while blocked")
"""What an answer waits for that a client did which the recording leaves out."""

AT_ONCE = ("to be cancelled", "two at once", "shutdown and reboot at once")
"""Calls that the next one does not wait for."""

STEPS = "debug_info:cancel_points_seen"

Values = dict[str, Any]


def changes(result: Values) -> list[str]:
    """What an ``event.from`` tells of, each class and operation once, in order."""
    return list(dict.fromkeys(f"{e['class']} {e['operation']}" for e in result["events"]))


def event_parts(recorded: Values, ours: Values) -> list[str]:
    """Where two answers of ``event.from`` differ."""
    theirs, mine = changes(recorded), changes(ours)
    parts = [f"{change} absent" for change in theirs if change not in mine]
    parts += [f"{change} added" for change in mine if change not in theirs]
    common = [change for change in theirs if change in mine]
    if common != [change for change in mine if change in theirs]:
        parts.append(f"order {mine} for {theirs}")
    shapes = [
        {e["class"]: list(e["snapshot"]) for e in said["events"] if "snapshot" in e}
        for said in (recorded, ours)
    ]
    for cls in shapes[0].keys() & shapes[1].keys():
        parts += [f"{cls} {part}" for part in differing(shapes[0][cls], shapes[1][cls])]
    members = [list(said["events"][0]) if said["events"] else [] for said in (recorded, ours)]
    if all(members):
        parts += differing(*members, "members")
    counts = [list(said["valid_ref_counts"]) for said in (recorded, ours)]
    return parts + list(differing(*counts, "counts"))


def comparable(result: Any) -> Any:
    """A task's record without how many steps an operation has inside."""
    if not isinstance(result, dict) or STEPS not in result.get("other_config", {}):
        return result
    return {**result, "other_config": {**result["other_config"], STEPS: "some"}}


def of_another_daemon(recorded: Values) -> bool:
    """Whether a task failed for want of a daemon that the recorded server did not have."""
    result = recorded.get("result")
    said = result.get("error_info", []) if isinstance(result, dict) else []
    return bool(replay.NOT_THE_SERVER.search(" ".join(map(str, said))))


@dataclass
class Exchanges:
    """One run through a recording."""

    client: Client
    tally: Tally = field(default_factory=Tally)
    last_task: str = ""
    last_note: str = ""

    def __post_init__(self) -> None:
        self.rules = replay.rules()
        self.names = Bound(self.client, self.provide, {MINE: self.client.session})

    def provide(self, cls: str, number: str) -> str | None:
        if cls == "VM":
            return recorded_vms.make(self.client, "Halted")
        if cls in ("host", "pool"):
            return str(self.client.result(f"{cls}.get_all")[0])
        if cls == "task":
            made = self.client.call("task.create", self.client.login(), "of session 2", "")
            return str(made["result"])
        if cls == "uuid" and self.last_task:
            return str(self.client.result("task.get_uuid", self.last_task))
        return None

    def run(self, entry: Values) -> None:
        request, recorded = entry.get("request", {}), entry.get("normalised", {})
        if request.get("protocol") == "xmlrpc" and request["method"].startswith("Async."):
            self.client.call(request["method"], *self.names.value(request["params"]))
        if request.get("protocol") != "json2" or "undecodable" in recorded or not recorded:
            return
        if any(text in entry["note"] for text in NOBODY_CHANGES) or of_another_daemon(recorded):
            return
        method, wanted = request["method"], outcome(recorded)
        if method == "event.next" and not wanted.error:
            return
        params = self.names.value(request["params"])
        self.as_the_recorder_did(entry, params)
        ours = self.client.call(method, *params)
        self.judge(entry, recorded, ours)
        self.last_note = entry["note"]
        if method == "task.create" and "result" in ours:
            self.last_task = ours["result"]
        if method.startswith("Async.") and "result" in ours and entry["note"] not in AT_ONCE:
            wait_for_end(self.client, ours["result"])

    def as_the_recorder_did(self, entry: Values, params: list[Any]) -> None:
        """Wait for the ends of tasks, and stop VMs, where the recorder did so without a word."""
        method, result = entry["request"]["method"], entry["normalised"].get("result")
        ended = not isinstance(result, dict) or result.get("status") in ENDED
        if method in ("task.get_record", "task.get_result") and result and ended:
            wait_for_end(self.client, params[1])
        first = entry["note"] != self.last_note
        if method == "Async.VM.start" and entry["note"] in AT_ONCE and first:
            self.client.call("VM.hard_shutdown", self.client.session, params[1])

    def judge(self, entry: Values, recorded: Values, ours: Values) -> None:
        method, params = entry["request"]["method"], entry["request"]["params"]
        said = f"{method} {json.dumps(params[1:])[:80]} {entry['note']}"
        if "error" in recorded or "error" in ours:
            self.tally.judge(self.rules, method, said, outcome(recorded), outcome(ours))
            return
        if method == "event.from":
            self.learn_events(recorded["result"], ours["result"])
            parts = event_parts(recorded["result"], ours["result"])
        else:
            self.names.learn(recorded["result"], ours["result"])
            parts = list(differing(*(comparable(said["result"]) for said in (recorded, ours))))
        if ".get_all" in method:
            parts = []  # other tests' objects are in the pool, too
        self.tally.judge_parts(self.rules, method, said, parts)

    def learn_events(self, recorded: Values, ours: Values) -> None:
        """The only event of its class and operation on both sides is the same one."""
        self.names.values[recorded["token"]] = ours["token"]
        for change in set(changes(recorded)) & set(changes(ours)):
            pair = [
                [e for e in said["events"] if f"{e['class']} {e['operation']}" == change]
                for said in (recorded, ours)
            ]
            if len(pair[0]) == len(pair[1]) == 1:
                self.names.learn(pair[0][0], pair[1][0])


@pytest.mark.parametrize("name", ["tasks", "events"])
def test_exchanges(name: str, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    exchanges = Exchanges(client)
    for entry in entries(name):
        exchanges.run(entry)
    judge(name, exchanges.tally, capsys)


def wait_for_end(client: Client, task: str) -> None:
    """Wait until a task has ended, by its events."""
    token = ""
    while client.call("task.get_status", client.session, task).get("result") in (
        "pending",
        "cancelling",
    ):
        answer = client.call("event.from", client.session, [f"task/{task}"], token, 10.0)
        token = answer["result"]["token"]
