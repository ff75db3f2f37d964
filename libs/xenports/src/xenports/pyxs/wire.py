"""pyxs with what it lacks.

Bare pyxs refuses empty values, anything but ASCII and operations that it does not know, waits for
ever for an answer, and leaves callers waiting when its connection has died. Here a payload is any
bytes, a request has a deadline and may be waited for later, and a dead connection fails the waiting
requests.
"""

import errno
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyxs import client as pyxs_client
from pyxs._internal import NUL, Op, Packet, next_rq_id
from pyxs.connection import UnixSocketConnection, XenBusConnection
from pyxs.exceptions import PyXSError
from pyxs.helpers import error as pyxs_error

DEADLINE_S = 10.0
# Both from xs_wire.h.
PAYLOAD_MAX = 4096
# pyxs does not know it. A directory too large for one answer comes in parts.
DIRECTORY_PART = 22
WATCHING = (Op.WATCH, Op.UNWATCH)
GONE = Packet(Op.ERROR, b"EPIPE" + NUL, 0)


def packet(op: int, payload: bytes, request: int, transaction: int) -> Any:
    """A pyxs packet of any operation; pyxs's own constructor refuses those it does not know."""
    fields = (op, request, transaction, len(payload), payload)
    return tuple.__new__(Packet, fields)


class Connection(UnixSocketConnection):  # type: ignore[misc]
    """pyxs's connection, which takes the answers to any operation and sends a request whole.

    The path is a socket's, or that of the kernel's device. That one answers for the daemon when a
    watch is set or taken away, and does not say to which request.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._unnumbered: deque[int] = deque()

    def create_transport(self) -> Any:
        if Path(self.path).is_char_device():
            return XenBusConnection(self.path).create_transport()
        return super().create_transport()

    def send(self, packet: Any) -> None:
        if packet.op in WATCHING and Path(self.path).is_char_device():
            self._unnumbered.append(packet.rq_id)
        header = Packet._struct.pack(packet.op, packet.rq_id, packet.tx_id, packet.size)
        try:
            # The reader closes: a transport taken away here would be missing there.
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


class Router(pyxs_client.Router):  # type: ignore[misc]
    """pyxs's reader thread, which tells those who wait when its connection ends."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.ended = False

    def __call__(self) -> None:
        try:
            super().__call__()
        except (PyXSError, OSError, ValueError):
            pass  # the daemon is gone or we closed: both are told below
        finally:
            self.ended = True
            for waiting in list(self.rvars.values()):
                waiting.set(GONE)
            for monitors in list(self.monitors.values()):
                for monitor in monitors:
                    monitor.events.put(None)


@dataclass(frozen=True)
class Pending:
    """A request on its way."""

    op: int
    request: int
    variable: Any


class Client(pyxs_client.Client):  # type: ignore[misc]
    """pyxs's client without its limits on values and with a deadline."""

    def execute_command(self, op: int, *args: bytes, **kwargs: Any) -> bytes:
        return self.finish(self.begin(op, b"".join(args), int(kwargs.get("tx_id", 0))))

    def begin(self, op: int, payload: bytes, tx_id: int) -> Pending:
        """Send a request; raises PyXSError."""
        if len(payload) > PAYLOAD_MAX:
            raise PyXSError(errno.E2BIG, f"a request of more than {PAYLOAD_MAX} bytes")
        router = self.router
        if router.ended:
            raise PyXSError(errno.EPIPE, "the connection to xenstored has ended")
        request = next_rq_id()
        try:
            variable = router.send(packet(op, payload, request, tx_id))
        except PyXSError:
            router.ended = True  # known here before the reader has seen it
            raise
        if router.ended:
            variable.set(GONE)
        return Pending(op, request, variable)

    def finish(self, pending: "Pending") -> bytes:
        """Wait for the answer to a request; raises PyXSError."""
        variable, op = pending.variable, pending.op
        with variable.condition:
            answered = variable.condition.wait_for(
                lambda: variable.target is not None, timeout=DEADLINE_S
            )
        if not answered:
            self.router.rvars.pop(pending.request, None)
            raise PyXSError(errno.ETIMEDOUT, f"xenstored has not answered in {DEADLINE_S:.0f} s")
        packet = variable.target
        if packet.op == Op.ERROR:
            raise pyxs_error(packet.payload[:-1])
        payload: bytes = packet.payload
        return payload if op in (Op.READ, DIRECTORY_PART) else payload.removesuffix(NUL)
