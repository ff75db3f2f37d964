"""Disks whose bytes tests look at: those of simulated guests, and images by servers of QEMU.

After any fault::

    guest = GuestDisk(pool.xen(host), domid, "xvda")
    guest.write_marks(100)               # writes marks and flushes them
    …                                    # the fault
    assert not verify_image(leaf, guest.ledger)
"""

import contextlib
import os
import select
import signal
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.layers import Chain
from storage.volumes.images import json_name
from xenports.simulated.hypervisor import SimulatedHypervisor
from xenports.simulated.marks import Findings, Ledger, verify
from xenports.simulated.nbd import Address, connect

LIMIT_S = 30.0


@dataclass
class GuestDisk:
    """A disk of a running guest; ``device`` is the guest's name of it. Raises HypervisorError."""

    xen: SimulatedHypervisor
    domid: int
    device: str

    def _ask(self, call: str, data: bytes = b"", **arguments: Any) -> tuple[Any, bytes | bytearray]:
        return self.xen.call(call, data, domid=self.domid, device=self.device, **arguments)

    def described(self) -> dict[str, Any]:
        """The disk's state: size, whether it was pulled, its last error, what was done so far."""
        disks: list[dict[str, Any]] = self.xen.call("disks", domid=self.domid)[0]
        return next(disk for disk in disks if disk["device"] == self.device)

    @property
    def ledger(self) -> Ledger:
        return ledger(self.xen, self.described()["disk"])

    def set_rate(self, writes_per_s: float) -> None:
        """How fast the guest writes by itself on its disks; at 0 it writes when it is asked to."""
        self.xen.call("behave", domid=self.domid, disk_writes_per_s=writes_per_s)

    def write_marks(self, count: int, *, flush: bool = True) -> None:
        self._ask("write_marks", count=count, flush=flush)

    def flush(self) -> None:
        self._ask("flush_disk")

    def verify(self) -> Findings:
        """What the guest itself finds: all that it wrote must be there, flushed or not."""
        return Findings(**self._ask("verify_disk")[0])

    @property
    def at_first(self) -> Findings:
        """What the guest finds, or found, when it first looks at the disk after it was plugged."""
        self.verify()
        return Findings(**self.described()["at_first"])

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self._ask("read_disk", offset=offset, length=length)[1])

    def write(self, offset: int, data: bytes) -> None:
        """Write bytes that are no marks; ``flush`` makes them last."""
        self._ask("write_disk", data, offset=offset)


def ledger(xen: SimulatedHypervisor, disk: str) -> Ledger:
    """What a host knows of a disk (``sr/vdi``) that its guests have written."""
    return Ledger.read(xen.call("ledger", disk=disk)[0])


def newest(xens: Iterable[SimulatedHypervisor], disk: str) -> Ledger:
    """What the host knows on which a disk was written last."""
    known = [ledger(xen, disk) for xen in xens if disk in xen.call("ledgers")[0]]
    return max(known, key=lambda one: one.number)


def verify_export(address: Address | str, ledger: Ledger, after: Ledger | None = None) -> Findings:
    """Compare an export with a ledger."""
    client = connect(address, LIMIT_S)
    try:
        return verify(client.read, client.size, ledger, after)
    finally:
        client.close()


def verify_image(
    image: Path, ledger: Ledger, after: Ledger | None = None, *, format: str = "qcow2"
) -> Findings:
    """Compare an image that nobody has open with a ledger; it is only read."""
    with served(image, format=format, read_only=True) as address:
        return verify_export(address, ledger, after)


def verify_chain(chain: Chain, ledger: Ledger, after: Ledger | None = None) -> Findings:
    """The same of a disk whose layers are known, whatever its images say of one another."""
    leaf = chain[-1].path
    with served(leaf, name=json_name(chain), read_only=True) as address:
        return verify_export(address, ledger, after)


@contextlib.contextmanager
def served(
    image: Path,
    *,
    format: str = "qcow2",
    name: str | None = None,
    read_only: bool = False,
    port: int | None = None,
) -> Iterator[Address]:
    """An image by a qemu-nbd of its own; on a unix socket, or a port of the loopback interface.

    ``name`` is QEMU's for the image, if that is more than its path.
    """
    folder = image.parent
    pid, socket = (folder / f"{image.name}.{suffix}" for suffix in ("pid", "nbd"))
    tcp = ["--bind", "127.0.0.1", "--port", str(port)]
    command = ["qemu-nbd", "--fork", "--persistent", "--shared", "0", "--pid-file", str(pid)]
    command += ["--discard", "unmap", "--export-name", "disk"]
    command += ["--format", format] if name is None else []
    command += ["--socket", str(socket)] if port is None else tcp
    command += ["--read-only"] if read_only else []
    subprocess.run([*command, name or str(image)], check=True)
    with ended(pid):
        yield Address(str(socket) if port is None else ("127.0.0.1", port), "disk")


@contextlib.contextmanager
def engine(folder: Path, image: Path, *, format: str = "qcow2") -> Iterator[tuple[Address, int]]:
    """An image by a qemu-storage-daemon of its own: its address and the process."""
    pid, socket = folder / "engine.pid", folder / "engine.nbd"
    socket.unlink(missing_ok=True)
    command = ["qemu-storage-daemon", "--daemonize", "--pidfile", str(pid)]
    command += ["--blockdev", f"driver=file,node-name=file,filename={image}"]
    command += ["--blockdev", f"driver={format},node-name=disk,file=file,discard=unmap"]
    command += ["--nbd-server", f"addr.type=unix,addr.path={socket},max-connections=0"]
    command += ["--export", "type=nbd,id=disk,node-name=disk,name=disk,writable=on"]
    subprocess.run(command, check=True)
    with ended(pid) as process:
        yield Address(str(socket), "disk"), process


@contextlib.contextmanager
def ended(pid_file: Path) -> Iterator[int]:
    """A process that put itself into the background; it is gone afterwards."""
    pid = int(pid_file.read_text())
    handle = os.pidfd_open(pid)
    try:
        yield pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        await_end(handle)
        os.close(handle)
        pid_file.unlink(missing_ok=True)


def await_end(handle: int) -> None:
    """Wait until a process has ended, which its locks outlive by nothing."""
    waiting = select.poll()
    waiting.register(handle, select.POLLIN)
    waiting.poll()


def make_image(path: Path, size: int, *, format: str = "qcow2") -> Path:
    command = ["qemu-img", "create", "-q", "-f", format, str(path), str(size)]
    subprocess.run(command, check=True)
    return path
