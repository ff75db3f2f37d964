"""Replays recorded exchanges against a running Warren and compares the answers.

The recordings name references and uuids (``<VM:3>``): a name stands for the same thing throughout a
file. What is compared are codes, parameters and the types of results; not references, uuids, dates.
"""

import gzip
import http.client
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
DIFFERENCES = Path(__file__).parent / "differences.toml"

NAMED = re.compile(r"<(\w+):(\d+)>")
# The session that a file was recorded with; it stays open to the end.
MINE = "<session:1>"
SOMETHING = re.compile(r"<\w+:\d+>|<date>")

# What stands in a recording for a result too long to be kept, and the kind that it is given.
LEFT_OUT = "(large)"
ANY_KIND = "any"

# Answers of daemons that were absent when the recordings were made: see their README.
NOT_THE_SERVER = re.compile(
    r"Timeout|Unix_error|Stunnel_binary_missing|Spawn_internal_error|Sys_error|127|in xenopsd"
    r"|not in expected power state"
)


def entries(name: str) -> Iterator[dict[str, Any]]:
    """The recorded exchanges of a file, in order."""
    text = gzip.decompress((DATA / f"transcript_{name}.jsonl.gz").read_bytes())
    for line in text.splitlines():
        yield json.loads(line)


@dataclass(frozen=True)
class Outcome:
    """An answer as far as it is compared: an error's description, or a result's type."""

    error: tuple[str, ...] | None
    kind: str = ""

    def __str__(self) -> str:
        return self.kind if self.error is None else " ".join(self.error)[:160]

    @property
    def code(self) -> str:
        return "ok" if self.error is None else self.error[0]


def outcome(answer: dict[str, Any]) -> Outcome:
    """The outcome of a JSON-RPC 2.0 answer."""
    if "error" in answer:
        error = answer["error"]
        return Outcome((error["message"], *map(str, error["data"])))
    return Outcome(None, type(answer["result"]).__name__)


@dataclass(frozen=True)
class Rule:
    """A difference that is meant: where it may appear, and why Warren's answer is better."""

    reason: str
    method: re.Pattern[str]
    recorded: re.Pattern[str]
    ours: re.Pattern[str]

    def explains(self, method: str, recorded: Outcome, ours: Outcome) -> bool:
        return bool(
            self.method.fullmatch(method)
            and self.recorded.match(str(recorded))
            and self.ours.match(str(ours))
        )


def rules() -> list[Rule]:
    listed = tomllib.loads(DIFFERENCES.read_text())["difference"]
    return [
        Rule(
            rule["reason"],
            re.compile(rule.get("method", ".*")),
            re.compile(rule["recorded"]),
            re.compile(rule["ours"]),
        )
        for rule in listed
    ]


class Client:
    """JSON-RPC 2.0 over one connection, logged in as root."""

    def __init__(self, port: int, password: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._password = password
        self.session = self.login()

    def close(self) -> None:
        self._connection.close()

    def login(self) -> str:
        return str(self.call("session.login_with_password", "root", self._password)["result"])

    def call(self, method: str, *params: Any) -> dict[str, Any]:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "id": 1})
        self._connection.request("POST", "/jsonrpc", body)
        found: dict[str, Any] = json.loads(self._connection.getresponse().read())
        return found

    def result(self, method: str, *params: Any) -> Any:
        answer = self.call(method, self.session, *params)
        assert "result" in answer, answer
        return answer["result"]


@dataclass
class Tally:
    """How a file's answers compare."""

    agree: int = 0
    explained: Counter[str] = None  # type: ignore[assignment]
    unexplained: list[str] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.explained, self.unexplained = Counter(), []

    def __str__(self) -> str:
        total = self.agree + self.explained.total() + len(self.unexplained)
        return (
            f"{self.agree} of {total} agree ({100 * self.agree / total:.1f} %),"
            f" {self.explained.total()} differ as listed, {len(self.unexplained)} otherwise"
        )


class Replay:
    """One file's run; ``provide`` makes the object that an unbound name stands for."""

    def __init__(self, client: Client, provide: Callable[[str, str, str], str | None]) -> None:
        self._client = client
        self._provide = provide
        self._bound: dict[str, str] = {}
        self._rules = rules()
        self.tally = Tally()

    def bind(self, name: str, value: str) -> None:
        self._bound[name] = value

    def run(self, entry: dict[str, Any], recorded: Outcome) -> None:
        """Send one request again and compare."""
        method, params = entry["request"]["method"], entry["request"]["params"]
        if recorded.error and NOT_THE_SERVER.search(" ".join(recorded.error)):
            return
        given = [self._value(param, entry) for param in params]
        if method.endswith("logout") and given and recorded.error is None and MINE not in params:
            self._bound[params[0]] = given[0] = self._client.login()
        elif method.endswith("logout") and given:
            given[0] = self._client.login()
        ours = outcome(self._client.call(method, *given))
        self._compare(method, params, recorded, ours)
        if recorded.error is not None and ours.error is None:
            # What this changed, the recorded object had not become: go on with a fresh one.
            for param in params[1:2]:
                self._bound.pop(str(param), None)

    def _value(self, param: Any, entry: dict[str, Any]) -> Any:
        if isinstance(param, list):
            return [self._value(item, entry) for item in param]
        if isinstance(param, dict):
            return {key: self._value(item, entry) for key, item in param.items()}
        if not isinstance(param, str):
            return param
        if param == "<date>":
            return "20260101T00:00:00Z"
        named = NAMED.fullmatch(param)
        if named is None:
            return param
        if named[1] == "session" and param not in self._bound:
            return self._client.session
        if param not in self._bound:
            made = self._provide(named[1], named[2], entry.get("state", ""))
            self._bound[param] = made or f"OpaqueRef:00000000-0000-0000-0000-{int(named[2]):012d}"
        return self._bound[param]

    def _compare(self, method: str, params: Any, recorded: Outcome, ours: Outcome) -> None:
        if _agree(recorded, ours):
            self.tally.agree += 1
            return
        for rule in self._rules:
            if rule.explains(method, recorded, ours):
                self.tally.explained[rule.reason] += 1
                return
        said = json.dumps(params[1:])[:80]
        self.tally.unexplained.append(f"{method} {said}: recorded {recorded} | ours {ours}")


def _agree(recorded: Outcome, ours: Outcome) -> bool:
    if recorded.error is None or ours.error is None:
        return recorded == ours or (ours.error is None and recorded.kind == ANY_KIND)
    if len(recorded.error) != len(ours.error):
        return False
    return all(
        _same(wanted, found) for wanted, found in zip(recorded.error, ours.error, strict=True)
    )


def _same(wanted: str, found: str) -> bool:
    if wanted == found:
        return True
    pieces = SOMETHING.split(wanted)
    pattern = "[^ ,]+".join(re.escape(piece) for piece in pieces)
    return len(pieces) > 1 and re.fullmatch(pattern, found) is not None
