"""The errors of calls of a host's daemons, each a variant of the daemon's interface."""

import re
from typing import Any, ClassVar

from xenops.idl import Variant
from xenops.types import ErrorsError

DETAIL = "detail"
"""The key in a failed task's ``debug_info`` for the failure's detail."""


INTERRUPTED = "a restart interrupted it; it may be asked for again"
"""The detail of an operation that a restart interrupted: it is undone, and not begun anew."""

OVERTAKEN = re.compile(r"epoch \d+ of .+ is over: epoch (\d+) has begun")
NO_ROOM = ("disk is full", "No space left on device")
"""What SQLite, and what the kernel says of a full disk."""


class Failure(Exception):
    """A call failed or was refused. ``detail`` tells people more than the error itself."""

    variant: ClassVar[type[Variant]]

    def __init__(self, tag: str, value: Any = None, detail: str = "") -> None:
        super().__init__(tag, value)
        self.error = self.variant(tag, value)
        self.detail = detail

    @property
    def tag(self) -> str:
        return self.error.tag

    @property
    def value(self) -> Any:
        return self.error.value

    def __str__(self) -> str:
        return self.tag if self.value is None else f"{self.tag}{self.value!r}"


class XenopsError(Failure):
    """A call failed or was refused by xenopsd."""

    variant = ErrorsError


def does_not_exist(kind: str, name: str) -> XenopsError:
    return XenopsError("Does_not_exist", (kind, name))


def bad_power_state(actual: Any, expected: Any) -> XenopsError:
    return XenopsError("Bad_power_state", (actual, expected))


def internal_error(text: str) -> XenopsError:
    return XenopsError("Internal_error", text)


def unexpected(text: str) -> XenopsError:
    """What an exception that nobody expected is to a caller: a bug, or a disk without room.

    The latter has a word of the XenAPI, which goes as it is through the interface.
    """
    if any(said in text for said in NO_ROOM):
        return XenopsError("Storage_backend_error", ("OUT_OF_SPACE", [text]))
    return internal_error(text)


def interrupted(text: str) -> XenopsError:
    return XenopsError("Internal_error", text, INTERRUPTED)


def overtaken(operation: str, subject: str, epoch: int, seen: int) -> XenopsError:
    """The error of an operation that came too late: its subject has been given to others since."""
    text = f"epoch {epoch} of {subject} is over: epoch {seen} has begun"
    return XenopsError("Cancelled", operation, text)


def newer_epoch(error: Failure) -> int | None:
    """The epoch by which a failure says that its operation was overtaken; None for any other."""
    found = OVERTAKEN.fullmatch(error.detail)
    return int(found[1]) if found is not None and error.tag == "Cancelled" else None
