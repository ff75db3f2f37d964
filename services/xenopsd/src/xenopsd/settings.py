"""The settings of xenopsd."""

from pathlib import Path

from daemon.settings import ConnectedSettings


class Settings(ConnectedSettings, frozen=True, kw_only=True):
    host_uuid: str
    hostname: str
    cpus: int
    state_dir: Path
    xen_socket: str | None = None
    """The socket of the simulated Xen; None for the real Xen of this machine."""
    xenstore_socket: str
    shared_storage_dir: Path
    """The folder of suspend images and rights to disks, which all hosts of the pool share."""
    hooks_dir: str
    door_dir: Path
    """The folder shared with the door, through which other hosts send memory."""
    workers: int = 8
