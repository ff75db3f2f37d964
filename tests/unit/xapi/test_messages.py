"""Which messages a filter or a date chooses."""

from typing import Any

import pytest
from datamodel import XenAPIError

from tests.unit.xapi.conftest import Gateway

OLD, NEW = "20260101T00:00:00Z", "20260601T12:00:00Z"
NAMES = {"old": OLD, "new": NEW}


@pytest.fixture
def session(gateway: Gateway) -> str:
    vm = gateway.create("VM", uuid="vm")
    assert vm
    for priority, (name, timestamp) in enumerate(NAMES.items(), 1):
        about = {"cls": "VM", "obj_uuid": "vm", "name": name}
        gateway.create("message", timestamp=timestamp, priority=priority, **about)
    return gateway.login()


def left(gateway: Gateway) -> set[str]:
    return {record["name"] for record in gateway.db.view.all("message").values()}


@pytest.mark.parametrize(
    ("filters", "stay"),
    [
        ({}, set()),
        ({"before": NEW}, {"new"}),
        ({"before": "2026-06-01T12:00:00Z"}, {"new"}),
        ({"before": "2026-06-01T14:00:01+02:00"}, set()),
        ({"before": "2026-06-01T14:00:00+02:00"}, {"new"}),
        ({"before": "20260601T07:00:01-0500"}, set()),
        ({"before": "19700101T00:00:00Z"}, {"old", "new"}),
        ({"after": OLD}, {"old"}),
        ({"after": "2026-01-01T00:00:00Z"}, {"old"}),
        ({"after": "2025-12-31T23:59:59Z"}, set()),
        ({"after": "2099-12-31T00:00:00Z"}, {"old", "new"}),
        ({"after": "2026-12-31T23:59:59Z"}, {"old", "new"}),
        ({"after": OLD, "before": NEW}, {"old", "new"}),
        ({"priority": "1"}, {"new"}),
        ({"priority": "0x2"}, {"old"}),
        ({"priority": "02"}, {"old"}),
        ({"priority": "7"}, {"old", "new"}),
        ({"priority": "2", "before": NEW}, {"old", "new"}),
    ],
)
def test_filters_choose_by_what_they_mean(
    gateway: Gateway, session: str, filters: dict[str, str], stay: set[str]
) -> None:
    gateway.call("message.destroy_all", session, filters)
    assert left(gateway) == stay


UNREADABLE = (
    *("garbage", "", " ", "9", "2026", "20260101", "2026-13-01T00:00:00Z", "20260230T00:00:00Z"),
    *("20260101T24:00:00Z", "20260101T00:60:00Z", "20260101T00:00:00+99:99", "20260101T00:00:00z "),
    *("٢٠٢٦٠١٠١T00:00:00Z", "00000101T00:00:00Z", "99991231T23:59:59-23:00", "1e9"),
)


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        *(({name: date}, [name, date]) for name in ("before", "after") for date in UNREADABLE),
        *(
            ({"priority": said}, ["priority", said])
            for said in ("", "high", "1.5", "1;", str(2**63))
        ),
        ({"Before": OLD}, ["filters", "Before"]),
        ({"before": NEW, "uuid": "x"}, ["filters", "uuid"]),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_goes(
    gateway: Gateway, session: str, filters: dict[str, str], named: list[str]
) -> None:
    with pytest.raises(XenAPIError) as refused:
        gateway.call("message.destroy_all", session, filters)
    assert refused.value.description == ["INVALID_VALUE", *named]
    assert left(gateway) == set(NAMES)


@pytest.mark.parametrize(
    ("since", "names"),
    [
        ("19700101T00:00:00Z", {"old", "new"}),
        ("2026-01-01T00:00:00Z", {"old", "new"}),
        ("2026-01-01T00:00:01Z", {"new"}),
        ("20260101T02:00:00+02:00", {"old", "new"}),
        ("2026-01-01T02:00:01+0200", {"new"}),
        ("2026-06-01T12:00:01", set()),
        ("2099-01-01T00:00:00Z", set()),
    ],
)
@pytest.mark.parametrize("wire", ["message.get_since", "message.get"])
def test_a_moment_is_the_same_however_it_is_written(
    gateway: Gateway, session: str, wire: str, since: str, names: set[str]
) -> None:
    about: list[Any] = ["VM", "vm"] if wire == "message.get" else []
    found = gateway.call(wire, session, *about, since)
    assert {record["name"] for record in found.values()} == names


@pytest.mark.parametrize("since", UNREADABLE)
def test_an_unreadable_moment_is_no_date(gateway: Gateway, session: str, since: str) -> None:
    with pytest.raises(XenAPIError) as refused:
        gateway.call("message.get_since", session, since)
    assert refused.value.code == "INTERNAL_ERROR"
    assert refused.value.description[1].endswith(f"of_iso8601: {since}")
