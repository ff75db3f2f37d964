"""The types of SR that Warren serves: for each there is a module here, and a row in the table."""

from pathlib import Path

from storage.drivers.driver import Driver


def table(folder: Path) -> dict[str, Driver]:
    """A driver for each type of SR; what they mount is mounted below ``folder``."""
    return {}


def missing(driver: Driver) -> list[str]:
    """What to say about each program that is missing here; [] if the type can be served."""
    return []
