"""What Warren's xenopsd can do beyond the field's interface.

It receives a migration in two phases: the forwarder prepares the destination, hands what it
answers to the source's ``VM.migrate`` as a URL, and asks either side what became of it. And it runs
an operation in one message, from what it must know for it to its end.
"""

from dataclasses import dataclass
from enum import StrEnum

import xenops.interface  # noqa: F401 - declares the methods that ours come after
from xenops.idl import METHODS, Int64, methods, record, variant
from xenops.types import Json, Task


@record("Work.place")
@dataclass(frozen=True, kw_only=True)
class Place:
    """By what right a host works for a VM: the pool's uuid, and the VM's epoch there.

    Of two rights the one of the newer epoch is valid. Without one it is epoch 0.
    """

    pool: str
    epoch: Int64


@record("Migration.endpoint")
@dataclass(frozen=True, kw_only=True)
class MigrationEndpoint:
    """Where the source connects: address, one-time token, SHA-256 of the certificate to expect."""

    host: str
    port: int
    token: str
    fingerprint: str


@record("Migration.memory")
@dataclass(frozen=True, kw_only=True)
class MigrationMemory:
    """What the guest has and keeps until it has moved: its pages, and what its target says."""

    pages_kib: Int64
    target_kib: Int64


@variant("Migration.status")
class MigrationStatus(StrEnum):
    """How far a migration is on the side that is asked."""

    Unknown = "Unknown"
    Prepared = "Prepared"
    Receiving = "Receiving"
    Committed = "Committed"
    Completed = "Completed"
    Aborted = "Aborted"


_BEFORE = frozenset(METHODS)


@methods("MIGRATION")
class Migration:
    """Two-phase receive. ``id`` names the migration and is the same on both sides.

    ``offer`` is for the source: from it on the guest is not asked for memory any more, until the
    migration has ended or is aborted.
    """

    def offer(debug_info: str, id: str, vm: str) -> MigrationMemory: ...
    def prepare(
        debug_info: str,
        id: str,
        metadata: str,
        memory: MigrationMemory,
        place: Place | None = None,
    ) -> MigrationEndpoint: ...
    def abort(debug_info: str, id: str) -> None: ...
    def status(debug_info: str, id: str) -> MigrationStatus: ...


@record("Work.ended")
@dataclass(frozen=True, kw_only=True)
class Ended:
    """How an operation ended, and its VM's state then as an update; null when it cannot be told."""

    task: Task
    vm: Json


@methods("WORK")
class Work:
    """Operations with what surrounds them."""

    def run(
        debug_info: str,
        id: str,
        call: Json,
        forget: bool,
        metadata: str | None = None,
        unpause: bool | None = None,
        place: Place | None = None,
    ) -> Ended:
        """Run a VM's operation, ``call``, which is a request's body; answer once it has ended.

        ``metadata`` replaces what the host knows of the VM, as ``VM.import_metadata`` does, when
        the operation's turn comes. With ``forget`` the host knows nothing of it afterwards, unless
        the operation failed. With ``unpause`` the VM runs at the end, too. Where a newer epoch
        than that of ``place`` has been seen the operation is not begun.
        """
        ...


@methods("PLAN")
class Plan:
    """What an operation would do, without doing it."""

    def explain(debug_info: str, operation: str, id: str) -> list[str]: ...


@methods("STATE")
class State:
    """The body of the update that a VM's state would be published with now."""

    def vm(debug_info: str, id: str) -> Json: ...


@methods("PLACE")
class PlaceOf:
    """What the pool says of a VM's place.

    After ``see`` nothing begins that is of an older epoch than ``place``, nor does a guest go on
    here whose migration is in doubt: the pool has given it up. With ``leave`` the host knows
    nothing of the VM any more; one that it runs, or that has come to it again since, is refused.
    """

    def see(debug_info: str, id: str, place: Place) -> None: ...
    def leave(debug_info: str, id: str, place: Place) -> None: ...


@methods("UNWANTED")
class Unwanted:
    """A domain that this pool made here and does not want here: a second copy, or one of no VM.

    What is done is done in the VM's turn, which is not waited for. A domain without the pool's mark
    is refused. From the epoch of ``place`` on nothing of before is begun.
    """

    def pause(debug_info: str, id: str, place: Place) -> None: ...
    def destroy(debug_info: str, id: str, place: Place) -> None: ...


@methods("DISK")
class DiskRights:
    """The rights to write disks, as all hosts of the pool see them."""

    def let_go(debug_info: str, holder: str, vm: str | None = None) -> None:
        """A host that is dead, ``holder``, holds no disk any more, or none for this VM."""
        ...


EXTENSIONS = {wire: method for wire, method in METHODS.items() if wire not in _BEFORE}
