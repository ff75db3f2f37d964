"""What the door is told at its start."""

from pathlib import Path

from daemon import settings


class Settings(settings.Settings, frozen=True, kw_only=True):
    address: str
    """Where other hosts reach this one."""
    state_dir: Path
    """Where it keeps its certificate and its port, so that it is found again."""
    door_dir: Path
    """Where the host's daemons listen, and are told where the door is."""
