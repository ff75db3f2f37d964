"""What the watcher and the alerter are told at their start."""

from pathlib import Path

from daemon.settings import ConnectedSettings, Settings

# What multipath-tools listens on; ``@`` says that it is abstract.
MULTIPATHD_SOCKET = "@/org/kernel/linux/storage/multipathd"
INTERVAL_S = 120.0


class Watch(ConnectedSettings, frozen=True, kw_only=True):
    """For the watcher of one host. ``boot_mount`` is where its root file system is mounted."""

    multipathd_socket: str = MULTIPATHD_SOCKET
    boot_mount: Path = Path("/")


class Alert(Settings, frozen=True, kw_only=True):
    """For the alerter of the pool, a client of the XenAPI at ``url``.

    ``authority_file`` has the authority that signed its certificate; None for this machine's.
    While paths flap there is at most one message for an SR in ``interval_s``. Prometheus reads the
    levels at ``listen``.
    """

    url: str
    authority_file: str | None = None
    pool_secret_file: Path
    interval_s: float = INTERVAL_S
    listen: tuple[str, int]
