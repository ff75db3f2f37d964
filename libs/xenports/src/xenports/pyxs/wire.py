"""pyxs with what it lacks.

pyxs alone refuses empty values, text beyond ASCII and operations that it does not know; it waits
for answers without end, closes the connection at an answer that nobody waits for, and leaves
callers waiting when the connection dies. Here a payload is any bytes, a request has a deadline and
can be waited for later, a late answer is dropped, and when a connection dies its requests fail.
"""

import errno
import select
import socket
import struct
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyxs import client as pyxs_client
from pyxs._internal import NUL, Event, Op, Packet
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
WATCHING = (Op.WATCH, Op.UNWATCH)
COMMIT, ABORT = b"T" + NUL, b"F" + NUL
GONE = Packet(Op.ERROR, b"EPIPE" + NUL, 0)


def packet(op: int, payload: bytes, request: int, transaction: int) -> Any:
    """A pyxs packet of any operation; pyxs's own constructor refuses those it does not know."""
    fields = (op, request, transaction, len(payload), payload)
    return tuple.__new__(Packet, fields)


class Connection(UnixSocketConnection):  # type: ignore[misc]
    """pyxs's connection, but for any operation, and sending each request in one piece.

    The path is that of a socket or of the kernel's device. The device itself answers when a watch
    is set or removed, without saying which request it answers.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._unnumbered: deque[int] = deque()

    def create_transport(self) -> Any:
        if Path(self.path).is_char_device():
            return XenBusConnection(self.path).create_transport()
        transport = super().create_transport()
        # When the daemon reads nothing, senders must not wait for ever.
        patience = struct.pack("ll", int(DEADLINE_S), int(DEADLINE_S % 1 * 1e6))
        transport.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
        return transport

    def send(self, packet: Any) -> None:
        if packet.op in WATCHING and Path(self.path).is_char_device():
            self._unnumbered.append(packet.rq_id)
        header = Packet._struct.pack(packet.op, packet.rq_id, packet.tx_id, packet.size)
        try:
            # Leave the closing to the reader, which still uses the transport.
            self.transport.send(header + packet.payload)
        except (OSError, AttributeError) as failure:
            raise PyXSError(errno.EPIPE, f"writing to {self.path}: {failure}") from failure

    def recv(self) -> Any:
        try:
            op, request, transaction, size = Packet._struct.unpack(
                self.transport.recv(Packet._struct.size)
            )
            if request == 0 and op in WATCHING and self._unnumbered:
                request = self._unnumbered.popleft()
            return packet(op, self.transport.recv(size) if size else b"", request, transaction)
        except OSError as failure:
            raise PyXSError(errno.EPIPE, f"reading from {self.path}: {failure}") from failure


@dataclass(frozen=True)
class Pending:
    """A request on its way."""

    op: int
    number: int
    variable: Any
    due: float


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

    def ask(self, op: int, payload: bytes, transaction: int) -> Pending:
        """Send a request; raises PyXSError."""
        with self.send_lock:
            if self.ended:
                raise PyXSError(errno.EPIPE, "the connection to xenstored has ended")
            pending = Pending(op, *self._expect(), time.monotonic() + DEADLINE_S)
            try:
                self.connection.send(packet(op, payload, pending.number, transaction))
            except PyXSError:
                self.end()
                raise
        if self.ended:
            pending.variable.set(GONE)
        return pending

    def _expect(self) -> tuple[int, Any]:
        """A number for which no answer is due, and the place where its answer will be put."""
        variable = pyxs_client.RVar()
        with self._owed_lock:
            while True:
                self._number = self._number % NUMBER_MAX + 1
                if self._number not in self.rvars:
                    self.rvars[self._number] = variable
                    return self._number, variable

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
                self._receive()
        except (PyXSError, OSError, ValueError):
            pass  # the daemon is gone or we closed: both are told below
        finally:
            self.ended = True
            self.connection.close()
            self.r_terminator.close()
            self.w_terminator.close()
            for waiting in list(self.rvars.values()):
                waiting.set(GONE)
            for monitors in list(self.monitors.values()):
                for monitor in monitors:
                    monitor.events.put(None)

    def _receive(self) -> None:
        answer = self.connection.recv()
        if answer.op == Op.WATCH_EVENT:
            path, token, *_ = answer.payload.split(NUL)
            for monitor in [*self.monitors.get(token, ())]:
                monitor.events.put(Event(path, token))
            return
        with self._owed_lock:
            waiting = self.rvars.pop(answer.rq_id, None)
        if waiting is not None:
            waiting.set(answer)


@dataclass(frozen=True)
class Late:
    """Takes the answer to a request that nobody waits for any more."""

    router: Router
    op: int

    def set(self, answer: Any) -> None:
        """Drop the answer; if it began a transaction, end that, as nobody else will."""
        if self.op == Op.TRANSACTION_START and answer.op == self.op:
            with suppress(PyXSError, ValueError):
                self.router.ask(Op.TRANSACTION_END, ABORT, int(answer.payload.rstrip(NUL)))


class Client(pyxs_client.Client):  # type: ignore[misc]
    """pyxs's client without its limits on values and with a deadline."""

    def execute_command(self, op: int, *args: bytes, **kwargs: Any) -> bytes:
        return self.finish(self.begin(op, b"".join(args), int(kwargs.get("tx_id", 0))))

    def begin(self, op: int, payload: bytes, tx_id: int) -> Pending:
        """Send a request; raises PyXSError."""
        if len(payload) > PAYLOAD_MAX:
            raise PyXSError(errno.E2BIG, f"a request of more than {PAYLOAD_MAX} bytes")
        return self.router.ask(op, payload, tx_id)  # type: ignore[no-any-return]

    def finish(self, pending: Pending) -> bytes:
        """Wait for the answer to a request; raises PyXSError.

        If this process stood still, the answer may have come unread: it waits a little longer.
        """
        variable, op = pending.variable, pending.op
        began = time.monotonic()
        answered = _await(variable, pending.due - began)
        if not answered and time.monotonic() > max(pending.due, began) + AWAY_S:
            answered = _await(variable, AWAY_S)
        if not answered and self.router.give_up(pending):
            raise PyXSError(errno.ETIMEDOUT, f"xenstored has not answered in {DEADLINE_S:.0f} s")
        packet = variable.get()
        if packet.op == Op.ERROR:
            raise pyxs_error(packet.payload[:-1])
        payload: bytes = packet.payload
        return payload if op in (Op.READ, DIRECTORY_PART) else payload.removesuffix(NUL)


def _await(variable: Any, timeout_s: float) -> bool:
    """Wait for an answer to be there, and say whether it is."""
    with variable.condition:
        return bool(variable.condition.wait_for(lambda: variable.target is not None, timeout_s))
