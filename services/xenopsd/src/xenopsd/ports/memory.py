"""The port of what shares this host's memory among its domains. Sizes are in KiB."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class Waiter(Protocol):
    """An operation that waits for memory."""

    id: str

    def check_cancelled(self) -> None:
        """Raise XenopsError Cancelled if that was asked for."""
        ...


@dataclass(frozen=True)
class Reserved:
    """Memory that is kept for an operation until a domain takes it."""

    id: str
    kib: int


class Memory(Protocol):
    """Calls raise XenopsError."""

    def is_there(self) -> bool:
        """Whether the memory of running domains can be changed."""
        ...

    def reserve(
        self, task: Waiter, minimum_kib: int, maximum_kib: int, vms: Mapping[int, str]
    ) -> Reserved | None:
        """Wait for memory; None if memory is not shared. ``vms`` has the VM of each domid."""
        ...

    def hand_over(self, reservation: str, domid: int) -> None:
        """Hand a reservation to the domain that was made, soon."""
        ...

    def release(self, reservation: str) -> None:
        """End a reservation, soon; it is no error if it has ended already."""
        ...


class Unshared:
    """Memory is not shared: domains keep the size that they start with."""

    def is_there(self) -> bool:
        return False

    def reserve(
        self, task: Waiter, minimum_kib: int, maximum_kib: int, vms: Mapping[int, str]
    ) -> Reserved | None:
        return None

    def hand_over(self, reservation: str, domid: int) -> None:
        pass

    def release(self, reservation: str) -> None:
        pass
