"""Dates, which the XenAPI writes as text, in several ways.

Dashes, colons, a fraction and an offset may each be there or not; without an offset it is UTC.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

DATE = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)


def canonical(text: str) -> str:
    """A date as ``20260131T23:59:59Z``, in whole seconds of UTC, so that such texts sort by time.

    Raises ValueError for a text that is not a date, or a date that the calendar does not have.
    """
    when = _moment(text)
    return f"{when.year:04}{when:%m%dT%H:%M:%SZ}"


def plain(text: str) -> str:
    """A date without dashes and with colons; its fraction and offset stay as they came.

    Raises ValueError as `canonical` does.
    """
    _moment(text)
    year, month, day, hour, minute, second, fraction, zone = _parts(text)
    return f"{year}{month}{day}T{hour}:{minute}:{second}{fraction}{zone}"


def _parts(text: str) -> tuple[str, ...]:
    match = DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no date")
    return match.groups(default="")


def _moment(text: str) -> datetime:
    *numbers, _, zone = _parts(text)
    year, month, day, hour, minute, second = map(int, numbers)
    if second > 60:
        raise ValueError(f"{text!r} is no date")
    try:
        # A date may have the 61st second of a leap.
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_zone(zone))
        return local.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is beyond the calendar") from error


def _zone(text: str) -> timezone:
    if text in ("", "Z"):
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)
