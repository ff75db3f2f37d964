"""Dates, which the XenAPI writes as text and in more than one way."""

import re
from datetime import UTC, datetime, timedelta, timezone

DATE = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):?(\d\d))?", re.ASCII
)


def canonical(text: str) -> str:
    """A date as ``20260131T23:59:59Z``, whole seconds of UTC, so that dates sort as texts do.

    It may have dashes, an offset and fractions; without an offset it is UTC. Raises ValueError for
    what is no date, or none of any calendar.
    """
    match = DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no date")
    *numbers, sign, hours, minutes = match.groups(default="0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    zone = timezone(-offset if sign == "-" else offset)
    year, month, day, hour, minute, second = map(int, numbers)
    try:
        when = datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is beyond the calendar") from error
    return f"{when.year:04}{when:%m%dT%H:%M:%SZ}"


def is_date(text: str) -> bool:
    try:
        canonical(text)
    except ValueError:
        return False
    return True
