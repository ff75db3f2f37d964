"""Whoever shares this host's memory among its domains, as narrow as xenopsd needs it. In KiB."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class Waiter(Protocol):
    """The operation that waits for memory."""

    id: str

    def check_cancelled(self) -> None:
        """Raise XenopsError Cancelled when somebody asked for it."""
        ...


@dataclass(frozen=True)
class Reserved:
    """Memory that is an operation's, until a domain has it."""

    id: str
    kib: int


class Memory(Protocol):
    """Calls raise XenopsError."""

    def is_there(self) -> bool:
        """Whether domains can be given more and less memory while they run."""
        ...

    def reserve(
        self, task: Waiter, minimum_kib: int, maximum_kib: int, vms: Mapping[int, str]
    ) -> Reserved | None:
        """Wait for memory; None when nobody shares it. ``vms`` are the domains' by their ids."""
        ...

    def hand_over(self, reservation: str, domid: int) -> None:
        """The domain that is made has it from now on."""
        ...

    def release(self, reservation: str) -> None:
        """End a reservation, soon; one that is gone already is no error."""
        ...


class Unshared:
    """Nobody shares: domains keep the size that they start with."""

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
