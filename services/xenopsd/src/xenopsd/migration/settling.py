"""Carries out what a migration's decision asks for, now or later."""

import logging
from collections.abc import Callable

log = logging.getLogger(__name__)


def or_later(settle: Callable[[str], None], name: str) -> None:
    """Call ``settle``; a failure is only logged, since others go on and this is tried again."""
    try:
        settle(name)
    except Exception:
        log.exception("%s is not settled yet", name)
