"""The sign of life that a service gives to whoever watches over it."""

from pathlib import Path


class Alive:
    """Touches a file each time that ``sign`` is called, if it has a file.

    The loop that does the service's work calls it, so an old file shows that the work stands still,
    even if the process exists.
    """

    def __init__(self, path: str | None) -> None:
        self._path = None if path is None else Path(path)

    def sign(self) -> None:
        if self._path is not None:
            self._path.touch()
