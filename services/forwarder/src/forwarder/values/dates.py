"""Dates as records have them."""

from datetime import UTC, datetime


def date(seconds: float) -> str:
    """A time since the epoch, in the XenAPI's form."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H:%M:%SZ")
