"""The settings of the storage daemon."""

from pathlib import Path

from daemon.settings import ConnectedSettings


class Settings(ConnectedSettings, frozen=True, kw_only=True):
    host_uuid: str
    state_dir: Path
    plugins_dir: Path | None = None
    """The folder of SMAPIv3 plug-ins of others, each of which is a type of SR."""
    limit_s: float = 25.0
    """How long an SR's process may take for a call before the SR counts as unreachable."""
