"""Xenstore, as narrow as xenopsd needs it. Paths and values are text."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol


class XenstoreError(Exception):
    """A request failed, or the daemon did not answer in time."""


class Events(Protocol):
    """The paths that changed below a watched one."""

    def next(self, timeout_s: float) -> str | None:
        """The next path, None when the time is over."""
        ...


class Xenstore(Protocol):
    """Requests raise XenstoreError; where a path does not exist they answer None or do nothing."""

    def read(self, path: str) -> str | None: ...
    def read_all(self, paths: Sequence[str]) -> "list[str | None]":
        """The values of several nodes."""
        ...

    def write(self, path: str, value: str) -> None: ...
    def write_all(self, values: Mapping[str, str]) -> None:
        """Write several nodes in one transaction, again on conflict."""
        ...

    def make(self, *paths: str, owner: int = 0, reader: int | None = None) -> None:
        """Make directories that ``owner`` may write and ``reader`` may read."""
        ...

    def list(self, path: str) -> list[str]: ...
    def tree(self, *paths: str) -> Iterator[tuple[str, str]]:
        """Every node below these paths, upper ones first, with its value."""
        ...

    def remove(self, *paths: str) -> None:
        """Remove nodes with all below them, in this order."""
        ...

    def introduce(self, domid: int, mfn: int, port: int) -> None: ...
    def resume(self, domid: int) -> None:
        """Say that a domain that had shut down goes on; else its next shutdown is not reported."""
        ...

    def watch(self, path: str) -> AbstractContextManager[Events]: ...
    def on_change(self, path: str, callback: Callable[[str], None]) -> None:
        """Call ``callback`` with each path that changes below ``path``, as long as this lives."""
        ...
