"""The recorded matrix of operations and states of a VM, its devices, and what each left behind."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.contract import recorded_vms, replay
from tests.contract.replay import MINE, Bound, Client, Tally, differing, entries, outcome
from tests.contract.test_transcripts import judge

# What the README of the recordings says not to compare: what a machine, its Xen or a guest decides.
OF_THE_MACHINE = frozenset({"domid", "memory_target"})
GUEST_HELPS = frozenset(
    {
        *("clean_shutdown", "clean_reboot", "suspend", "checkpoint", "pool_migrate"),
        *("migrate_send", "changing_VCPUs_live"),
    }
)
"""Operations that a guest must play along with: the recorded ones had no agent."""

VM_NAME = re.compile(r"<VM:\d+>")

Values = dict[str, Any]


def told(client: Client, vm: str) -> Values:
    """The VM's record; nothing when it is gone."""
    answer = client.call("VM.get_record", client.session, vm)
    found: Values = answer.get("result", {})
    return found


LEFT_OUT = OF_THE_MACHINE | {"allowed_operations"}


def changes(before: Values, after: Values) -> dict[str, list[Any]]:
    """What an operation changed: field → value before and after. Its operations are apart."""
    return {
        name: [before[name], after.get(name)]
        for name in before.keys() - LEFT_OUT
        if before[name] != after.get(name)
    }


def without_guests_help(record: Values) -> list[str]:
    return [operation for operation in record["allowed_operations"] if operation not in GUEST_HELPS]


def comparable(result: Any) -> Any:
    """A result without what a machine decides; the keys of operations are any unique text."""
    if not isinstance(result, dict) or "power_state" not in result:
        return result
    running = list(result["current_operations"].values())
    kept = {name: value for name, value in result.items() if name not in LEFT_OUT}
    return {**kept, "current_operations": running, "allowed": without_guests_help(result)}


@dataclass
class Lifecycle:
    """One run through the recording."""

    client: Client
    tally: Tally = field(default_factory=Tally)
    state: str = ""
    made: list[str] = field(default_factory=list)
    subject: str = ""
    before: Values = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rules = replay.rules()
        self.host = str(self.client.result("host.get_all")[0])
        self.networks: Iterator[str] = iter(self.client.result("network.get_all"))
        self.names = Bound(self.client, self.provide, {MINE: self.client.session})

    def provide(self, cls: str, number: str) -> str | None:
        if cls == "network":
            return next(self.networks)
        if cls == "host":
            return self.host
        if cls != "VM" or self.state == "destroyed":
            return None
        if self.state == "control domain":
            return str(self.client.result("host.get_control_domain", self.host))
        for vm in self.made:
            self.client.call("VM.hard_shutdown", self.client.session, vm)
        self.made = [recorded_vms.make(self.client, self.state)]
        return self.made[0]

    def run(self, entry: Values) -> None:
        unsaid = "cloned template" if entry.get("note") == "template" else ""
        self.state = entry.get("state", unsaid)
        if "request" in entry:
            self.exchange(entry)
        elif "after" in entry and self.subject:
            self.compare_after(entry)

    def exchange(self, entry: Values) -> None:
        method, params = entry["request"]["method"], entry["request"]["params"]
        recorded, wanted = entry["normalised"], outcome(entry["normalised"])
        self.subject = ""
        if wanted.error and replay.NOT_THE_SERVER.search(" ".join(wanted.error)):
            return
        given = self.names.value(params)
        self.as_the_recorder_did(entry)
        if len(given) > 1 and VM_NAME.fullmatch(str(params[1])):
            self.subject, self.before = given[1], told(self.client, given[1])
        ours = self.client.call(method, *given)
        said = f"{self.state}: {method} {json.dumps(params[1:])[:90]} {entry['note']}"
        if "error" in recorded or "error" in ours:
            self.tally.judge(self.rules, method, said, wanted, outcome(ours))
        else:
            self.names.learn(recorded["result"], ours["result"])
            parts = list(differing(comparable(recorded["result"]), comparable(ours["result"])))
            self.tally.judge_parts(self.rules, method, said, parts)

    def as_the_recorder_did(self, entry: Values) -> None:
        """Start and stop VMs where the recorder did so without a word."""
        named = VM_NAME.search(json.dumps(entry["request"]["params"]))
        vm = self.names.values.get(named[0]) if named else None
        if vm is None or entry.get("state"):
            return
        power_state = told(self.client, vm).get("power_state")
        if "VM Running" in entry["note"] and power_state == "Halted":
            self.client.result("VM.start", vm, False, False)
        if entry["request"]["method"] == "VM.destroy" and power_state == "Running":
            self.client.result("VM.hard_shutdown", vm)

    def compare_after(self, entry: Values) -> None:
        after = told(self.client, self.subject)
        ours = changes(self.before, after)
        wanted = {k: v for k, v in entry.get("record_diff", {}).items() if k not in LEFT_OUT}
        found = after.get("power_state", "(gone)")
        parts = list(differing(entry["power_state"], found, "power_state"))
        if after:
            parts += differing(without_guests_help(entry), without_guests_help(after), "allowed")
            parts += differing(entry["current_operations"], after["current_operations"], "current")
            parts += [f"{name} changed in the recording" for name in wanted.keys() - ours.keys()]
            parts += [f"{name} changed in ours" for name in ours.keys() - wanted.keys()]
            for name in wanted.keys() & ours.keys():
                parts += differing(wanted[name], ours[name], name)
        said = f"{self.state}: after {entry['after']}"
        self.tally.judge_parts(self.rules, f"after {entry['after']}", said, parts)
        if ours and not wanted:
            # The recorded object is as it was: go on with a fresh one.
            self.names.forget(self.subject)


def test_lifecycle(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    lifecycle = Lifecycle(client)
    for entry in entries("lifecycle"):
        lifecycle.run(entry)
    judge("lifecycle", lifecycle.tally, capsys)
