"""What a forwarder is told at its start."""

from daemon.settings import ConnectedSettings

WORKERS_DEFAULT = 16
CALLS_MAX_DEFAULT = 1000


class Settings(ConnectedSettings, frozen=True, kw_only=True):
    database: str
    """The URL of the pool database."""
    workers: int = WORKERS_DEFAULT
    """How many calls work at a time; those that wait do not count."""
    calls_max: int = CALLS_MAX_DEFAULT
    """How many calls may be under way at a time; those that wait for their turn do not count."""
