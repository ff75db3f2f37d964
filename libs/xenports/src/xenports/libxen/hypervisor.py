"""The hypervisor port on real Xen. Short calls run here, with the GIL released, long ones in a
helper.
"""

import fcntl
import logging
import os
import threading
import uuid as uuids
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from _libxen import ffi, lib
from xenops.sizes import KIB, MIB, overhead

from xenports.hypervisor import (
    PAGE_KIB,
    Boot,
    DomainInfo,
    HypervisorError,
    OutOfMemory,
    Physical,
    Rings,
    SaveProgress,
)
from xenports.libxen import frames, sparse
from xenports.libxen.helper import CallFailed, opened
from xenports.libxen.helpers import Helper, Helpers
from xenports.xenstore import Xenstore

# domctl.h: flags of a new domain and of a listed one.
CREATE_HVM, CREATE_HAP = 1 << 0, 1 << 1
DYING, HVM, SHUTDOWN, PAUSED = 1 << 0, 1 << 1, 1 << 2, 1 << 3
SHUTDOWN_SHIFT, SHUTDOWN_MASK = 16, 0xFF
# arch-x86/xen.h: what Xen emulates. PVH guests have local APICs, HVM guests all but virtual PCI.
EMULATED_LAPIC, EMULATED_VGA, EMULATED_ALL = 1 << 0, 1 << 6, 0x3FF
log = logging.getLogger(__name__)

EMULATED = {"pv": 0, "pvh": EMULATED_LAPIC, "hvm": EMULATED_ALL}
HVMLOADER = "/usr/lib/xen-4.17/boot/hvmloader"
EVENT_CHANNELS_MAX = 1023
GRANT_VERSION_MAX = 2
# Xen takes a little of a domain's memory for pages that its guest does not see.
SLACK_KIB = 1024
DOMAINS_A_CALL = 256


class LibxenHypervisor:
    """`xenports.hypervisor.Hypervisor`; xenstore tells it when domains come and go.

    ``helpers`` build, save and restore; they are not needed to look.
    """

    def __init__(self, xenstore: Xenstore, helpers: Helpers | None = None) -> None:
        self._helpers = helpers
        try:
            self._xc = opened()
        except CallFailed as error:
            raise HypervisorError(str(error)) from error
        self._changes = 0
        self._changed = threading.Condition()
        for event in ("@introduceDomain", "@releaseDomain"):
            xenstore.on_change(event, lambda _: self._note())

    def _note(self) -> None:
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    def _call(self, name: str, *arguments: Any) -> int:
        result = int(getattr(lib, name)(self._xc, *arguments))
        if result < 0:
            raise HypervisorError(f"{name}: {os.strerror(ffi.errno)}")
        return result

    def create(self, uuid: str, kind: str, max_kib: int, vcpus: int) -> int:
        wanted = ffi.new("struct xen_domctl_createdomain *")
        wanted.handle = list(uuids.UUID(uuid).bytes)
        wanted.flags = 0 if kind == "pv" else CREATE_HVM | CREATE_HAP
        wanted.arch.emulation_flags = EMULATED[kind]
        wanted.max_vcpus = vcpus
        wanted.max_evtchn_port = EVENT_CHANNELS_MAX
        wanted.max_grant_frames = wanted.max_maptrack_frames = -1
        wanted.grant_opts = GRANT_VERSION_MAX
        number = ffi.new("uint32_t *", 0)
        self._call("xc_domain_create", number, wanted)
        domid = int(number[0])
        try:
            self._call("xc_domain_max_vcpus", domid, vcpus)
            self._call("xc_domain_setmaxmem", domid, max_kib + SLACK_KIB)
            if kind != "pv":
                pool = overhead(kind, max_kib * KIB, vcpus).shadow_mib * MIB
                self._call("xc_set_paging_mempool_size", domid, pool)
            policy = (False, ffi.NULL, 0, kind != "pv", False, False, ffi.NULL, ffi.NULL)
            self._call("xc_cpuid_apply_policy", domid, *policy)
        except HypervisorError:
            self.destroy(domid)
            raise
        return domid

    def destroy(self, domid: int) -> None:
        if self._info(domid) is not None:
            self._call("xc_domain_destroy", domid)

    def pause(self, domid: int) -> None:
        info = self._info(domid)
        if info is not None and not info.paused:  # Xen counts pauses
            self._call("xc_domain_pause", domid)

    def unpause(self, domid: int) -> None:
        self._call("xc_domain_unpause", domid)

    def resume(self, domid: int) -> None:
        self._call("xc_domain_resume", domid, 1)

    def shutdown(self, domid: int, code: int) -> None:
        self._call("xc_domain_shutdown", domid, code)

    def set_max_kib(self, domid: int, max_kib: int) -> None:
        self._call("xc_domain_setmaxmem", domid, max_kib + SLACK_KIB)

    def set_time_offset(self, domid: int, offset_s: int) -> None:
        self._call("xc_domain_set_time_offset", domid, offset_s)

    def time_offset(self, domid: int) -> int:
        clock = ffi.new("struct hvm_hw_rtc *")
        size = ffi.sizeof("struct hvm_hw_rtc")
        self._call("xc_domain_hvm_getcontext_partial", domid, lib.RTC_RECORD, 0, clock, size)
        return int(clock.rtc_offset)

    def set_vcpus(self, domid: int, vcpus: int) -> None:
        pass  # the guest sees in xenstore which of its vCPUs it may use

    def domains(self) -> list[DomainInfo]:
        described: list[DomainInfo] = []
        first = 0
        while True:
            infos = ffi.new("xc_domaininfo_t[]", DOMAINS_A_CALL)
            count = self._call("xc_domain_getinfolist", first, DOMAINS_A_CALL, infos)
            described += [_described(info) for info in infos[0:count] if not info.flags & DYING]
            if count < DOMAINS_A_CALL:
                return described
            first = infos[count - 1].domain + 1

    def _info(self, domid: int) -> DomainInfo | None:
        infos = ffi.new("xc_domaininfo_t[]", 1)
        count = self._call("xc_domain_getinfolist", domid, 1, infos)
        there = count == 1 and infos[0].domain == domid and not infos[0].flags & DYING
        return _described(infos[0]) if there else None

    def _physical(self) -> Any:
        physical = ffi.new("xc_physinfo_t *")
        self._call("xc_physinfo", physical)
        return physical

    def physical(self) -> Physical:
        """The machine's processors; raises HypervisorError."""
        machine = self._physical()
        threads = max(machine.threads_per_core, 1)
        return Physical(
            cpus=machine.nr_cpus,
            sockets=max(machine.nr_cpus // (threads * max(machine.cores_per_socket, 1)), 1),
            threads_per_core=threads,
            nodes=machine.nr_nodes,
            khz=machine.cpu_khz,
            hvm=bool(machine.capabilities & lib.XEN_SYSCTL_PHYSCAP_hvm),
            iommu=bool(machine.capabilities & lib.XEN_SYSCTL_PHYSCAP_directio),
        )

    def _memory(self) -> tuple[int, int]:
        physical = self._physical()
        return physical.total_pages * PAGE_KIB, physical.free_pages * PAGE_KIB

    def free_kib(self) -> int:
        return self._memory()[1]

    def total_kib(self) -> int:
        return self._memory()[0]

    def wait(self, seen: int, timeout_s: float) -> int:
        with self._changed:
            self._changed.wait_for(lambda: self._changes > seen, timeout_s)
            return self._changes

    def build(self, domid: int, boot: Boot, memory_kib: int) -> Rings:
        free = self.free_kib()
        if memory_kib > free:
            raise OutOfMemory(memory_kib, free)
        info = self._known(domid)
        asked = {
            "do": "build",
            "domid": domid,
            "kind": info.kind,
            "vcpus": info.vcpus,
            "kernel": HVMLOADER if info.kind == "hvm" else boot.kernel,
            "video_mib": boot.video_mib,
            "ramdisk": boot.ramdisk,
            "cmdline": boot.cmdline,
            "memory_kib": memory_kib,
            "most_kib": max(memory_kib, info.max_kib),
        }
        with self._helper(asked) as helper:
            return Rings(**helper.result())

    def _helper(self, asked: dict[str, Any], *fds: int) -> Helper:
        assert self._helpers is not None
        return Helper(self._helpers, asked, *fds)

    def _known(self, domid: int) -> DomainInfo:
        info = self._info(domid)
        if info is None:
            raise HypervisorError(f"there is no domain {domid}")
        return info

    def moves_live(self, domid: int) -> bool:
        kind = self._known(domid).kind
        if kind != "pv":
            return kind == "pvh"  # nobody asks a device model yet which pages it wrote
        # What a PV guest writes is seen only through shadow page tables.
        return bool(self._physical().capabilities & lib.XEN_SYSCTL_PHYSCAP_shadow)

    def save(
        self,
        domid: int,
        stream: BinaryIO,
        *,
        live: bool,
        suspend: Callable[[], None],
        progress: Callable[[SaveProgress], None],
    ) -> None:
        def report(sent: int) -> None:
            progress(SaveProgress(0, sent // (PAGE_KIB * KIB), 0))

        with _writable(stream, report) as fd:
            asked = {"do": "save", "domid": domid, "live": live}
            with self._helper(asked, fd) as helper:
                helper.result(suspend)

    def restore(self, domid: int, stream: BinaryIO, memory_kib: int) -> Rings:
        with _readable(stream) as fd:
            asked = {"do": "restore", "domid": domid, "kind": self._known(domid).kind}
            with self._helper(asked, fd) as helper:
                return Rings(**helper.result())


def _kind(info: Any) -> str:
    if not info.flags & HVM:
        return "pv"
    return "hvm" if info.arch_config.emulation_flags & EMULATED_VGA else "pvh"


def _described(info: Any) -> DomainInfo:
    handle = bytes(info.handle)
    code = (info.flags >> SHUTDOWN_SHIFT) & SHUTDOWN_MASK
    return DomainInfo(
        domid=int(info.domain),
        uuid=str(uuids.UUID(bytes=handle)) if any(handle) else "",
        kind=_kind(info),
        paused=bool(info.flags & PAUSED),
        shutdown=code if info.flags & SHUTDOWN else None,
        memory_kib=int(info.tot_pages) * PAGE_KIB,
        max_kib=int(info.max_pages) * PAGE_KIB - SLACK_KIB,
        vcpus=int(info.max_vcpu_id) + 1,
        started=0.0,
    )


def _file_of(stream: BinaryIO) -> int | None:
    """The descriptor of a stream that is a file: we and the helper then share its position."""
    try:
        return stream.fileno() if stream.seekable() else None
    except OSError:
        return None


def _pipe() -> tuple[int, int]:
    """A pipe's two ends; the pipe holds a whole frame, so that neither side waits often."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, frames.CHUNK)
    return reading, writing


@contextmanager
def _writable(stream: BinaryIO, sent: Callable[[int], None]) -> Iterator[int]:
    """A pipe for a helper to write a domain's memory to; we copy it into the file, or into frames.

    The helper does not write the file itself: some file systems refuse the pages of other domains.
    """
    reading, writing = _pipe()
    framed = _file_of(stream) is None
    failures: list[Exception] = []
    refusals: list[HypervisorError] = []

    def copy() -> None:
        try:
            (frames.send if framed else sparse.copy)(reading, stream, sent)
            stream.flush()
        except Exception as error:
            failures.append(error)
        finally:
            os.close(reading)

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    try:
        yield writing
    except HypervisorError as error:
        refusals.append(error)
    finally:
        os.close(writing)
        thread.join()
    # When we fail, the helper fails as well, but its error says less of the cause.
    for failure in (*failures, *refusals):
        raise failure


@contextmanager
def _readable(stream: BinaryIO) -> Iterator[int]:
    """A descriptor for a helper to read: the file itself, or a pipe that we fill from frames."""
    fd = _file_of(stream)
    if fd is not None:
        os.lseek(fd, stream.tell(), os.SEEK_SET)
        yield fd
        stream.seek(os.lseek(fd, 0, os.SEEK_CUR))
        return
    reading, writing = _pipe()

    def copy() -> None:
        # The helper finds that the stream has no end, and says so.
        try:
            with open(writing, "wb", buffering=0) as pipe:
                while chunk := frames.read(stream):
                    pipe.write(chunk)
        except (OSError, ValueError) as error:
            log.warning("a domain's memory ends too early: %s", error)

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    try:
        yield reading
    finally:
        os.close(reading)
    thread.join()
