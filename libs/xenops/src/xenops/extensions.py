"""What Warren's xenopsd can do beyond upstream's interface.

It receives a migration in two phases: the forwarder prepares the destination, gives its answer as a
URL to the source's ``VM.migrate``, and can ask either side what became of the migration. And one
message has it run a whole operation: it brings what the host must know, and is answered at the end.
"""

from dataclasses import dataclass
from enum import StrEnum

import xenops.interface  # noqa: F401 - declares the methods that ours come after
from xenops.idl import METHODS, Int64, methods, record, variant
from xenops.types import Json, Task


@record("Work.place")
@dataclass(frozen=True, kw_only=True)
class Place:
    """By what right a host works for a VM: the pool's uuid, and the VM's epoch in the pool.

    Of two rights only the one with the newer epoch is valid. Without a right the epoch is 0.
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
    """The memory that the guest keeps until it has moved: its pages, and its balloon's target."""

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

    ``offer`` goes to the source: from then on the guest is not asked for memory, until the
    migration ends or is aborted.
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
    """How an operation ended, and its VM's state then, as an update, or null if it is not known."""

    task: Task
    vm: Json


@methods("WORK")
class Work:
    """Operations, together with what is done before and after them."""

    def run(
        debug_info: str,
        id: str,
        call: Json,
        forget: bool,
        metadata: str | None = None,
        unpause: bool | None = None,
        place: Place | None = None,
    ) -> Ended:
        """Run a VM's operation and answer once it has ended; ``call`` is the operation's request.

        When the operation's turn comes, ``metadata`` replaces what the host knows of the VM, as
        ``VM.import_metadata`` does. With ``forget`` the host forgets the VM afterwards, unless the
        operation failed. With ``unpause`` the VM is unpaused at the end. If the host has seen a
        newer epoch than that of ``place``, the operation is not begun.
        """
        ...


@methods("PLAN")
class Plan:
    """What an operation would do, without doing it."""

    def explain(debug_info: str, operation: str, id: str) -> list[str]: ...


@methods("STATE")
class State:
    """The update that would be published now with a VM's state."""

    def vm(debug_info: str, id: str) -> Json: ...


@methods("PLACE")
class PlaceOf:
    """What the pool says of a VM's place.

    After ``see`` the host begins nothing of an older epoch than that of ``place``. If it is in
    doubt whether a guest has migrated, it gives the guest up, as the pool has done. ``leave`` has
    the host forget the VM; it refuses if it runs the VM, or if the VM has come back since.
    """

    def see(debug_info: str, id: str, place: Place) -> None: ...
    def leave(debug_info: str, id: str, place: Place) -> None: ...


@methods("UNWANTED")
class Unwanted:
    """A domain that this pool made and does not want: a second copy, or one that belongs to no VM.

    The work waits for the VM's turn; the answer does not. A domain without the pool's mark is
    refused. Nothing of an older epoch than that of ``place`` is begun any more.
    """

    def pause(debug_info: str, id: str, place: Place) -> None: ...
    def destroy(debug_info: str, id: str, place: Place) -> None: ...


@methods("DISK")
class DiskRights:
    """The rights to write disks, as all hosts of the pool see them."""

    def let_go(debug_info: str, holder: str, vm: str | None = None) -> None:
        """Take the rights to write disks, or only this VM's disks, from a dead host, ``holder``."""
        ...


EXTENSIONS = {wire: method for wire, method in METHODS.items() if wire not in _BEFORE}
