"""The settings of the watcher and of the alerter."""

from pathlib import Path

from daemon.settings import ConnectedSettings, Settings

# What multipath-tools listens on; ``@`` marks an abstract socket.
MULTIPATHD_SOCKET = "@/org/kernel/linux/storage/multipathd"
INTERVAL_S = 120.0


class Watch(ConnectedSettings, frozen=True, kw_only=True):
    """For the watcher of one host. ``boot_mount`` is where the host's root file system is."""

    multipathd_socket: str = MULTIPATHD_SOCKET
    boot_mount: Path = Path("/")


class Alert(Settings, frozen=True, kw_only=True):
    """For the alerter of the pool, a client of the XenAPI at ``url``.

    ``authority_file`` has the authority that signed the server's certificate; None for those that
    this machine trusts. While paths flap, an SR has at most one message in ``interval_s``.
    Prometheus reads the levels at ``listen``.
    """

    url: str
    authority_file: str | None = None
    pool_secret_file: Path
    interval_s: float = INTERVAL_S
    listen: tuple[str, int]
