"""Debian's qemu-system-xen as device model: a process for each HVM guest, which outlives us."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from xenops.errors import XenopsError, internal_error
from xenops.types import Vm
from xenports.xenstore import Xenstore

from xenopsd.ports.device_model import Drive
from xenopsd.ports.qmp import Qmp, QmpError

PROGRAM = "/usr/libexec/xen-qemu-system-i386"
MIB = 1024 * 1024
MMIO_HOLE_START = 0xF0000000
READY_TIMEOUT_S, STOP_TIMEOUT_S = 300.0, 30.0
LOOK_S = 0.02
ERRORS_MAX = 1000


class Qemu:
    """`xenopsd.ports.device_model.DeviceModels`; ``folder`` has sockets, process ids and logs."""

    def __init__(self, xenstore: Xenstore, folder: Path) -> None:
        self._xenstore = xenstore
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def _file(self, domid: int, kind: str) -> Path:
        return self._folder / f"{domid}.{kind}"

    def start(self, domid: int, vm: Vm, drives: Sequence[Drive], state: bytes | None) -> None:
        if self._pid(domid) is not None:
            return
        self._xenstore.remove(_node(domid))
        if state is not None:
            self._file(domid, "state").write_bytes(state)
        command = self._command(domid, vm, drives, restored=state is not None)
        try:
            with self._file(domid, "log").open("wb") as log:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        except OSError as error:
            raise XenopsError("Failed_to_start_emulator", (vm.id, "qemu", str(error))) from error
        self._await_ready(domid, vm, process)

    def _command(self, domid: int, vm: Vm, drives: Sequence[Drive], *, restored: bool) -> list[str]:
        video_mib = vm.ty.value.video_mib
        memory_mib = vm.memory_dynamic_max // MIB - video_mib
        incoming = [f"exec:cat {self._file(domid, 'state')}"] if restored else []
        return [
            *(PROGRAM, "-xen-domid", str(domid), "-name", vm.id),
            *("-machine", f"xenfv,max-ram-below-4g={MMIO_HOLE_START}"),
            *("-m", str(memory_mib), "-smp", f"{vm.vcpus},maxcpus={vm.vcpu_max}"),
            *("-nodefaults", "-no-user-config", "-no-shutdown", "-display", "none"),
            *("-device", f"cirrus-vga,vgamem_mb={video_mib}"),
            *("-boot", f"order={vm.ty.value.boot_order or 'cd'}"),
            *("-qmp", f"unix:{self._file(domid, 'qmp')},server=on,wait=off"),
            *("-pidfile", str(self._file(domid, "pid"))),
            *(word for drive in drives for word in ("-drive", _drive(drive))),
            *(word for source in incoming for word in ("-incoming", source)),
        ]

    def _await_ready(self, domid: int, vm: Vm, process: "subprocess.Popen[bytes]") -> None:
        path = f"{_node(domid)}/state"
        deadline = time.monotonic() + READY_TIMEOUT_S
        with self._xenstore.watch(path) as events:
            while self._xenstore.read(path) != "running":
                if process.poll() is not None or time.monotonic() > deadline:
                    process.kill()
                    process.wait()
                    log_end = self._file(domid, "log").read_text(errors="replace")[-ERRORS_MAX:]
                    raise XenopsError(
                        "Failed_to_start_emulator", (vm.id, "qemu", " ".join(log_end.split()))
                    )
                events.next(LOOK_S * 10)

    def stop(self, domid: int) -> None:
        pid = self._pid(domid)
        if pid is not None:
            _end(pid)
        self._xenstore.remove(_node(domid))
        for kind in ("qmp", "pid", "state", "log"):
            self._file(domid, kind).unlink(missing_ok=True)

    def _pid(self, domid: int) -> int | None:
        """The id of the process that emulates this domain's hardware, if it runs."""
        with suppress(OSError, ValueError):
            pid = int(self._file(domid, "pid").read_text())
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if words[1:3] == [b"-xen-domid", str(domid).encode()]:
                return pid
        return None

    def insert(self, domid: int, drive: Drive) -> None:
        assert drive.path is not None
        arguments = {"device": _name(drive), "filename": drive.path, "format": "raw"}
        self._command_to(domid, "blockdev-change-medium", **arguments)

    def eject(self, domid: int, drive: Drive) -> None:
        self._command_to(domid, "eject", device=_name(drive), force=True)

    def save(self, domid: int) -> bytes:
        state = self._file(domid, "state")
        self._command_to(domid, "stop")
        self._command_to(domid, "xen-save-devices-state", filename=str(state), live=False)
        return state.read_bytes()

    def resume(self, domid: int) -> None:
        self._command_to(domid, "cont")

    def _command_to(self, domid: int, command: str, **arguments: object) -> None:
        try:
            with Qmp(self._file(domid, "qmp")) as qmp:
                qmp.execute(command, **arguments)
        except QmpError as error:
            raise internal_error(f"the device model of domain {domid}: {error}") from error


def _node(domid: int) -> str:
    """The node for QEMU's own state (xenstore_record_dm_state in its source)."""
    return f"/local/domain/0/device-model/{domid}"


def _name(drive: Drive) -> str:
    return f"ide{drive.position // 2}-{'cd' if drive.removable else 'hd'}{drive.position % 2}"


def _drive(drive: Drive) -> str:
    options = [f"if=ide,index={drive.position}", f"id={_name(drive)}"]
    options.append(f"media={'cdrom' if drive.removable else 'disk'}")
    if drive.path is not None:
        options += [f"file={drive.path}", "format=raw"]
    if not drive.writable:
        options.append("readonly=on")
    return ",".join(options)


def _end(pid: int) -> None:
    """End a process, which may be our child or an earlier xenopsd's."""
    deadline = time.monotonic() + STOP_TIMEOUT_S
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        while Path(f"/proc/{pid}").exists():
            with suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0] == pid:
                    return
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(LOOK_S)
