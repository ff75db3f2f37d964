"""Replays recorded exchanges against a running Warren and compares the answers.

The recordings name references and uuids (``<VM:3>``): a name stands for the same thing throughout a
file. What is compared are codes, parameters and the types of results; not references, uuids, dates.
"""

import gzip
import http.client
import json
import re
import socket
import tomllib
import xmlrpc.client
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=60)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class Client:
    """JSON-RPC 2.0 over one connection to the trusted socket, logged in as root, as recorded."""

    def __init__(self, path: Path) -> None:
        self._connection = UnixConnection(path)
        self.session = self.login()

    def close(self) -> None:
        self._connection.close()

    def login(self) -> str:
        return str(self.call("session.login_with_password", "root", "")["result"])

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
    explained: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unexplained: list[str] = field(default_factory=list)

    def judge(
        self, known: "list[Rule]", method: str, said: str, recorded: Outcome, ours: Outcome
    ) -> None:
        """Count one exchange; ``method`` is what the rules go by, ``said`` what people read."""
        if agree(recorded, ours):
            self.agree += 1
            return
        difference = f"{said}: recorded {recorded} | ours {ours}"
        for rule in known:
            if rule.explains(method, recorded, ours):
                self.explained[rule.reason].append(difference)
                return
        self.unexplained.append(difference)

    def judge_parts(self, known: "list[Rule]", method: str, said: str, parts: list[str]) -> None:
        """Count one exchange whose answers differ in ``parts``: each has to be explained."""
        if not parts:
            self.agree += 1
            return
        reasons: set[str] = set()
        for part in parts:
            outcome = Outcome(None, part)
            found = [rule.reason for rule in known if rule.explains(method, outcome, Outcome(None))]
            if not found:
                self.unexplained.append(f"{said}: {', '.join(parts)}")
                return
            reasons.add(found[0])
        self.explained[" ".join(sorted(reasons))].append(f"{said}: {', '.join(parts)}")

    def __str__(self) -> str:
        listed = sum(map(len, self.explained.values()))
        total = self.agree + listed + len(self.unexplained)
        return (
            f"{self.agree} of {total} agree ({100 * self.agree / total:.1f} %),"
            f" {listed} differ as listed, {len(self.unexplained)} otherwise"
        )

    def report(self) -> str:
        """Every difference under its reason, the most frequent reason first."""
        by_count = sorted(self.explained.items(), key=lambda item: -len(item[1]))
        sections = [*by_count, ("Not listed", self.unexplained)]
        return "".join(
            f"\n{len(found)} x {reason}\n" + "".join(f"    {said}\n" for said in found)
            for reason, found in sections
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
            self._bound[param] = made or nothing(*named.groups())
        return self._bound[param]

    def _compare(self, method: str, params: Any, recorded: Outcome, ours: Outcome) -> None:
        said = f"{method} {json.dumps(params[1:])[:80]}"
        self.tally.judge(self._rules, method, said, recorded, ours)


def agree(recorded: Outcome, ours: Outcome) -> bool:
    if recorded.error is None or ours.error is None:
        return recorded == ours or (ours.error is None and recorded.kind == ANY_KIND)
    if len(recorded.error) != len(ours.error):
        return False
    return all(
        _same(wanted, found) for wanted, found in zip(recorded.error, ours.error, strict=True)
    )


def _same(wanted: str, found: str) -> bool:
    if wanted == found or masked(wanted) == masked(found):
        return True
    pieces = SOMETHING.split(wanted)
    pattern = "[^ ,]+".join(re.escape(piece) for piece in pieces)
    return len(pieces) > 1 and re.fullmatch(pattern, found) is not None


# --- whole answers ------------------------------------------------------------------------------

TOKEN = re.compile(r"\d{20},\d{20}")
OPAQUE = re.compile(r"OpaqueRef:[0-9a-f]{8}-[0-9a-f-]{27}")
UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
TRACK = re.compile(r"trackid=[0-9a-f]{32}")
MAC = re.compile(r"\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b")
DATE = re.compile(r"\d{8}T\d\d:\d\d:\d\dZ")
DEAD = re.compile(r"OpaqueRef:0{8}-")
MASKS = {
    **{"<track>": TRACK, "<token>": TOKEN, "<ref>": OPAQUE, "<uuid>": UUID},
    **{"<mac>": MAC, "<date>": DATE},
}


def masked(text: str) -> str:
    """An answer without what differs from one run to the next."""
    for pattern, name in (
        (TRACK, "<track>"),
        (TOKEN, "<token>"),
        (OPAQUE, "<ref>"),
        (UUID, "<uuid>"),
        (MAC, "<mac>"),
    ):
        text = pattern.sub(name, text)
    return DATE.sub("<date>", text)


def nothing(kind: str, number: str) -> str:
    """A reference or uuid that names nothing."""
    uuid = f"00000000-0000-0000-0000-{int(number):012d}"
    return uuid if kind == "uuid" else f"OpaqueRef:{uuid}"


def names(recorded: Any, ours: Any) -> Iterator[tuple[str, str]]:
    """What the recorded names stand for in our answer, where both have the same shape."""
    match recorded, ours:
        case str(), str() if TOKEN.fullmatch(recorded):
            yield recorded, ours
        case str(), str() if NAMED.search(recorded):
            said = [f"<{kind}:{number}>" for kind, number in NAMED.findall(recorded)]
            pieces = map(re.escape, re.split(NAMED.pattern.replace("(", "(?:"), recorded))
            found = re.fullmatch("(.+?)".join(pieces), ours)
            yield from zip(said, found.groups() if found else (), strict=False)
        case list(), list() if len(recorded) == len(ours):
            for one, other in zip(recorded, ours, strict=True):
                yield from names(one, other)
        case dict(), dict():
            for key in recorded.keys() & ours.keys():
                yield from names(recorded[key], ours[key])


@dataclass
class Bound:
    """What the recorded names stand for in this run; ``provide`` makes what is asked for first."""

    client: Client
    provide: Callable[[str, str], str | None]
    values: dict[str, str]

    def value(self, recorded: Any) -> Any:
        """A recorded parameter as ours."""
        match recorded:
            case list():
                return [self.value(item) for item in recorded]
            case dict():
                return {key: self.value(item) for key, item in recorded.items()}
            case str() if TOKEN.fullmatch(recorded) and recorded not in self.values:
                # Its own numbers are what such a token is about, or the call it came from is lost.
                return recorded if self._is_extreme(recorded) else self._token()
            case str() if recorded in self.values:
                return self.values[recorded]
            case str():
                return NAMED.sub(self._named, recorded)
        return recorded

    def _is_extreme(self, token: str) -> bool:
        return not 10 < int(token.split(",")[0]) < 10**6

    def _token(self) -> str:
        """The present one."""
        asked = self.client.call("event.from", self.client.session, [], "", 0.0)
        return str(asked["result"]["token"])

    def _named(self, match: re.Match[str]) -> str:
        name = match[0]
        if name not in self.values:
            made = self.client.login() if match[1] == "session" else self.provide(*match.groups())
            self.values[name] = made or nothing(*match.groups())
        return self.values[name]

    def forget(self, ours: str) -> None:
        """Have what stands for this object made again."""
        self.values = {name: value for name, value in self.values.items() if value != ours}

    def learn(self, recorded: Any, ours: Any) -> None:
        for name, value in names(recorded, ours):
            self.values.setdefault(name, value)


def differing(recorded: Any, ours: Any, path: str = "") -> Iterator[str]:
    """Where two answers differ, as paths; names match whatever stands in their place."""
    match recorded, ours:
        case dict(), dict():
            theirs, mine = _unnamed(recorded), _unnamed(ours)
            for key in sorted(theirs.keys() ^ mine.keys()):
                yield f"{path}.{key} {'absent' if key in theirs else 'added'}"
            for key in theirs.keys() & mine.keys():
                yield from differing(theirs[key], mine[key], f"{path}.{key}")
        case list(), list():
            if len(recorded) != len(ours):
                yield f"{path} {len(recorded)} items recorded, {len(ours)} ours"
            for one, other in zip(recorded, ours, strict=False):
                yield from differing(one, other, f"{path}[]")
        case str(), str():
            if not _same(recorded, ours) and masked(recorded) != masked(ours):
                yield f"{path} {recorded[:80]!r} recorded, {ours[:80]!r} ours"
        case _:
            if recorded != ours:
                yield f"{path} {str(recorded)[:80]} recorded, {str(ours)[:80]} ours"


def _unnamed(members: dict[str, Any]) -> dict[str, Any]:
    """Members under names without what differs from run to run."""

    def name(key: str) -> str:
        return NAMED.sub(lambda name: "<uuid>" if name[1] == "uuid" else "<ref>", masked(key))

    return {name(key): value for key, value in members.items()}


# --- raw exchanges ------------------------------------------------------------------------------

REPEATED = re.compile(r'((<value><ref></value>)+|("<ref>",?)+)')


@dataclass(frozen=True)
class Answer:
    """What came back for bytes that were sent."""

    status: str
    body: str

    @property
    def framing(self) -> str:
        """The body without what differs from run to run, lists of references as one."""
        return REPEATED.sub("<refs>", masked(self.body))

    @property
    def outcome(self) -> Outcome:
        """The outcome of an RPC answer; for others the status stands for it."""
        if self.status != "200":
            return Outcome((f"HTTP {self.status}",))
        found = self._outcome()
        return found if found.error is None else Outcome(tuple(map(masked, found.error)))

    def _outcome(self) -> Outcome:
        try:
            if self.body.startswith("<?xml"):
                return self._xml()
            found = json.loads(self.body)
            if found.get("error") is None:
                return Outcome(None, type(found["result"]).__name__)
            error = found["error"]
            said = error if isinstance(error, list) else [error["message"], *error["data"]]
            return Outcome(tuple(map(str, said)))
        except (ValueError, KeyError, AttributeError):
            return Outcome((f"HTTP {self.status}",))

    def _xml(self) -> Outcome:
        (found,), _ = xmlrpc.client.loads(self.body)
        if not isinstance(found, dict):
            return Outcome(None, type(found).__name__)
        if "ErrorDescription" in found:
            return Outcome(tuple(map(str, found["ErrorDescription"])))
        return Outcome(None, type(found.get("Value", found)).__name__)


def exchange(address: str | int, request: bytes) -> Answer:
    """Send bytes to a port or a unix socket's path; the first final answer."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as connection:
        connection.settimeout(20)
        connection.connect(address if isinstance(address, str) else ("127.0.0.1", address))
        connection.sendall(request)
        response = http.client.HTTPResponse(connection, method=request.split(b" ")[0].decode())
        response.begin()
        return Answer(str(response.status), response.read().decode(errors="replace"))
