"""The settings of squeezed."""

from pathlib import Path

from daemon.settings import ConnectedSettings

# What Xen keeps free for itself under pressure (its low-memory signal comes at 64 MiB), and what
# making a domain takes besides the domain's own memory.
RESERVE_KIB_DEFAULT = (64 + 8) * 1024


class Settings(ConnectedSettings, frozen=True, kw_only=True):
    state_dir: Path
    xen_socket: str | None = None
    """The socket of the simulated Xen; None for the real Xen of this machine."""
    xenstore_socket: str
    reserve_kib: int = RESERVE_KIB_DEFAULT
    """Memory that no guest may get."""
