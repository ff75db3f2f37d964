"""Mounts of this host: each SR's is in a folder of its own, below the daemon's state."""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from storage.errors import BackendError
from storage.volumes.programs import ProgramFailed, run

MOUNTING = 120.0
"""Seconds within which a server must answer."""


class Mounts:
    """``folder`` has a folder for each SR that is mounted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def point(self, sr: str) -> Path:
        return self.folder / sr

    def has(self, sr: str) -> bool:
        """Whether an SR is mounted."""
        return os.path.ismount(self.point(sr))

    def mount(self, sr: str, source: str, type_: str, options: Sequence[str]) -> Path:
        """Mount it, unless it is; raises BackendError 73."""
        point = self.point(sr)
        point.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.has(sr):
            mount(source, point, type_, options)
        return point

    def unmount(self, sr: str) -> None:
        """Unmount it, if it is mounted; raises BackendError 16 if someone still uses it."""
        point = self.point(sr)
        if self.has(sr):
            try:
                run("umount", "--", str(point))
            except ProgramFailed as failed:
                raise BackendError(16, f"The SR is in use [opterr={failed.told}]") from None
        if point.exists():
            point.rmdir()

    @contextmanager
    def passing(self, do: Callable[[Path], None]) -> Iterator[Path]:
        """A folder in which ``do`` mounts something for a while."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        point = Path(tempfile.mkdtemp(prefix=".probe-", dir=self.folder))
        try:
            do(point)
            try:
                yield point
            finally:
                run("umount", "--", str(point))
        finally:
            point.rmdir()


def mount(source: str, point: Path, type_: str, options: Sequence[str]) -> None:
    """Mount ``source``; raises BackendError 73 with what mount said."""
    try:
        arguments = ("-t", type_, "-o", ",".join(options), "--", source, str(point))
        run("mount", *arguments, limit=MOUNTING)
    except ProgramFailed as failed:
        raise BackendError(
            73,
            f"NFS mount error [opterr=mounting {source} failed: {failed.told}]"
            if type_.startswith("nfs")
            else f"The SR could not be mounted [opterr=mounting {source} failed: {failed.told}]",
        ) from None
