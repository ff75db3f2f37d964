"""The sign of life that a service gives to whoever watches over it."""

from pathlib import Path


class Alive:
    """Touches a file each time that ``sign`` is called; no file, no sign.

    The loop that does the service's work gives it, so a watcher that finds the file old knows that
    the work stands still, and not only that a process exists.
    """

    def __init__(self, path: str | None) -> None:
        self._path = None if path is None else Path(path)

    def sign(self) -> None:
        if self._path is not None:
            self._path.touch()
