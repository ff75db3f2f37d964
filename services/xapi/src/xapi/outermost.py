"""What clients are told of an unexpected exception; they get no stack trace."""

import logging

from datamodel import XenAPIError
from pooldb import CannotWrite, DatabaseError, DiskFull

log = logging.getLogger(__name__)


def reason(error: Exception, whose: str) -> XenAPIError:
    """The XenAPI's error for an exception of ``whose``, a call or a request.

    If the pool database is away for longer than a fail-over takes, it is HOST_STILL_BOOTING. An
    exception that neither is a XenAPIError nor comes from the database is a bug, and logged.
    """
    cause = error.error if isinstance(error, CannotWrite) else error
    if isinstance(cause, XenAPIError):
        return cause
    if isinstance(cause, DiskFull):
        return XenAPIError("OUT_OF_SPACE", "the pool database")
    if isinstance(cause, DatabaseError):
        return XenAPIError("HOST_STILL_BOOTING")
    log.error("%s failed", whose, exc_info=error)
    return XenAPIError("INTERNAL_ERROR", f"{type(error).__name__}: {error}")
