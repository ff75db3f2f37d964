"""Hosts whose storage daemons keep disks in dicts, and answer by the interface; they can fail."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from datamodel import XenAPIError
from xenops.envelope import call_of
from xenops.storage import (
    Completion,
    Errors,
    Merges,
    Probe,
    ProbeResult,
    SrHealth,
    SrInfo,
    StorageError,
    StorageTask,
    TaskState,
    VdiInfo,
)

SIZE = 2**40
STEP = 4096


class Died(BaseException):
    """The forwarder that asked is dead."""


@dataclass
class Disk:
    info: VdiInfo
    bytes_: int = 0
    """What is on it."""


@dataclass
class Shelf:
    """An SR: ``plugged`` are the hosts that have it."""

    kind: str
    config: dict[str, str]
    disks: dict[str, Disk] = field(default_factory=dict)
    plugged: set[str] = field(default_factory=set)
    merges: dict[str, Merges] = field(default_factory=dict)
    """What each host was told to merge."""
    merging: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What each host says of its merges."""
    is_reachable: bool = True


Fault = Callable[[str, bool], None]
"""Called with a call's name before it takes effect, and after; raises what is to happen then."""


def no_fault(wire: str, is_done: bool) -> None: ...


class Storehouse:
    """What `forwarder.daemons.hosts.Hosts` is for the forwarder; hosts are called by reference."""

    def __init__(self) -> None:
        self.shelves: dict[str, Shelf] = {}
        self.fault: Fault = no_fault
        self.asked: list[tuple[str, str]] = []
        """Each host with the name of a call that it was asked."""
        self.released: list[tuple[str, str, str | None]] = []
        self._answers: dict[str, Any] = {}
        self.bases: list[str | None] = []
        """The base of each copy."""
        self._sums: dict[str, str] = {}
        self._copies: dict[str, TaskState] = {}

    def ask(
        self,
        host: str,
        call: Callable[..., Any],
        operation: str,
        debug: str,
        timeout_s: float = 0.0,
        /,
        *args: Any,
        **params: Any,
    ) -> Any:
        declared = call_of(call)
        body = declared.request(operation, debug, declared.bind(*args, **params))
        _, read = declared.interface.read_request(body)
        del read["dbg"]
        self.asked.append((host, declared.wire))
        self.fault(declared.wire, False)
        if operation not in self._answers:
            try:
                answer = getattr(self, declared.wire.replace(".", "_").lower())(host, **read)
            except StorageError as error:
                answer = error
            self._answers[operation] = answer
        self.fault(declared.wire, True)
        answer = self._answers[operation]
        if isinstance(answer, StorageError):
            raise answer
        return answer

    # --- SRs --------------------------------------------------------------------------------

    def sr_probe(self, host: str, queue: str, device_config: Any, sm_config: Any) -> ProbeResult:
        config = dict(device_config)
        if "shelf" not in config:
            raise failure(90, "device_config lacks its key 'shelf'")
        if queue == "records":
            return ProbeResult(
                "Probe", [Probe(configuration=config, complete=True, sr=None, extra_info={})]
            )
        return ProbeResult("Raw", "".join(f"<UUID>{sr}</UUID>" for sr in self.shelves))

    def sr_create(
        self,
        host: str,
        sr: str,
        name_label: str,
        name_description: str,
        device_config: Any,
        physical_size: int,
        driver: str,
    ) -> list[tuple[str, str]]:
        config = dict(device_config)
        if "shelf" not in config:
            raise failure(90, "device_config lacks its key 'shelf'")
        self.shelves[sr] = Shelf(driver, config)
        return list({**config, "made": "yes"}.items())

    def sr_attach(
        self, host: str, sr: str, device_config: Any, driver: str, merges: Merges
    ) -> None:
        if sr not in self.shelves:
            raise failure(47, "there is no such SR")
        self.shelves[sr].config = dict(device_config)
        self.shelves[sr].plugged.add(host)
        self.shelves[sr].merges[host] = merges

    def sr_detach(self, host: str, sr: str) -> None:
        self.shelves[sr].plugged.discard(host)

    def sr_destroy(self, host: str, sr: str) -> None:
        self._shelf(host, sr)
        del self.shelves[sr]

    def sr_set_name_label(self, host: str, sr: str, new_name_label: str) -> None:
        self._shelf(host, sr)

    def sr_stat(self, host: str, sr: str) -> SrInfo:
        shelf = self._shelf(host, sr)
        used = sum(disk.info.physical_utilisation for disk in shelf.disks.values())
        return SrInfo(
            sr_uuid=sr,
            name_label="",
            name_description="",
            total_space=SIZE,
            free_space=SIZE - used,
            clustered=False,
            health=SrHealth.Healthy,
        )

    def sr_scan2(self, host: str, sr: str) -> tuple[list[VdiInfo], SrInfo]:
        shelf = self._shelf(host, sr)
        return [disk.info for disk in shelf.disks.values()], self.sr_stat(host, sr)

    # --- disks ------------------------------------------------------------------------------

    def vdi_stat(self, host: str, sr: str, vdi: str) -> VdiInfo:
        return self._disk(host, sr, vdi).info

    def vdi_introduce(
        self, host: str, sr: str, uuid: str, sm_config: Any, location: str
    ) -> VdiInfo:
        return self._disk(host, sr, location).info

    def vdi_create(self, host: str, sr: str, vdi_info: VdiInfo) -> VdiInfo:
        return self._put(host, sr, vdi_info, 0)

    def vdi_destroy(self, host: str, sr: str, vdi: str) -> None:
        self._shelf(host, sr).disks.pop(vdi, None)

    def vdi_snapshot(self, host: str, sr: str, vdi_info: VdiInfo) -> VdiInfo:
        source = self._disk(host, sr, vdi_info.vdi)
        info = replace(vdi_info, virtual_size=source.info.virtual_size)
        return self._put(host, sr, info, source.bytes_)

    vdi_clone = vdi_snapshot

    def disks_snapshot(self, host: str, vm: str, disks: list[Any]) -> list[VdiInfo]:
        return [self.vdi_snapshot(host, sr, info) for sr, info in disks]

    def vdi_resize(self, host: str, sr: str, vdi: str, new_size: int) -> int:
        disk = self._disk(host, sr, vdi)
        size = -(-new_size // STEP) * STEP
        disk.info = replace(disk.info, virtual_size=size)
        return size

    def vdi_revert(self, host: str, sr: str, snapshot_info: VdiInfo) -> None:
        image = self._disk(host, sr, snapshot_info.vdi)
        disk = self._disk(host, sr, snapshot_info.snapshot_of)
        disk.bytes_ = image.bytes_
        disk.info = replace(disk.info, virtual_size=image.info.virtual_size)

    def vdi_set_name_label(self, host: str, sr: str, vdi: str, new_name_label: str) -> None:
        disk = self._disk(host, sr, vdi)
        disk.info = replace(disk.info, name_label=new_name_label)

    def vdi_set_persistent(self, host: str, sr: str, vdi: str, persistent: bool) -> None:
        self._disk(host, sr, vdi)

    vdi_list_changed_blocks: Callable[..., str] = lambda self, *a, **p: "AAAA"

    def vdi_enable_cbt(self, host: str, sr: str, vdi: str) -> None:
        disk = self._disk(host, sr, vdi)
        disk.info = replace(disk.info, cbt_enabled=True)

    def disks_copy(
        self,
        host: str,
        id: str,
        sr: str,
        vdi: str,
        into_sr: str,
        into: str,
        base: str | None,
        base_sr: str | None,
    ) -> None:
        source, target = self._disk(host, sr, vdi), self._disk(host, into_sr, into)
        if base is not None:
            self._disk(host, str(base_sr), base)
        self.bases.append(base)
        target.bytes_ = source.bytes_
        self._copies[id] = TaskState("Completed", Completion(duration=0.0, result=None))

    def disks_checksum(self, host: str, id: str, sr: str, vdi: str) -> None:
        self._sums[id] = f"md5 of {self._disk(host, sr, vdi).bytes_}"
        self._copies[id] = TaskState("Completed", Completion(duration=0.0, result=None))

    def task_stat(self, host: str, task: str) -> StorageTask:
        state = self._copies[task]
        return StorageTask(
            **{"id": task, "dbg": "", "ctime": 0.0, "state": state, "subtasks": {}},
            debug_info={"md5": self._sums[task]} if task in self._sums else {},
            backtrace="",
        )

    def disks_release(self, by: str, /, sr: str, host: str, vm: str | None) -> None:
        self._shelf(by, sr)
        self.released.append((sr, host, vm))

    def _shelf(self, host: str, sr: str) -> Shelf:
        shelf = self.shelves.get(sr)
        if shelf is None or host not in shelf.plugged:
            raise StorageError("Sr_not_attached", sr)
        if not shelf.is_reachable:
            raise failure(47, "the SR is not mounted")
        return shelf

    def _disk(self, host: str, sr: str, vdi: str) -> Disk:
        disk = self._shelf(host, sr).disks.get(vdi)
        if disk is None:
            raise StorageError("Vdi_does_not_exist", vdi)
        return disk

    def _put(self, host: str, sr: str, info: VdiInfo, bytes_: int) -> VdiInfo:
        disks, location = self._shelf(host, sr).disks, info.uuid or str(uuid.uuid4())
        if location in disks:
            raise failure(43, "there is such a disk already")
        size = -(-info.virtual_size // STEP) * STEP
        disks[location] = Disk(replace(info, vdi=location, virtual_size=size), bytes_)
        return disks[location].info


def failure(number: int, text: str) -> StorageError:
    return StorageError("Backend_error", (f"SR_BACKEND_FAILURE_{number}", ["", text, ""]))


def silent(host: str) -> XenAPIError:
    return XenAPIError("HOST_OFFLINE", host)


__all__ = ["Died", "Disk", "Errors", "Shelf", "Storehouse", "failure", "no_fault", "silent"]
