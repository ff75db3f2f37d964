"""The interface of a host's storage daemon: SMAPIv2, with extensions of Warren's own.

``sr`` is an SR's uuid, ``vdi`` a disk's location on it. A datapath (``dp``) is one use of a disk,
by the VM ``vm``. Upstream's names and encoding; every parameter travels by name.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from service_table.names import STORAGE_QUEUE

from xenops.envelope import Interface
from xenops.errors import Failure
from xenops.idl import Int64, Method, Variant, methods, record, variant
from xenops.types import Json

STORAGE_METHODS: dict[str, Method] = {}
TYPES: dict[str, type] = {}
OWN_TYPES: dict[str, type] = {}
"""Those that upstream does not have."""

UNMANAGED = "warren-unmanaged"
"""In the sm_config of what a scan tells of: this is a layer of disks and no disk itself."""

Of = Annotated[str, "string"]
"""An SR beside its disk: pairs with a plain string travel as an object, whose keys are unique."""


@record("vdi_info", into=TYPES)
@dataclass(frozen=True, kw_only=True)
class VdiInfo:
    vdi: str
    uuid: str | None = None
    content_id: str = ""
    name_label: str
    name_description: str = ""
    ty: str = "user"
    metadata_of_pool: str = ""
    is_a_snapshot: bool = False
    snapshot_time: str = "19700101T00:00:00Z"
    snapshot_of: str = ""
    read_only: bool = False
    cbt_enabled: bool = False
    virtual_size: Int64 = 0
    physical_utilisation: Int64 = 0
    persistent: bool = True
    sharable: bool = False
    sm_config: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)


@variant("sr_health", into=TYPES)
class SrHealth(StrEnum):
    Healthy = "Healthy"
    Recovering = "Recovering"
    Unreachable = "Unreachable"
    Unavailable = "Unavailable"


@variant("merges", into=OWN_TYPES)
class Merges(StrEnum):
    """What a host merges of an SR in the background; it is kept by its place in this order."""

    OPEN = "open"
    """What VMs of this host have open."""
    ALL = "all"
    """Also what no VM uses: one host of those that share an SR should."""
    NONE = "none"


@record("sr_info", into=TYPES)
@dataclass(frozen=True, kw_only=True)
class SrInfo:
    sr_uuid: str | None = None
    name_label: str
    name_description: str
    total_space: Int64
    free_space: Int64
    clustered: bool
    health: SrHealth


@record("xendisk", into=TYPES)
@dataclass(frozen=True, kw_only=True)
class XenDisk:
    params: str
    extra: dict[str, str]
    backend_type: str


@record("block_device", into=TYPES)
@dataclass(frozen=True, kw_only=True)
class BlockDevice:
    path: str


@record("file", into=TYPES)
@dataclass(frozen=True, kw_only=True)
class FilePath:
    path: str


@record("nbd", into=TYPES)
@dataclass(frozen=True, kw_only=True)
class Nbd:
    uri: str


@variant("implementation", into=TYPES)
@dataclass(frozen=True)
class Implementation(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "XenDisk": XenDisk,
        "BlockDevice": BlockDevice,
        "File": FilePath,
        "Nbd": Nbd,
    }


@record("backend", into=TYPES)
@dataclass(frozen=True, kw_only=True)
class Backend:
    implementations: list[Implementation]


@variant("ro_rw", into=TYPES)
class RoRw(StrEnum):
    RO = "RO"
    RW = "RW"


@variant("state", into=TYPES)
@dataclass(frozen=True)
class DpState(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Detached": None,
        "Attached": RoRw,
        "Activated": RoRw,
    }


@variant("Errors.error", default="Unknown_error", into=TYPES)
@dataclass(frozen=True)
class Errors(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Backend_error_with_backtrace": tuple[str, list[str]],
        "Sr_not_attached": str,
        "Vdi_does_not_exist": str,
        "Illegal_transition": tuple[DpState, DpState],
        "Backend_error": tuple[str, list[str]],
        "Does_not_exist": tuple[str, str],
        "Cancelled": str,
        "Redirect": str | None,
        "Sr_attached": str,
        "Sr_unhealthy": tuple[str, SrHealth],
        "Unimplemented": str,
        "Activated_on_another_host": str,
        "Duplicated_key": str,
        "No_storage_plugin_for_sr": str,
        "Content_ids_do_not_match": tuple[str, str],
        "Missing_configuration_parameter": str,
        "Migration_preparation_failure": str,
        "Migration_mirror_fd_failure": str,
        "Migration_mirror_snapshot_failure": str,
        "Migration_mirror_copy_failure": str,
        "Migration_mirror_failure": str,
        "Internal_error": str,
        "Unknown_error": None,
    }


@variant("async_result_t", into=TYPES)
@dataclass(frozen=True)
class AsyncResult(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Vdi_info": VdiInfo,
        "Mirror_id": str,
    }


@record("Task.completion_t", into=TYPES)
@dataclass(frozen=True, kw_only=True)
class Completion:
    duration: float
    result: AsyncResult | None = None


@variant("Task.state", into=TYPES)
@dataclass(frozen=True)
class TaskState(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Pending": float,
        "Completed": Completion,
        "Failed": Json,
    }


@record("Task.t", into=TYPES)
@dataclass(frozen=True, kw_only=True)
class StorageTask:
    id: str
    dbg: str
    ctime: float
    state: TaskState
    subtasks: dict[str, TaskState]
    debug_info: dict[str, str]
    backtrace: str
    cancellable: bool = False


@record("dp_stat_t", into=TYPES)
@dataclass(frozen=True, kw_only=True)
class DpStat:
    superstate: DpState
    dps: dict[str, DpState]


@record("probe", into=TYPES)
@dataclass(frozen=True, kw_only=True)
class Probe:
    configuration: dict[str, str]
    complete: bool
    sr: SrInfo | None = None
    extra_info: dict[str, str]


@variant("probe_result", into=TYPES)
@dataclass(frozen=True)
class ProbeResult(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Raw": str,
        "Probe": list[Probe],
    }


@variant("smapi_version", into=TYPES)
class SmapiVersion(StrEnum):
    SMAPIv1 = "SMAPIv1"
    SMAPIv2 = "SMAPIv2"
    SMAPIv3 = "SMAPIv3"


@record("query_result", into=TYPES)
@dataclass(frozen=True, kw_only=True)
class QueryResult:
    driver: str
    name: str
    description: str
    vendor: str
    copyright: str
    version: str
    required_api_version: str
    features: list[str]
    configuration: dict[str, str]
    required_cluster_stack: list[str]
    supported_image_formats: list[str]
    smapi_version: SmapiVersion


@methods("DP", into=STORAGE_METHODS)
class DP:
    def attach_info(dbg: str, sr: str, vdi: str, dp: str, vm: str) -> Backend: ...
    def destroy(dbg: str, dp: str, allow_leak: bool) -> None: ...
    def destroy2(dbg: str, dp: str, sr: str, vdi: str, vm: str, allow_leak: bool) -> None: ...
    def stat_vdi(dbg: str, sr: str, vdi: str, unit: None) -> DpStat: ...


@methods("Query", into=STORAGE_METHODS)
class Query:
    def diagnostics(dbg: str) -> str: ...
    def query(dbg: str) -> QueryResult: ...


@methods("SR", into=STORAGE_METHODS)
class SR:
    """``queue`` of probe is the SR's type, or upstream's name of a queue, which ends with it."""

    def attach(
        dbg: str,
        sr: str,
        device_config: list[tuple[str, str]],
        driver: str | None = None,
        merges: Merges | None = None,
    ) -> None:
        """Plug an SR of the type ``driver``, again after each restart of the daemon.

        Asked again, it only says anew what this host ``merges``.
        """
        ...

    def create(
        dbg: str,
        sr: str,
        name_label: str,
        name_description: str,
        device_config: list[tuple[str, str]],
        physical_size: Int64,
        driver: str | None = None,
    ) -> list[tuple[str, str]]: ...
    def destroy(dbg: str, sr: str) -> None: ...
    def detach(dbg: str, sr: str) -> None: ...
    def list_(dbg: str) -> list[str]: ...
    def probe(
        dbg: str, queue: str, device_config: list[tuple[str, str]], sm_config: list[tuple[str, str]]
    ) -> ProbeResult: ...
    def scan2(dbg: str, sr: str) -> tuple[list[VdiInfo], SrInfo]: ...
    def set_name_description(dbg: str, sr: str, new_name_description: str) -> None: ...
    def set_name_label(dbg: str, sr: str, new_name_label: str) -> None: ...
    def stat(dbg: str, sr: str) -> SrInfo: ...


@methods("TASK", into=STORAGE_METHODS)
class TASK:
    def cancel(dbg: str, task: str) -> None: ...
    def destroy(dbg: str, task: str) -> None: ...
    def list_(dbg: str) -> list[StorageTask]: ...
    def stat(dbg: str, task: str) -> StorageTask: ...


@methods("VDI", into=STORAGE_METHODS)
class VDI:
    def activate3(dbg: str, dp: str, sr: str, vdi: str, vm: str) -> None: ...
    def activate_readonly(dbg: str, dp: str, sr: str, vdi: str, vm: str) -> None: ...
    def add_to_sm_config(dbg: str, sr: str, vdi: str, key: str, value: str) -> None: ...
    def attach3(dbg: str, dp: str, sr: str, vdi: str, vm: str, read_write: bool) -> Backend: ...
    def clone(dbg: str, sr: str, vdi_info: VdiInfo) -> VdiInfo: ...
    def create(dbg: str, sr: str, vdi_info: VdiInfo) -> VdiInfo: ...
    def data_destroy(dbg: str, sr: str, vdi: str) -> None: ...
    def deactivate(dbg: str, dp: str, sr: str, vdi: str, vm: str) -> None: ...
    def destroy(dbg: str, sr: str, vdi: str) -> None: ...
    def detach(dbg: str, dp: str, sr: str, vdi: str, vm: str) -> None: ...
    def disable_cbt(dbg: str, sr: str, vdi: str) -> None: ...
    def enable_cbt(dbg: str, sr: str, vdi: str) -> None: ...
    def epoch_begin(dbg: str, sr: str, vdi: str, vm: str, persistent: bool) -> None: ...
    def epoch_end(dbg: str, sr: str, vdi: str, vm: str) -> None: ...
    def introduce(
        dbg: str, sr: str, uuid: str, sm_config: list[tuple[str, str]], location: str
    ) -> VdiInfo: ...
    def list_changed_blocks(dbg: str, sr: str, vdi_from: str, vdi_tp: str) -> str: ...
    def remove_from_sm_config(dbg: str, sr: str, vdi: str, key: str) -> None: ...
    def resize(dbg: str, sr: str, vdi: str, new_size: Int64) -> Int64: ...
    def revert(dbg: str, sr: str, snapshot_info: VdiInfo) -> None: ...
    def set_content_id(dbg: str, sr: str, vdi: str, content_id: str) -> None: ...
    def set_name_description(dbg: str, sr: str, vdi: str, new_name_description: str) -> None: ...
    def set_name_label(dbg: str, sr: str, vdi: str, new_name_label: str) -> None: ...
    def set_persistent(dbg: str, sr: str, vdi: str, persistent: bool) -> None: ...
    def snapshot(dbg: str, sr: str, vdi_info: VdiInfo) -> VdiInfo: ...
    def stat(dbg: str, sr: str, vdi: str) -> VdiInfo: ...


@methods("DISKS", into=STORAGE_METHODS)
class DISKS:
    """Warren's own: what concerns several disks at once, or the VMs that use them."""

    def snapshot(dbg: str, vm: str, disks: list[tuple[Of, VdiInfo]]) -> list[VdiInfo]:
        """Snapshot disks of one VM at one instant: each SR with what `VDI.snapshot` takes."""
        ...

    def copy(
        dbg: str,
        id: str,
        sr: str,
        vdi: str,
        into_sr: str,
        into: str,
        base: str | None,
        base_sr: str | None = None,
    ) -> None:
        """Copy a disk's bytes into another one, which is at least as large, as the task ``id``.

        If that has the contents of ``base``, on ``base_sr`` or else the copied disk's SR, only
        what differs is written.
        """
        ...

    def checksum(dbg: str, id: str, sr: str, vdi: str) -> None:
        """Read a whole disk, as the task ``id``; its ``debug_info`` has the ``md5`` at the end."""
        ...

    def release(dbg: str, sr: str, host: str, vm: str | None = None) -> None:
        """Give back the disks that a host which is dead for certain had, all or those of one VM."""
        ...


class StorageError(Failure):
    """A call failed or was refused by the storage daemon."""

    variant = Errors


class Storage(Interface):
    """The groups of methods, by their names in messages."""

    DISKS = DISKS
    DP = DP
    Query = Query
    SR = SR
    TASK = TASK
    VDI = VDI


class AttachedSr(msgspec.Struct, frozen=True, kw_only=True):
    """An SR that is attached on a host; sizes are in bytes, -1 as long as they are not known.

    ``backlog`` counts layers that wait to be merged, -1 as long as nobody has looked, and
    ``merging`` tells how much of one is done while the host merges. ``not_merged`` is the error
    with which that has ended the last time.
    """

    driver: str
    health: SrHealth
    total: int
    free: int
    backlog: int
    merging: float | None
    merges: Merges
    not_merged: Json | None = None


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """A disk that a VM has lost for good, because its engine ended; ``why`` is for people."""

    sr: str
    vdi: str
    vm: str
    why: str


class StorageReport(msgspec.Struct, frozen=True, kw_only=True):
    """The body of the update ``storage``: drivers, SRs and lost disks of a host, always all.

    ``daemon`` names one run of the host's storage daemon, whose ``number`` rises with each report.
    ``drivers`` are the types of SR that the host can serve, ``srs`` the attached SRs by uuid.
    """

    kind: Literal["storage"] = "storage"
    daemon: str
    number: int
    drivers: list[QueryResult]
    srs: dict[str, AttachedSr]
    pulled: list[Pulled]


STORAGE = Storage(STORAGE_QUEUE, STORAGE_METHODS, StorageError, unknown="Unimplemented")
