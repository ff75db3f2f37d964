"""What a type of SR is: a driver makes and finds SRs, and an attached SR keeps disks.

All of it runs in the SR's own process, which may hang with the SR's mount. If the storage refuses,
a method raises `storage.errors.BackendError` and has changed nothing. Whatever is killed in the
middle of a method leaves every disk as it was before the method, or as it is after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from xenops.storage import Probe, SrInfo, VdiInfo

from storage.layers import Chain, Merge

Config = Mapping[str, str]
"""A ``device_config``, its secrets in plain text."""


@dataclass(frozen=True)
class Description:
    """What the ``SM`` record says; ``configuration`` explains the keys of a device_config."""

    name_label: str
    name_description: str
    features: tuple[str, ...]
    configuration: Mapping[str, str] = field(default_factory=dict)
    image_formats: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """Programs without which the type cannot be served here."""


class Driver(Protocol):
    """One type of SR. Calls for what it has no feature for raise BackendError 38."""

    @property
    def description(self) -> Description: ...

    def probe(self, config: Config) -> str | list[Probe]:
        """The SRs that an introduction would find, as XML, or for probe_ext as records."""
        ...

    def create(self, sr: str, config: Config, size: int) -> Config:
        """Make an empty SR of ``size`` bytes (0: as large as can be); its final device_config.

        Refuses if there is anything already that would be lost.
        """
        ...

    def attach(self, sr: str, config: Config) -> "AttachedSR":
        """Mount the SR, unless it is mounted; raises BackendError if it is not this SR."""
        ...

    def detach(self, sr: str, config: Config) -> None:
        """Unmount the SR, if it is mounted; nobody uses its disks."""
        ...

    def destroy(self, sr: str, config: Config) -> None:
        """Erase an attached SR and detach it."""
        ...


class AttachedSR(Protocol):
    """An SR on this host. Disks are known by their locations (``VdiInfo.vdi``).

    Each method that changes something has the id of its operation: asked again with the same id, it
    answers what it answered, and changes nothing.
    """

    def stat(self) -> SrInfo: ...
    def set_name(self, label: str | None, description: str | None) -> None: ...
    def scan(self) -> list[VdiInfo]:
        """All disks, and as disks of their own the layers that are no disk's leaf.

        Those have the key `xenops.storage.UNMANAGED` in their sm_config. Files that were put on the
        SR by hand and can be disks are disks from now on.
        """
        ...

    def volume(self, vdi: str) -> VdiInfo:
        """One disk; raises BackendError 144 if it is not there."""
        ...

    def create(self, operation: str, wanted: VdiInfo) -> VdiInfo:
        """Make a disk that reads as zeros, of at least the wanted size, under the wanted uuid."""
        ...

    def destroy(self, operation: str, vdi: str) -> None:
        """Forget a disk, then erase what only it needed; nothing to do if it is not there."""
        ...

    def snapshot(self, operation: str, vdi: str, wanted: VdiInfo) -> VdiInfo:
        """Keep the present contents under the wanted uuid, never to be written.

        If the disk is active, `storage.frontend` has the engine go over to the new leaf afterwards
        (see `chain`), so this may be done while a guest writes: an empty leaf reads as its base.
        """
        ...

    def clone(self, operation: str, vdi: str, wanted: VdiInfo) -> VdiInfo:
        """Make a disk with another's contents, which shares what neither of them changes.

        A disk that is active goes over to a new leaf, as with `snapshot`.
        """
        ...

    def resize(self, operation: str, vdi: str, size: int) -> VdiInfo:
        """Make a disk that is not active at least this large; the new part reads as zeros."""
        ...

    def revert(self, operation: str, vdi: str, snapshot: str) -> VdiInfo:
        """Give a disk that is not active the contents of a snapshot; it keeps location and uuid."""
        ...

    def set_fields(self, operation: str, vdi: str, changes: Mapping[str, object]) -> VdiInfo:
        """Change fields of a disk that have no effect on its bytes (names, sm_config, sharable)."""
        ...

    # Which blocks of 64 KiB have changed, from one snapshot to the next.

    def track(self, operation: str, vdi: str, *, enabled: bool) -> VdiInfo:
        """Begin to track the changes of a disk, or end it; its snapshots keep their maps."""
        ...

    def data_destroy(self, operation: str, vdi: str) -> VdiInfo:
        """Give up the data of a snapshot that is tracked; what has changed is known further on."""
        ...

    def changed_blocks(self, since: str, until: str) -> str:
        """A bit for each block that was written after ``since`` and up to ``until``, in base64.

        Raises BackendError 460 if the two are not states of one disk that was tracked meanwhile,
        459 if a map is lost.
        """
        ...

    def differing(self, one: str, other: str) -> str:
        """A bit for each block in which two disks may differ, as in `changed_blocks`.

        Raises BackendError 460 if their layers do not tell.
        """
        ...

    def chain(self, vdi: str) -> Chain:
        """What to open for a disk; every path is there and of the declared format."""
        ...

    def hold(self, vdi: str, host: str, vm: str, *, writable: bool) -> None:
        """Note that a VM on a host uses a disk; raises BackendError 24 naming who has it.

        What is noted outlives a crash of the host. Nobody else writes it until `release`.
        """
        ...

    def release(self, vdi: str, host: str, vm: str) -> None: ...
    def release_host(self, host: str, vm: str | None) -> None:
        """Give back what a host that is dead for certain, or has restarted, had."""
        ...

    # Space that is wasted: the layers that nobody needs apart from each other.

    def merges(self) -> Sequence[Merge]:
        """What can be merged now, in the order in which it should be."""
        ...

    def merge(self, merge: Merge) -> None:
        """Merge two layers of which no engine has either open. May take long; may be killed."""
        ...

    def keep_maps(self, merge: Merge) -> None:
        """Keep which blocks have changed, before an engine copies ``top`` into ``base``."""
        ...

    def merged(self, merge: Merge) -> None:
        """Note that an engine has copied ``top`` into ``base``, and erase ``top``."""
        ...
