"""What a host's watcher tells the pool, and when it looks. Time is passed in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from mpathalert.boot import boot_map
from mpathalert.multipathd import Absent, Garbage, MultipathdError
from mpathalert.uevents import is_of_a_map, parse
from mpathalert.watcher import (
    LOOK_AGAIN_S,
    LOOK_ANYWAY_S,
    READINGS_MAX,
    RETRY_S,
    Maps,
    Surroundings,
    Watcher,
)
from xenops.multipath import Paths, Report

from broker import BrokerError

HEALTHY, LOST = {"3600a": Paths(2, 2)}, {"3600a": Paths(1, 2)}
CHANGE = {"DM_UUID": "mpath-3600a"}
FAILED = {"DM_UUID": "mpath-3600a", "DM_ACTION": "PATH_FAILED", "DM_NR_VALID_PATHS": "1"}


class Host:
    """A host whose maps are what a test says, and a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0
        self.readings: Callable[[], Maps] = lambda: HEALTHY
        self.reports: list[Report] = []
        self.boot: str | None = None
        self.broker_is_there = True
        self.watcher = Watcher(
            "w", Surroundings(self._read, lambda: self.boot, self._publish, self._time, self._pause)
        )

    def _read(self) -> Maps:
        return self.readings()

    def _time(self) -> float:
        return self.now

    def _pause(self, seconds: float) -> None:
        self.now += seconds

    def _publish(self, report: Report) -> None:
        if not self.broker_is_there:
            raise BrokerError("there is none")
        self.reports.append(report)

    def says(self, *readings: Maps) -> None:
        """multipathd's next answers; the last one stays."""
        left = list(readings)
        self.readings = lambda: left.pop(0) if len(left) > 1 else left[0]

    def fails(self, error: MultipathdError) -> None:
        def read() -> Maps:
            raise error

        self.readings = read

    def wait(self) -> float:
        """Let the time pass that the watcher has nothing to do; how long that was."""
        waited = self.watcher.wait_s()
        self.now += waited
        self.watcher.look()
        return waited

    @property
    def told(self) -> list[Maps]:
        return [report.maps for report in self.reports]


@pytest.fixture
def host() -> Host:
    host = Host()
    host.wait()
    return host


def test_the_state_is_told_at_start_and_changes_at_once(host: Host) -> None:
    host.says(LOST)
    host.watcher.heard([FAILED])
    assert host.told == [HEALTHY, LOST]
    assert [report.number for report in host.reports] == [1, 2]


def test_an_event_that_changes_nothing_is_not_told(host: Host) -> None:
    host.watcher.heard([CHANGE])
    assert len(host.reports) == 1


def test_a_stale_reading_is_not_believed(host: Host) -> None:
    host.says(HEALTHY, LOST, LOST)
    host.watcher.heard([FAILED])
    assert host.told == [HEALTHY, LOST]


def test_what_shows_only_after_the_event_is_found_soon(host: Host) -> None:
    host.says(LOST)
    host.watcher.heard([FAILED])
    host.watcher.heard([CHANGE])  # reinstated, but the checker has not looked yet
    host.says(HEALTHY)
    host.wait()
    assert host.told == [HEALTHY, LOST, HEALTHY]


def test_it_looks_rarely_when_nothing_happens(host: Host) -> None:
    host.watcher.heard([CHANGE])
    for _ in LOOK_AGAIN_S:
        host.wait()
    assert host.wait() > LOOK_ANYWAY_S / 2


def test_readings_that_never_agree_are_bounded(host: Host) -> None:
    numbers = iter(range(1000))
    host.readings = lambda: {"3600a": Paths(next(numbers), 1000)}
    host.watcher.heard([CHANGE])
    assert host.told[-1] == {"3600a": Paths(READINGS_MAX - 1, 1000)}


def test_the_boot_disk_is_told(host: Host) -> None:
    host.boot = "3600a"
    host.watcher.heard([CHANGE])
    assert host.reports[-1].boot == "3600a"


def test_without_multipathd_nothing_is_told_and_it_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    host = Host()
    host.fails(Absent("multipathd does not answer"))
    for _ in range(5):
        host.wait()
        host.watcher.heard([CHANGE])
    assert host.reports == []
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_multipathd_that_comes_is_found(host: Host) -> None:
    host.fails(Absent("multipathd does not answer"))
    host.watcher.look()
    host.says(LOST)
    assert host.wait() == RETRY_S
    assert host.told == [HEALTHY, LOST]


def test_a_restart_of_multipathd_is_nothing_to_tell(host: Host) -> None:
    host.fails(Absent("multipathd does not answer"))
    host.watcher.look()
    host.says(HEALTHY)
    host.wait()
    assert host.told == [HEALTHY]


def test_while_multipathd_is_away_the_kernel_is_believed(host: Host) -> None:
    host.fails(Absent("multipathd does not answer"))
    host.watcher.heard([FAILED, {**FAILED, "DM_UUID": "mpath-other"}, CHANGE])
    assert host.told == [HEALTHY, LOST]


@pytest.mark.parametrize("valid", ["", "-1", "two", "1.5", "١"])
def test_nonsense_from_the_kernel_is_not_believed(host: Host, valid: str) -> None:
    host.fails(Absent("multipathd does not answer"))
    host.watcher.heard([{**FAILED, "DM_NR_VALID_PATHS": valid}])
    assert host.told == [HEALTHY]


def test_garbage_changes_nothing_is_said_once_and_gets_over(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        host.fails(Garbage(f"multipathd does not make sense ({number})"))
        host.watcher.look()
    assert host.told == [HEALTHY]
    assert len(caplog.records) == 1
    host.says(LOST)
    host.wait()
    assert host.told == [HEALTHY, LOST]


def test_what_the_broker_did_not_take_is_told_later_as_it_is_then(host: Host) -> None:
    host.broker_is_there = False
    host.says(LOST)
    host.watcher.heard([FAILED])
    host.says({})
    host.broker_is_there = True
    host.wait()
    assert host.told == [HEALTHY, {}]


def test_everything_is_told_again_now_and_then(host: Host) -> None:
    host.wait()
    host.wait()
    assert host.told == [HEALTHY] * 3


def test_a_uevent_is_read() -> None:
    message = b"change@/devices/virtual/block/dm-0\0ACTION=change\0DM_NAME=a=b\0rubbish\0\xff\xfe\0"
    assert parse(message) == {"ACTION": "change", "DM_NAME": "a=b"}
    assert parse(b"") == {}


@pytest.mark.parametrize(
    ("uevent", "expected"),
    [
        ({"SUBSYSTEM": "block", "DEVNAME": "dm-0"}, True),
        ({"SUBSYSTEM": "block", "DEVNAME": "/dev/dm-0"}, True),
        ({"SUBSYSTEM": "block", "DEVNAME": "dm-1"}, False),
        ({"SUBSYSTEM": "block", "DEVNAME": "dm-2"}, True),  # gone
        ({"SUBSYSTEM": "block", "DEVNAME": "dm-2", "DM_UUID": "mpath-3600a"}, True),
        ({"SUBSYSTEM": "block", "DEVNAME": "sda"}, False),
        ({"SUBSYSTEM": "net", "DEVNAME": "dm-0"}, False),
        ({}, False),
    ],
)
def test_only_events_of_maps_matter(tmp_path: Path, uevent: dict[str, str], expected: bool) -> None:
    for name, uuid in (("dm-0", "mpath-3600a\n"), ("dm-1", "LVM-xyz\n")):
        _write(tmp_path / "block" / name / "dm" / "uuid", uuid)
    assert is_of_a_map(uevent, tmp_path) is expected


def test_the_boot_disk_is_found_under_partition_and_volume(tmp_path: Path) -> None:
    """/ on LVM on a partition of a map, as sysfs shows it."""
    devices = tmp_path / "devices" / "virtual" / "block"
    _write(devices / "dm-0" / "dm" / "uuid", "mpath-3600a\n")
    _write(devices / "dm-1" / "dm" / "uuid", "part1-mpath-3600a\n")
    _write(devices / "dm-2" / "dm" / "uuid", "LVM-xyz\n")
    for upper, lower in (("dm-1", "dm-0"), ("dm-2", "dm-1")):
        (devices / upper / "slaves").mkdir()
        (devices / upper / "slaves" / lower).symlink_to(devices / lower)
    _write(devices / "sda" / "sda1" / "partition", "1\n")
    numbers = tmp_path / "dev" / "block"
    numbers.mkdir(parents=True)
    (numbers / "254:2").symlink_to(devices / "dm-2")
    (numbers / "8:1").symlink_to(devices / "sda" / "sda1")
    assert boot_map((254 << 8) + 2, tmp_path) == "3600a"
    assert boot_map((8 << 8) + 1, tmp_path) is None
    assert boot_map(0, tmp_path) is None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
