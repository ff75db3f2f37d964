"""What xenopsd is told at its start."""

from pathlib import Path

from daemon.settings import ConnectedSettings


class Settings(ConnectedSettings, frozen=True, kw_only=True):
    host_uuid: str
    hostname: str
    cpus: int
    state_dir: Path
    xen_socket: str | None = None
    """The simulated Xen; None for the real one under this machine."""
    xenstore_socket: str
    shared_storage_dir: Path
    """Where suspend images and the rights to disks are; all hosts of the pool see it."""
    hooks_dir: str
    door_dir: Path
    """What it shares with the door, through which other hosts send memory to it."""
    workers: int = 8
