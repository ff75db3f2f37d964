"""What a forwarder is told at its start."""

from daemon.settings import ConnectedSettings

WORKERS_DEFAULT = 16


class Settings(ConnectedSettings, frozen=True, kw_only=True):
    database: str
    """The URL of the pool database."""
    workers: int = WORKERS_DEFAULT
    """How many calls work at a time; those that wait do not count."""
