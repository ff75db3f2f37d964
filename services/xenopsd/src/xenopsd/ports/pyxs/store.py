"""Xenstore through pyxs, with what pyxs lacks.

Bare pyxs refuses empty values and anything but ASCII, waits for ever for an answer, and leaves
callers waiting when its connection has died. Here a value is any text, a request has a deadline,
and a dead connection fails the waiting requests and is opened anew for the next one. Requests that
do not wait for each other are sent at once and their answers gathered.
"""

import errno
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pyxs import client as pyxs_client
from pyxs._internal import NUL, Op, Packet, next_rq_id
from pyxs.connection import UnixSocketConnection
from pyxs.exceptions import PyXSError
from pyxs.helpers import error as pyxs_error

from xenopsd.ports.xenstore import XenstoreError

DEADLINE_S = 10.0
CONFLICTS_MAX = 200
AT_ONCE = 128
NOT_THERE = (errno.ENOENT, errno.ENOTDIR)
GONE = Packet(Op.ERROR, b"EPIPE" + NUL, 0)


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


class Client(pyxs_client.Client):  # type: ignore[misc]
    """pyxs's client without its limits on values and with a deadline."""

    def execute_command(self, op: int, *args: bytes, **kwargs: Any) -> bytes:
        return self.finish(self.begin(op, b"".join(args), int(kwargs.get("tx_id", 0))))

    def begin(self, op: int, payload: bytes, tx_id: int) -> "Pending":
        """Send a request; raises PyXSError."""
        router = self.router
        if router.ended:
            raise PyXSError(errno.EPIPE, "the connection to xenstored has ended")
        request = next_rq_id()
        variable = router.send(Packet(op, payload, rq_id=request, tx_id=tx_id))
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
        return payload if op == Op.READ else payload.removesuffix(NUL)


@dataclass(frozen=True)
class Pending:
    """A request on its way."""

    op: int
    request: int
    variable: Any


class Monitor:
    """A pyxs monitor's place in the router: the events of one token."""

    def __init__(self) -> None:
        self.events: queue.Queue[Any] = queue.Queue()

    def next(self, timeout_s: float) -> str | None:
        """The next path that changed, None when the time is over or the daemon is gone."""
        try:
            event = self.events.get(timeout=timeout_s)
        except queue.Empty:
            return None
        return None if event is None else event.path.decode(errors="replace")


class Store:
    """`xenopsd.ports.xenstore.Xenstore` on the unix socket of a xenstored. Threads may share it."""

    def __init__(self, socket_path: str) -> None:
        self._path = socket_path
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._tokens = itertools.count(1)
        self._closed = False

    def close(self) -> None:
        self._closed = True
        if self._client is not None:
            self._client.close()

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None or self._client.router.ended:
                client = Client(router=Router(UnixSocketConnection(self._path)))
                client.connect()
                self._client = client
            return self._client

    def _request(self, op: int, *args: bytes, tx_id: int = 0) -> bytes:
        try:
            answer: bytes = self._connected().execute_command(op, *args, tx_id=tx_id)
        except (PyXSError, OSError) as failure:
            raise XenstoreError(f"xenstore: {_reason(failure)}") from failure
        return answer

    def _all(
        self, op: int, payloads: Sequence[bytes], tx_id: int = 0, *, absent: bool = False
    ) -> "list[bytes | None]":
        """Requests that do not wait for each other; None for what is not there, if it may be."""
        found: list[bytes | None] = []
        for start in range(0, len(payloads), AT_ONCE):
            try:
                client = self._connected()
                batch = [
                    client.begin(op, payload, tx_id)
                    for payload in payloads[start : start + AT_ONCE]
                ]
            except (PyXSError, OSError) as failure:
                raise XenstoreError(f"xenstore: {_reason(failure)}") from failure
            failures: list[Exception] = []
            for pending in batch:
                try:
                    found.append(client.finish(pending))
                except PyXSError as failure:
                    found.append(None)
                    if not (absent and failure.args and failure.args[0] in NOT_THERE):
                        failures.append(failure)
            if failures:
                raise XenstoreError(f"xenstore: {_reason(failures[0])}") from failures[0]
        return found

    def _optional(self, op: int, *args: bytes, tx_id: int = 0) -> bytes | None:
        try:
            answer: bytes = self._connected().execute_command(op, *args, tx_id=tx_id)
        except (PyXSError, OSError) as failure:
            if failure.args and failure.args[0] in NOT_THERE:
                return None
            raise XenstoreError(f"xenstore: {_reason(failure)}") from failure
        return answer

    def read(self, path: str) -> str | None:
        found = self._optional(Op.READ, _path(path))
        return None if found is None else found.decode(errors="replace")

    def read_all(self, paths: Sequence[str]) -> "list[str | None]":
        found = self._all(Op.READ, [_path(path) for path in paths], absent=True)
        return [None if value is None else value.decode(errors="replace") for value in found]

    def write(self, path: str, value: str) -> None:
        self._request(Op.WRITE, _path(path), value.encode())

    def write_all(self, values: Mapping[str, str]) -> None:
        for _ in range(CONFLICTS_MAX):
            transaction = int(self._request(Op.TRANSACTION_START, NUL))
            payloads = [_path(path) + value.encode() for path, value in values.items()]
            self._all(Op.WRITE, payloads, transaction)
            try:
                self._connected().execute_command(Op.TRANSACTION_END, b"T" + NUL, tx_id=transaction)
            except PyXSError as failure:
                if failure.args and failure.args[0] == errno.EAGAIN:
                    continue
                raise XenstoreError(f"xenstore: {_reason(failure)}") from failure
            return
        raise XenstoreError(f"a transaction conflicted {CONFLICTS_MAX} times")

    def make(self, *paths: str, owner: int = 0, reader: int | None = None) -> None:
        permissions = [f"n{owner}"] + ([] if reader is None else [f"r{reader}"])
        said = NUL.join(permission.encode() for permission in permissions) + NUL
        self._all(Op.MKDIR, [_path(path) for path in paths])
        self._all(Op.SET_PERMS, [_path(path) + said for path in paths])

    def list(self, path: str) -> "list[str]":
        found = self._optional(Op.DIRECTORY, _path(path))
        return [] if not found else [name.decode() for name in found.split(NUL) if name]

    def tree(self, path: str) -> Iterator[tuple[str, str]]:
        level = [path]
        while level:
            names = self._all(Op.DIRECTORY, [_path(above) for above in level], absent=True)
            below = [
                f"{above}/{name.decode()}"
                for above, found in zip(level, names, strict=True)
                for name in (found or b"").split(NUL)
                if name
            ]
            values = self.read_all(below)
            level = []
            for node, value in zip(below, values, strict=True):
                if value is not None:
                    yield node, value
                    level.append(node)

    def remove(self, path: str) -> None:
        self._optional(Op.RM, _path(path))

    def introduce(self, domid: int, mfn: int, port: int) -> None:
        parts = (str(domid), str(mfn), str(port))
        self._request(Op.INTRODUCE, b"".join(part.encode() + NUL for part in parts))

    @contextmanager
    def watch(self, path: str) -> Iterator[Monitor]:
        monitor, client = Monitor(), self._connected()
        token = f"warren-{next(self._tokens)}".encode()
        client.router.subscribe(token, monitor)
        try:
            self._request(Op.WATCH, _path(path), token + NUL)
            yield monitor
        finally:
            client.router.unsubscribe(token, monitor)
            if not client.router.ended:
                self._optional(Op.UNWATCH, _path(path), token + NUL)

    def on_change(self, path: str, callback: Callable[[str], None]) -> None:
        def follow() -> None:
            while not self._closed:
                try:
                    with self.watch(path) as events:
                        client = self._connected()
                        while not client.router.ended and not self._closed:
                            changed = events.next(1.0)
                            if changed is not None:
                                callback(changed)
                except XenstoreError:
                    # xenstored is away; watches are set again once it is back.
                    time.sleep(0.2)

        threading.Thread(target=follow, name=f"watch {path}", daemon=True).start()


def _path(path: str) -> bytes:
    encoded: bytes = path.encode() + NUL
    return encoded


def _reason(failure: Exception) -> str:
    number = failure.args[0] if failure.args else None
    return errno.errorcode.get(number, str(failure)) if isinstance(number, int) else str(failure)
