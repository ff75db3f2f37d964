"""What the two sides of a migration say to each other: lines of JSON around the memory."""

import logging
from typing import Any, BinaryIO

from daemon.door import read_line, write_line
from xenops.errors import XenopsError

log = logging.getLogger(__name__)

STREAM, OUTCOME = "stream", "outcome"


def try_line(stream: BinaryIO, line: dict[str, Any]) -> None:
    """Send a line if the peer still listens; what it says is in the journal in any case."""
    try:
        write_line(stream, line)
    except (OSError, ValueError) as error:
        log.info("the peer of a migration is gone: %s", error)


def expect(stream: BinaryIO, word: str) -> None:
    answer = read_line(stream)
    if not answer.get(word):
        raise failed(f"the destination failed: {answer.get('error', answer)}")


def failed(why: str) -> XenopsError:
    """The error of a migration that did not take place, for a reason that is no bug."""
    return XenopsError("Failed_to_contact_remote_service", why, why)
