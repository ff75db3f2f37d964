"""The alerter as a client of a pool that is there, goes away, and comes back."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
import XenAPI
from mpathalert.alerter import NAME, REPORTED, Alerter
from mpathalert.alerts import Alerts
from mpathalert.disks import Disk
from mpathalert.metrics import Levels
from telemetry import Alive

INTERVAL_S = 120.0


class Pool:
    """The calls that an alerter makes, on records that a test changes; each wait is a step.

    A step is what happens while the alerter waits for events: a function that may raise.
    """

    def __init__(self) -> None:
        self.now = 1000.0
        self.logins = 0
        self.messages: list[tuple[Any, ...]] = []
        self.records: dict[str, dict[str, Any]] = {
            "pool": {"uuid": "pool-uuid", "other_config": {"other": "kept"}},
            "host": {"uuid": "host-uuid", "name_label": "host1", "other_config": {}},
            "sr": {"uuid": "sr-uuid"},
            "pbd": {"uuid": "pbd-uuid", "host": "host", "SR": "sr", "other_config": {}},
        }
        self.steps: list[Any] = []
        self.message = self
        self.pool = self
        self.levels = Levels()
        self.alerter = self.new_alerter()

    def new_alerter(self) -> Alerter:
        def make(reported: Iterable[Disk]) -> Alerts:
            return Alerts(reported, INTERVAL_S, lambda: self.now, lambda: "20261124T10:00:00Z")

        return Alerter(self.log_in, make, self.levels, Alive(None))

    def log_in(self) -> "Pool":
        self.logins += 1
        return self

    def run(self, *steps: Any) -> None:
        """Have the alerter work until the steps are over; it is told to stop then."""
        self.steps = list(steps)
        self.alerter.run(lambda seconds: not self.steps)

    def event_from(self, classes: list[str], token: str, timeout_s: float) -> dict[str, Any]:
        if token != "":
            if not self.steps:
                raise OSError("the test is over")
            self.steps.pop(0)()
        events = [
            {"class": cls, "operation": "mod", "ref": cls, "snapshot": json.loads(json.dumps(said))}
            for cls, said in self.records.items()
            if cls in classes
        ]
        return {"events": events, "token": "next"}

    def create(self, *parameters: Any) -> None:
        self.messages.append(parameters)

    def remove_from_other_config(self, ref: str, key: str) -> None:
        self.records[ref]["other_config"].pop(key, None)

    def add_to_other_config(self, ref: str, key: str, value: str) -> None:
        assert key not in self.records[ref]["other_config"]
        self.records[ref]["other_config"][key] = value

    def paths(self, level: str) -> Any:
        """The step in which the PBD's paths become so."""

        def change() -> None:
            self.records["pbd"]["other_config"]["mpath-3600a"] = level

        return change


def nothing() -> None:
    """The step in which nothing happens."""


def fails(error: Exception) -> Any:
    def step() -> None:
        raise error

    return step


@pytest.fixture
def pool() -> Pool:
    return Pool()


def test_the_message_is_the_one_that_clients_know(pool: Pool) -> None:
    pool.run(pool.paths("[1, 2]"))
    ((name, priority, cls, uuid, body),) = pool.messages
    assert (name, priority, cls, uuid) == (NAME, 3, "Pool", "pool-uuid")
    assert body.startswith("Unhealthy paths:\n[20261124T10:00:00Z] host=host-uuid; ")


def test_what_was_told_is_kept_in_the_pool(pool: Pool) -> None:
    pool.run(pool.paths("[1, 2]"))
    kept = pool.records["pool"]["other_config"]
    assert [found["pbd"] for found in json.loads(kept[REPORTED])] == ["pbd-uuid"]
    pool.now += INTERVAL_S
    pool.run(pool.paths("[2, 2]"))
    assert pool.records["pool"]["other_config"] == {"other": "kept"}


def test_m4_a_restarted_alerter_tells_what_changed_meanwhile_and_nothing_twice(pool: Pool) -> None:
    pool.run(pool.paths("[1, 2]"))
    pool.alerter = pool.new_alerter()
    pool.run(nothing)
    assert len(pool.messages) == 1
    pool.paths("[2, 2]")()
    pool.alerter = pool.new_alerter()
    pool.run(nothing)
    assert len(pool.messages) == 2
    assert pool.messages[1][-1].startswith("Events received")


@pytest.mark.parametrize(
    "error",
    [
        XenAPI.Failure(["SESSION_INVALID", "OpaqueRef:x"]),
        XenAPI.Failure(["SESSION_AUTHENTICATION_FAILED", "pool", ""]),
        ConnectionRefusedError("nobody there"),
        TimeoutError("silence"),
    ],
)
def test_m4_a_session_that_ends_in_the_middle_loses_nothing(pool: Pool, error: Exception) -> None:
    def lost_meanwhile() -> None:
        pool.paths("[1, 2]")()
        raise error

    pool.run(pool.paths("[2, 2]"), lost_meanwhile)
    assert pool.messages == []
    pool.run(nothing)
    assert pool.logins == 2
    assert len(pool.messages) == 1


def test_a_pool_that_is_not_there_yet_is_waited_for(pool: Pool) -> None:
    record = pool.records.pop("pool")
    pool.run(pool.paths("[1, 2]"), lambda: pool.records.update(pool=record))
    assert len(pool.messages) == 1


def test_a_pool_that_stays_away_is_complained_of_once(
    pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> Any:
        pool.steps.pop(0)
        raise ConnectionRefusedError("nobody there")

    pool.alerter = Alerter(
        refuse, lambda reported: Alerts(reported, 1, lambda: 0, str), pool.levels, Alive(None)
    )
    pool.run(*[nothing] * 5)
    assert len(caplog.records) == 1
    assert pool.levels.connected is False


def test_a_message_that_could_not_be_made_is_made_later(pool: Pool) -> None:
    refusals = [XenAPI.Failure(["INTERNAL_ERROR", "the disk is full"])]
    create = pool.create

    def refuse_once(*parameters: Any) -> None:
        if refusals:
            raise refusals.pop()
        create(*parameters)

    pool.create = refuse_once  # type: ignore[method-assign]
    pool.run(pool.paths("[1, 2]"), nothing)
    assert len(pool.messages) == 1


@pytest.mark.parametrize("said", ["", "{}", "[1]", '[{"host": 1}]', "rubbish"])
def test_nonsense_in_the_pools_memory_is_nothing_reported(pool: Pool, said: str) -> None:
    pool.records["pool"]["other_config"][REPORTED] = said
    pool.run(pool.paths("[1, 2]"))
    assert len(pool.messages) == 1


def test_m3_malformed_values_do_not_end_the_session(pool: Pool) -> None:
    pool.run(pool.paths("rubbish"), pool.paths("[1, 2]"))
    assert pool.logins == 1
    assert len(pool.messages) == 1


def test_m6_the_levels_are_shown_as_they_are_now(pool: Pool) -> None:
    pool.run(pool.paths("[1, 2]"), pool.paths("[0, 2]"))
    assert [found.current for found in pool.levels.disks.values()] == [0]
