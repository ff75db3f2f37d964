"""What the back end needs of a task: whether to stop, and how to say how far it is."""

from typing import Protocol


class Task(Protocol):
    id: str

    def check_cancelled(self) -> None:
        """Raise XenopsError Cancelled when somebody asked for it."""
        ...

    def progress(self, fraction: float) -> None:
        """How far the present atomic is."""
        ...

    def forbid_cancel(self) -> None:
        """From here on the operation goes through to its end."""
        ...
