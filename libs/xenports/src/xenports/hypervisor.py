"""The hypervisor, as narrow as xenopsd needs it. Memory is in KiB, pages have 4 KiB."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol

PAGE_KIB = 4

# Shutdown codes of Xen's public interface (sched.h).
POWEROFF, REBOOT, SUSPEND, CRASH = 0, 1, 2, 3


class HypervisorError(Exception):
    """A hypercall failed; the text names it and says why."""


class OutOfMemory(HypervisorError):
    """The host has too little free memory."""

    def __init__(self, needed_kib: int, free_kib: int) -> None:
        super().__init__(f"{needed_kib} KiB are needed, {free_kib} KiB are free")
        self.needed_kib = needed_kib
        self.free_kib = free_kib


@dataclass(frozen=True)
class DomainInfo:
    """A domain as Xen lists it; ``shutdown`` is its code once it has shut down."""

    domid: int
    uuid: str
    kind: str
    paused: bool
    shutdown: int | None
    memory_kib: int
    max_kib: int
    vcpus: int
    started: float


@dataclass(frozen=True)
class Physical:
    """What Xen, which alone sees the whole machine, says of its processors."""

    cpus: int
    sockets: int
    threads_per_core: int
    nodes: int
    khz: int
    hvm: bool
    iommu: bool


@dataclass(frozen=True)
class Rings:
    """Where a built domain's xenstore and console rings are: frames and event channels."""

    store_mfn: int
    store_port: int
    console_mfn: int = 0
    console_port: int = 0


@dataclass(frozen=True)
class Boot:
    """What a domain boots: files of this host, and the kernel's command line.

    The device model of an emulated machine takes ``video_mib`` of its memory.
    """

    kernel: str
    ramdisk: str | None = None
    cmdline: str = ""
    video_mib: int = 0


@dataclass(frozen=True)
class SaveProgress:
    """How far a save has come: its round, the pages sent so far and those left in this round."""

    round: int
    sent: int
    left: int


class Hypervisor(Protocol):
    """Calls raise HypervisorError. Each build, save and restore is one call, however long."""

    def create(self, uuid: str, kind: str, max_kib: int, vcpus: int) -> int:
        """Make a paused domain without memory and return its domid."""
        ...

    def destroy(self, domid: int) -> None:
        """Remove a domain; it is no error if there is no such domain."""
        ...

    def pause(self, domid: int) -> None: ...
    def unpause(self, domid: int) -> None: ...
    def resume(self, domid: int) -> None:
        """Let a domain that suspended itself go on where it was."""
        ...

    def shutdown(self, domid: int, code: int) -> None:
        """Shut a domain down from outside."""
        ...

    def set_max_kib(self, domid: int, max_kib: int) -> None: ...
    def set_time_offset(self, domid: int, offset_s: int) -> None:
        """Set how many seconds a domain's clock is ahead of the host's from its next boot on."""
        ...

    def time_offset(self, domid: int) -> int:
        """By how many seconds an emulated machine's clock is ahead now, as its guest may set it."""
        ...

    def set_vcpus(self, domid: int, vcpus: int) -> None: ...
    def domains(self) -> list[DomainInfo]: ...
    def free_kib(self) -> int: ...
    def total_kib(self) -> int: ...

    def build(self, domid: int, boot: Boot, memory_kib: int) -> Rings:
        """Load a kernel and give the domain its memory; raises OutOfMemory."""
        ...

    def moves_live(self, domid: int) -> bool:
        """Whether a domain can run while its memory is saved."""
        ...

    def save(
        self,
        domid: int,
        stream: BinaryIO,
        *,
        live: bool,
        suspend: Callable[[], None],
        progress: Callable[[SaveProgress], None],
    ) -> None:
        """Write the memory; ``suspend`` is called when the domain has to stop."""
        ...

    def restore(self, domid: int, stream: BinaryIO, memory_kib: int) -> Rings:
        """Read what ``save`` wrote; raises HypervisorError unless all of it arrived."""
        ...

    def wait(self, seen: int, timeout_s: float) -> int:
        """Wait until the number of changes of domains is above ``seen``; the number then."""
        ...
