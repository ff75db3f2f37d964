"""pyxs with what it lacks.

pyxs alone refuses empty values, text beyond ASCII and operations that it does not know; it waits
for answers without end, closes the connection at an answer that nobody waits for, and leaves
callers waiting when the connection dies. Here a payload is any bytes, a request has a deadline and
can be waited for later, a late answer is dropped, and when a connection dies its requests fail.
"""

import errno
import os
import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyxs import client as pyxs_client
from pyxs._internal import NUL, Op, Packet
from pyxs.connection import UnixSocketConnection, XenBusConnection
from pyxs.exceptions import PyXSError
from pyxs.helpers import error as pyxs_error

DEADLINE_S = 10.0
# A process that wakes so long after its deadline stood still itself.
AWAY_S = 1.0
# Both from xs_wire.h.
PAYLOAD_MAX = 4096
NUMBER_MAX = 2**32 - 1
# With more answers due than this, the daemon is taken for dead.
OWED_MAX = 1024
# Reads a directory that is too large for one answer, in parts. pyxs does not know it.
DIRECTORY_PART = 22
READ_BYTES = 1 << 16
HEAD = struct.Struct("=4I")
WATCHING = (Op.WATCH, Op.UNWATCH)
COMMIT, ABORT = b"T" + NUL, b"F" + NUL
GONE = Packet(Op.ERROR, b"EPIPE" + NUL, 0)

Request = tuple[int, bytes]
"""An operation and its payload."""


def packet(op: int, payload: bytes, request: int, transaction: int) -> Any:
    """A pyxs packet of any operation; pyxs's own constructor refuses those it does not know."""
    fields = (op, request, transaction, len(payload), payload)
    return tuple.__new__(Packet, fields)


class Connection(UnixSocketConnection):  # type: ignore[misc]
    """pyxs's connection, but for any operation, and with few system calls.

    Requests are sent in one piece, and all packets that have come are read at once. The path is
    that of a socket or of the kernel's device. The device itself answers when a watch is set or
    removed, without saying which request it answers.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._is_device = Path(path).is_char_device()
        self._unnumbered: deque[int] = deque()
        self._unread = b""

    def create_transport(self) -> Any:
        if self._is_device:
            return XenBusConnection(self.path).create_transport()
        transport = super().create_transport()
        # When the daemon reads nothing, senders must not wait for ever.
        patience = struct.pack("ll", int(DEADLINE_S), int(DEADLINE_S % 1 * 1e6))
        transport.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
        return transport

    def send(self, *packets: Any) -> None:
        if self._is_device:
            self._unnumbered.extend(packet.rq_id for packet in packets if packet.op in WATCHING)
        pieces = [
            HEAD.pack(packet.op, packet.rq_id, packet.tx_id, packet.size) + packet.payload
            for packet in packets
        ]
        try:
            # The kernel's device takes one request at a time.
            for piece in pieces if self._is_device else [b"".join(pieces)]:
                # Leave the closing to the reader, which still uses the transport.
                self.transport.send(piece)
        except (OSError, AttributeError) as failure:
            raise PyXSError(errno.EPIPE, f"writing to {self.path}: {failure}") from failure

    def received(self) -> list[Any]:
        """The packets that have come, once there is something to read."""
        try:
            read = os.read(self.fileno(), READ_BYTES)
        except OSError as failure:
            raise PyXSError(errno.EPIPE, f"reading from {self.path}: {failure}") from failure
        if not read:
            raise PyXSError(errno.EPIPE, f"reading from {self.path}: it was closed")
        unread, at, packets = self._unread + read, 0, []
        while len(unread) >= at + HEAD.size:
            op, request, transaction, size = HEAD.unpack_from(unread, at)
            end = at + HEAD.size + size
            if len(unread) < end:
                break
            if request == 0 and op in WATCHING and self._unnumbered:
                request = self._unnumbered.popleft()
            packets.append(packet(op, unread[at + HEAD.size : end], request, transaction))
            at = end
        self._unread = unread[at:]
        return packets


class Together:
    """Requests that were sent together: who waits for them is woken once, by the last answer."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._all = threading.Lock()
        self._all.acquire()

    def answered(self) -> None:
        """Note one more answer; calls come one at a time."""
        self._left -= 1
        if self._left == 0:
            self._all.release()

    def wait(self, timeout_s: float) -> bool:
        """Wait until all are answered, and say whether they are."""
        all_there = self._all.acquire(timeout=max(timeout_s, 0.0))
        if all_there:
            self._all.release()
        return all_there


class Pending:
    """A request on its way; ``answer`` is there once it has come."""

    __slots__ = ("answer", "due", "number", "op", "together")

    def __init__(self, op: int, number: int, together: Together, due: float) -> None:
        self.op = op
        self.number = number
        self.together = together
        self.due = due
        self.answer: Any = None

    def set(self, answer: Any) -> None:
        self.answer = answer
        self.together.answered()


class Router(pyxs_client.Router):  # type: ignore[misc]
    """pyxs's reader thread, which knows which answers are due.

    A request's number is not used again until its answer has come, however late. When the
    connection ends, those who wait are told.
    """

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.ended = False
        self._number = 0
        self._owed_lock = threading.Lock()

    def ask(self, requests: Sequence[Request], transaction: int) -> list[Pending]:
        """Send requests together, which are done in order; raises PyXSError."""
        with self.send_lock:
            if self.ended:
                raise PyXSError(errno.EPIPE, "the connection to xenstored has ended")
            pending = self._expect(requests)
            packets = [
                packet(op, payload, one.number, transaction)
                for (op, payload), one in zip(requests, pending, strict=True)
            ]
            try:
                self.connection.send(*packets)
            except PyXSError:
                self.end()
                raise
        if self.ended:
            for one in pending:
                self._answer(one.number, GONE)
        return pending

    def _expect(self, requests: Sequence[Request]) -> list[Pending]:
        """Places for the answers, under numbers for which no answer is due."""
        together, due = Together(len(requests)), time.monotonic() + DEADLINE_S
        expected = []
        with self._owed_lock:
            for op, _ in requests:
                pending = Pending(op, self._free_number(), together, due)
                self.rvars[pending.number] = pending
                expected.append(pending)
        return expected

    def _free_number(self) -> int:
        while True:
            self._number = self._number % NUMBER_MAX + 1
            if self._number not in self.rvars:
                return self._number

    def _answer(self, number: int, answer: Any) -> None:
        """Give an answer to whoever waits for it, if anybody does."""
        with self._owed_lock:
            waiting = self.rvars.pop(number, None)
            if isinstance(waiting, Pending):
                waiting.set(answer)
        if isinstance(waiting, Late):
            waiting.set(answer)

    def give_up(self, pending: Pending) -> bool:
        """Wait for it no longer, and drop its answer. False if the answer has just come."""
        with self._owed_lock:
            if pending.number not in self.rvars:
                return False
            self.rvars[pending.number] = Late(self, pending.op)
            owed = len(self.rvars)
        if owed > OWED_MAX:
            self.end()
        return True

    def end(self) -> None:
        """Send nothing more; the reader then closes the connection."""
        self.ended = True  # known here before the reader has seen it
        with suppress(OSError):  # it has
            self.w_terminator.send(NUL)

    def __call__(self) -> None:
        ready = select.poll()
        for source in (self.connection, self.r_terminator):
            ready.register(source, select.POLLIN)
        stop = self.r_terminator.fileno()
        try:
            while stop not in (fd for fd, _ in ready.poll()):
                for packet in self.connection.received():
                    self._receive(packet)
        except (PyXSError, OSError, ValueError):
            pass  # the daemon is gone or we closed: both are told below
        finally:
            self.ended = True
            self.connection.close()
            self.r_terminator.close()
            self.w_terminator.close()
            for number in list(self.rvars):
                self._answer(number, GONE)
            for monitors in list(self.monitors.values()):
                for monitor in monitors:
                    monitor.events.put(None)

    def _receive(self, answer: Any) -> None:
        if answer.op != Op.WATCH_EVENT:
            self._answer(answer.rq_id, answer)
            return
        path, token, *_ = answer.payload.split(NUL)
        for monitor in [*self.monitors.get(token, ())]:
            monitor.events.put(path)


@dataclass(frozen=True)
class Late:
    """Takes the answer to a request that nobody waits for any more."""

    router: Router
    op: int

    def set(self, answer: Any) -> None:
        """Drop the answer; if it began a transaction, end that, as nobody else will."""
        if self.op == Op.TRANSACTION_START and answer.op == self.op:
            with suppress(PyXSError, ValueError):
                transaction = int(answer.payload.rstrip(NUL))
                self.router.ask([(Op.TRANSACTION_END, ABORT)], transaction)


class Client(pyxs_client.Client):  # type: ignore[misc]
    """pyxs's client without its limits on values and with a deadline."""

    def execute_command(self, op: int, *args: bytes, **kwargs: Any) -> bytes:
        [pending] = self.begin([(op, b"".join(args))], int(kwargs.get("tx_id", 0)))
        return self.finish(pending)

    def begin(self, requests: Sequence[Request], tx_id: int) -> list[Pending]:
        """Send requests together, which are done in order; raises PyXSError."""
        if any(len(payload) > PAYLOAD_MAX for _, payload in requests):
            raise PyXSError(errno.E2BIG, f"a request of more than {PAYLOAD_MAX} bytes")
        return self.router.ask(requests, tx_id)  # type: ignore[no-any-return]

    def finish(self, pending: Pending) -> bytes:
        """Wait for the answer to a request; raises PyXSError.

        If this process stood still, the answer may have come unread: it waits a little longer.
        """
        began = time.monotonic()
        _await(pending, pending.due - began)
        if pending.answer is None and time.monotonic() > max(pending.due, began) + AWAY_S:
            _await(pending, AWAY_S)
        if pending.answer is None and self.router.give_up(pending):
            raise PyXSError(errno.ETIMEDOUT, f"xenstored has not answered in {DEADLINE_S:.0f} s")
        packet, op = pending.answer, pending.op
        if packet.op == Op.ERROR:
            raise pyxs_error(packet.payload[:-1])
        payload: bytes = packet.payload
        return payload if op in (Op.READ, DIRECTORY_PART) else payload.removesuffix(NUL)


def _await(pending: Pending, timeout_s: float) -> None:
    """Wait for the answer, and for those to the requests that were sent with it."""
    if pending.answer is None:
        pending.together.wait(timeout_s)
