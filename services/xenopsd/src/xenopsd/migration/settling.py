"""What a decided migration still needs: done now, or tried again until it is done."""

import logging
from collections.abc import Callable

log = logging.getLogger(__name__)


def or_later(settle: Callable[[str], None], name: str) -> None:
    """What cannot be done now is tried again; it must not stop anything else."""
    try:
        settle(name)
    except Exception:
        log.exception("%s is not settled yet", name)
