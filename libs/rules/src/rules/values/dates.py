"""Dates in the form that records have."""

from datetime import UTC, datetime

from datamodel.idl import DateTime


def date(seconds: float) -> DateTime:
    """A time since the epoch, in the XenAPI's form."""
    return DateTime(datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H:%M:%SZ"))
