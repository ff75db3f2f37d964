"""When operators hear of lost paths, and in which words. Time is passed in."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from mpathalert.alerts import LINES_MAX, Alerts
from mpathalert.disks import Disk, Records

INTERVAL_S = 120.0
# What clients look for.
LINE = re.compile(
    r'\[(\d{8}T\d\d:\d\d:\d\dZ)\] host=([^;]+); host-name="(.*)"; .*current=(\d+); max=(\d+)'
)
HEALTHY_AGAIN = "Events received during the last 120 seconds:"


def disk(current: int, most: int, *, sr: str = "sr1", host: str = "h1", id_: str = "3600a") -> Disk:
    return Disk(
        host=host,
        host_name=f"name of {host}",
        sr=sr,
        pbd=f"{host}-{sr}" if sr else "",
        scsi_id=id_ if sr else "boot",
        current=current,
        max=most,
    )


@dataclass
class Operator:
    """Who is told, and a clock that stands still until it is moved."""

    reported: list[Disk] = field(default_factory=list)
    interval_s: float = INTERVAL_S
    now: float = 1000.0
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.alerts = Alerts(
            self.reported, self.interval_s, lambda: self.now, lambda: "20261124T10:00:00Z"
        )

    def see(self, *disks: Disk) -> list[str]:
        """What is told at once when the disks are so."""
        self.alerts.see({found.key: found for found in disks})
        return self.look()

    def look(self) -> list[str]:
        if self.alerts.wait_s() != 0:
            return []
        text = self.alerts.message()
        self.reported = self.alerts.sent()
        self.told.append(text)
        return text.splitlines()

    def pass_time(self, seconds: float) -> list[str]:
        self.now += seconds
        return self.look()


def test_a_message_reads_as_clients_expect() -> None:
    operator = Operator()
    operator.see(disk(2, 2))
    said = operator.see(disk(1, 2), disk(1, 2, sr=""))
    assert said == [
        "Unhealthy paths:",
        '[20261124T10:00:00Z] host=h1; host-name="name of h1"; root=true; current=1; max=2',
        '[20261124T10:00:00Z] host=h1; host-name="name of h1"; pbd=h1-sr1; scsi_id=3600a;'
        " current=1; max=2",
        HEALTHY_AGAIN,
        '[20261124T10:00:00Z] host=h1; host-name="name of h1"; root=true; current=1; max=2',
        '[20261124T10:00:00Z] host=h1; host-name="name of h1"; pbd=h1-sr1; scsi_id=3600a;'
        " current=1; max=2",
    ]
    assert all(LINE.fullmatch(line) for line in said if line.startswith("["))


def test_healthy_again_is_a_message_without_the_first_block_whatever_the_interval() -> None:
    operator = Operator(interval_s=7.0)
    operator.see(disk(1, 2))
    operator.now += 7.0
    said = operator.see(disk(2, 2))
    assert said[0] == HEALTHY_AGAIN
    assert said[1].endswith("current=2; max=2")


def test_healthy_disks_and_new_paths_are_no_news() -> None:
    operator = Operator()
    assert operator.see(disk(2, 2)) == []
    assert operator.see(disk(4, 4)) == []
    assert operator.see() == []
    assert operator.alerts.wait_s() is None


def test_m1_a_path_that_was_lost_before_the_start_is_told() -> None:
    assert Operator().see(disk(1, 2))[0] == "Unhealthy paths:"


def test_m2_one_hosts_boot_disk_does_not_hide_anothers() -> None:
    operator = Operator()
    operator.see(disk(1, 2, sr="", host="h1"), disk(2, 2, sr="", host="h2"))
    said = operator.see(disk(2, 2, sr="", host="h1"), disk(1, 2, sr="", host="h2"))
    assert "host=h2" in said[1]
    assert [line.split(";")[0][-2:] for line in said[3:]] == ["h1", "h2"]


def test_m4_what_changed_while_nobody_looked_is_told_and_nothing_else() -> None:
    operator = Operator()
    operator.see(disk(1, 2, host="h1"), disk(2, 2, host="h2"), disk(1, 2, host="h3"))
    operator.restart()
    said = operator.see(disk(2, 2, host="h1"), disk(1, 2, host="h2"), disk(1, 2, host="h3"))
    events = said[said.index(HEALTHY_AGAIN) + 1 :]
    assert [LINE.fullmatch(line)[2] for line in events] == ["h1", "h2"]  # type: ignore[index]
    operator.restart()
    assert operator.see(disk(2, 2, host="h1"), disk(1, 2, host="h2"), disk(1, 2, host="h3")) == []


def test_m5_a_loss_is_told_at_once_and_flapping_once_an_interval() -> None:
    operator = Operator()
    operator.see(disk(2, 2))
    assert operator.see(disk(1, 2))
    for _ in range(11):
        operator.pass_time(10)
        operator.see(disk(2, 2))
        operator.see(disk(1, 2))
    assert len(operator.told) == 1
    said = operator.pass_time(10)
    assert len(said) == 2 + 1 + 22, "the level, and each change"
    assert operator.pass_time(INTERVAL_S) == []
    assert operator.see(disk(2, 2)), "and when it is quiet again, at once"


def test_m5_another_sr_does_not_wait_for_the_one_that_flaps() -> None:
    operator = Operator()
    operator.see(disk(1, 2, sr="sr1"), disk(2, 2, sr="sr2"))
    operator.pass_time(1)
    assert operator.see(disk(1, 2, sr="sr1"), disk(1, 2, sr="sr2"))


def test_m5_a_loss_that_was_made_good_within_the_interval_is_told_at_its_end() -> None:
    operator = Operator()
    operator.see(disk(1, 2))
    operator.see(disk(2, 2))
    assert operator.alerts.wait_s() == INTERVAL_S
    assert operator.pass_time(INTERVAL_S)[0] == HEALTHY_AGAIN


def test_m7_an_accepted_number_is_healthy_again() -> None:
    operator = Operator()
    operator.see(disk(1, 2))
    operator.now += INTERVAL_S
    assert operator.see(disk(1, 1))[0] == HEALTHY_AGAIN


def test_a_disk_that_is_gone_needs_no_paths() -> None:
    operator = Operator()
    operator.see(disk(1, 2))
    operator.now += INTERVAL_S
    said = operator.see()
    assert said[0] == HEALTHY_AGAIN
    assert said[1].endswith("current=0; max=0")


def test_a_message_is_bounded_and_says_what_it_leaves_out() -> None:
    operator = Operator()
    said = operator.see(*(disk(1, 2, id_=f"{number:05}") for number in range(LINES_MAX + 7)))
    assert "and 7 more" in said
    assert len(said) == 3 + 2 * LINES_MAX
    assert len(operator.reported) == LINES_MAX


def test_a_host_name_cannot_break_a_line() -> None:
    operator = Operator()
    named = Disk(host="h", host_name='a\n"b";\nc', sr="", pbd="", scsi_id="boot", current=0, max=1)
    said = operator.see(named)
    assert len(said) == 4
    assert LINE.fullmatch(said[1])


def events(**records: dict[str, Any]) -> Records:
    """Records as the first ``event.from`` tells them; references are the names."""
    found = Records()
    for ref, record in records.items():
        snapshot = {"uuid": ref, "name_label": ref, "other_config": {}, **record}
        cls = ref.rstrip("0123456789")
        found.take({"class": cls, "operation": "add", "ref": ref, "snapshot": snapshot})
    return found


MALFORMED = (
    "",
    "true",
    "[1]",
    "[1, 2, 3]",
    "[-1, 2]",
    "[1.0, 2]",
    "1, 2",
    "[a, b]",
    "[١, ٢]",
    "[1, 2]\n",
)


@pytest.mark.parametrize("value", MALFORMED)
def test_m3_a_malformed_value_is_skipped_and_named_once(
    value: str, caplog: pytest.LogCaptureFixture
) -> None:
    pbd = {
        "host": "host1",
        "SR": "sr1",
        "other_config": {"mpath-3600a": value, "mpath-3600b": "[1, 2]"},
    }
    records = events(host1={"other_config": {"mpath-boot": value}}, sr1={}, pbd1=pbd)
    assert [found.scsi_id for found in records.disks().values()] == ["3600b"]
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert "PBD pbd1 other_config mpath-3600a" in said[0] + said[1]
    records.disks()
    assert len(caplog.records) == 2, "the second time nothing is said"


def test_m6_the_levels_are_metrics() -> None:
    from mpathalert.metrics import Levels
    from prometheus_client import CollectorRegistry, generate_latest

    levels, registry = Levels(), CollectorRegistry()
    registry.register(levels)
    found = [disk(1, 4), disk(2, 2, sr="")]
    levels.disks = {one.key: one for one in found}
    levels.connected = True
    said = generate_latest(registry).decode()
    where = 'host="h1",host_name="name of h1",pbd="h1-sr1",scsi_id="3600a",sr="sr1"'
    assert f"sr_paths_failed{{{where}}} 3.0" in said
    assert f"sr_paths_total{{{where}}} 4.0" in said
    assert 'scsi_id="boot",sr=""} 0.0' in said
    assert "mpathalert_connected 1.0" in said


def test_disks_come_from_events_of_hosts_pbds_and_srs() -> None:
    pbd = {"host": "host1", "SR": "sr1", "other_config": {"mpath-3600a": "[1, 2]", "other": "x"}}
    records = events(host1={"other_config": {"mpath-boot": "[2, 2]"}}, sr1={}, pbd1=pbd)
    assert records.disks() == {
        ("host1", "boot"): Disk(host="host1", host_name="host1", scsi_id="boot", current=2, max=2),
        ("pbd1", "3600a"): Disk(
            host="host1", host_name="host1", sr="sr1", pbd="pbd1", scsi_id="3600a", current=1, max=2
        ),
    }
    records.take({"class": "pbd", "operation": "del", "ref": "pbd1"})
    records.take({"class": "vm", "operation": "mod", "ref": "vm1", "snapshot": {}})
    assert list(records.disks()) == [("host1", "boot")]
