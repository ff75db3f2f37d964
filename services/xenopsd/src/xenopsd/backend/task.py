"""What the back end needs of a task: whether to stop, and where to report progress."""

from typing import Protocol


class Task(Protocol):
    id: str

    def check_cancelled(self) -> None:
        """Raise XenopsError Cancelled if that was asked for."""
        ...

    def progress(self, fraction: float) -> None:
        """Report how far the present atomic has come."""
        ...

    def forbid_cancel(self) -> None:
        """Note that from here on the operation cannot be cancelled."""
        ...
