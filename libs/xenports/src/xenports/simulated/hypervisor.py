"""The hypervisor port on the simulated Xen: calls over its socket, memory streams in rounds."""

import array
import select
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any, BinaryIO

from xenports.hypervisor import (
    Boot,
    DomainInfo,
    HypervisorError,
    OutOfMemory,
    Rings,
    SaveProgress,
)
from xenports.simulated import wire

PAGE = 4096
BATCH_PAGES = 1024
# Live rounds end when so few pages are left to send, or after so many rounds: the guest then stops.
ROUNDS_MAX = 6
PAGES_LEFT_ENOUGH = 64
CALL_TIMEOUT_S = 60.0
BATCH_HEAD = struct.Struct(">IQ")
CLOCK = struct.Struct(">q")
END = 0xFFFFFFFF
# A record with what the guest knows of its disks; only a guest that has some has it.
DISKS = 0xFFFFFFFE
DISKS_BYTES_MAX = 16 * 1024 * 1024
HASH_BYTES = 32


class SimulatedHypervisor:
    """`xenports.hypervisor.Hypervisor`; each thread has a connection of its own."""

    def __init__(self, socket_path: str) -> None:
        self._path = socket_path
        self._local = threading.local()

    def call(self, call: str, data: bytes = b"", **arguments: Any) -> tuple[Any, bytes | bytearray]:
        """One call of the simulated Xen; raises HypervisorError."""
        try:
            connection = self._connected()
            wire.send(connection, {"call": call, **arguments}, data)
            answer, extra = wire.receive(connection)
        except (OSError, wire.Ended) as error:
            self._local.connection = None
            raise HypervisorError(f"{call}: the simulated Xen does not answer: {error}") from error
        if "error" in answer:
            raise _error(call, answer["error"])
        return answer["result"], extra

    def _connected(self) -> socket.socket:
        connection: socket.socket | None = getattr(self._local, "connection", None)
        if connection is None or _hung_up(connection):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(CALL_TIMEOUT_S)
            connection.connect(self._path)
            self._local.connection = connection
        return connection

    def create(self, uuid: str, kind: str, max_kib: int, vcpus: int) -> int:
        return int(self.call("create", uuid=uuid, kind=kind, max_kib=max_kib, vcpus=vcpus)[0])

    def destroy(self, domid: int) -> None:
        self.call("destroy", domid=domid)

    def pause(self, domid: int) -> None:
        self.call("pause", domid=domid)

    def unpause(self, domid: int) -> None:
        self.call("unpause", domid=domid)

    def resume(self, domid: int) -> None:
        self.call("resume", domid=domid)

    def shutdown(self, domid: int, code: int) -> None:
        self.call("shutdown", domid=domid, code=code)

    def set_max_kib(self, domid: int, max_kib: int) -> None:
        self.call("set_max_kib", domid=domid, max_kib=max_kib)

    def set_time_offset(self, domid: int, offset_s: int) -> None:
        self.call("set_time_offset", domid=domid, offset_s=offset_s)

    def time_offset(self, domid: int) -> int:
        return int(self.call("time_offset", domid=domid)[0])

    def set_vcpus(self, domid: int, vcpus: int) -> None:
        self.call("set_vcpus", domid=domid, vcpus=vcpus)

    def domains(self) -> list[DomainInfo]:
        return [DomainInfo(**domain) for domain in self.call("domains")[0]]

    def free_kib(self) -> int:
        return int(self.call("free_kib")[0])

    def total_kib(self) -> int:
        return int(self.call("total_kib")[0])

    def wait(self, seen: int, timeout_s: float) -> int:
        return int(self.call("wait", seen=seen, timeout_s=timeout_s)[0])

    def build(self, domid: int, boot: Boot, memory_kib: int) -> Rings:
        self.call("populate", domid=domid, memory_kib=memory_kib)
        self.call("build", domid=domid, kernel=boot.kernel)
        return Rings(store_mfn=domid, store_port=domid)

    def moves_live(self, domid: int) -> bool:
        return True

    def save(
        self,
        domid: int,
        stream: BinaryIO,
        *,
        live: bool,
        suspend: Callable[[], None],
        progress: Callable[[SaveProgress], None],
    ) -> None:
        """Send in rounds what the guest wrote since the last; the rest once it stands still."""
        self.call("log_dirty", domid=domid, enabled=True)
        sent, round_ = 0, 0
        try:
            if not live:
                suspend()
            pages = list(range(self.call("used_pages", domid=domid)[0]))
            while True:
                sent = self._send_round(domid, stream, pages, round_, sent, progress)
                pages = self.call("take_dirty", domid=domid)[0]
                round_ += 1
                if not live or len(pages) <= PAGES_LEFT_ENOUGH or round_ >= ROUNDS_MAX:
                    break
            if live:
                suspend()
                pages = sorted({*pages, *self.call("take_dirty", domid=domid)[0]})
                self._send_round(domid, stream, pages, round_, sent, progress)
            used, disks = self.call("used_pages", domid=domid)
            if disks:
                stream.write(BATCH_HEAD.pack(DISKS, len(disks)) + disks)
            # Both sides hash at the same time, as the guest stands still meanwhile.
            stream.write(BATCH_HEAD.pack(END, used))
            stream.flush()
            stream.write(CLOCK.pack(self.time_offset(domid)))
            stream.write(bytes.fromhex(self.call("memory_hash", domid=domid)[0]))
            stream.flush()
        finally:
            self.call("log_dirty", domid=domid, enabled=False)

    def _send_round(
        self,
        domid: int,
        stream: BinaryIO,
        pages: list[int],
        round_: int,
        sent: int,
        progress: Callable[[SaveProgress], None],
    ) -> int:
        for start in range(0, len(pages), BATCH_PAGES):
            batch = pages[start : start + BATCH_PAGES]
            _, data = self.call("read_pages", domid=domid, pages=batch)
            stream.write(BATCH_HEAD.pack(len(batch), 0) + array.array("Q", batch).tobytes())
            stream.write(data)
            sent += len(batch)
            progress(SaveProgress(round_, sent, len(pages) - start - len(batch)))
        return sent

    def restore(self, domid: int, stream: BinaryIO, memory_kib: int) -> Rings:
        self.call("populate", domid=domid, memory_kib=memory_kib)
        while True:
            count, used = BATCH_HEAD.unpack(_exactly(stream, BATCH_HEAD.size))
            if count == END:
                break
            if count == DISKS and used <= DISKS_BYTES_MAX:
                self.call("remember", _exactly(stream, used), domid=domid)
                continue
            if count > BATCH_PAGES:
                raise HypervisorError(f"restore: {count} pages are not a batch")
            pages = array.array("Q", _exactly(stream, count * 8)).tolist()
            if pages and max(pages) * 4 >= memory_kib:
                raise HypervisorError("restore: a page lies beyond the domain's memory")
            data = _exactly(stream, count * PAGE)
            self.call("write_pages", data, domid=domid, pages=pages)
        self.set_time_offset(domid, CLOCK.unpack(_exactly(stream, CLOCK.size))[0])
        arrived = self.call("memory_hash", domid=domid, pages=used)[0]
        if arrived != _exactly(stream, HASH_BYTES).hex():
            raise HypervisorError("restore: the memory did not arrive as it was sent")
        self.call("finish_restore", domid=domid, filled=used)
        return Rings(store_mfn=domid, store_port=domid)


def _hung_up(connection: socket.socket) -> bool:
    """Whether the simulated Xen has closed the connection: it never sends without being asked."""
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(0))


def _error(call: str, text: str) -> HypervisorError:
    if text.startswith("ENOMEM"):
        _, needed, free = text.split()
        return OutOfMemory(int(needed), int(free))
    return HypervisorError(f"{call}: {text}")


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    while len(data) < size:
        more = stream.read(size - len(data))
        if not more:
            raise HypervisorError("restore: the image ends too early")
        data += more
    return data
