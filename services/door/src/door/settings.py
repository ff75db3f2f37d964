"""What the door is told at its start."""

from pathlib import Path

from daemon import settings


class Settings(settings.Settings, frozen=True, kw_only=True):
    address: str
    """Where other hosts reach this one."""
    state_dir: Path
    """Where the door keeps its certificate and its port, which hosts know it by."""
    door_dir: Path
    """Where the host's daemons listen and read where the door is."""
