"""Xenstore through pyxs.

A value is any text, and the first request after a connection has died opens a new one. Independent
requests are sent at once, and their answers gathered.
"""

import errno
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from pyxs._internal import NUL, Op
from pyxs.exceptions import PyXSError

from xenports.pyxs.wire import ABORT, COMMIT, DIRECTORY_PART, Client, Connection, Request, Router
from xenports.xenstore import XenstoreError

CONFLICTS_MAX = 200
AT_ONCE = 128
Names = Sequence[str]
NOT_THERE = (errno.ENOENT, errno.ENOTDIR)


class Monitor:
    """What the router knows as one of pyxs's monitors: the events of one token."""

    def __init__(self, router: Router) -> None:
        self.events: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._router = router

    @property
    def ended(self) -> bool:
        """Whether the connection is gone, so that no more events come."""
        return bool(self._router.ended)

    def next(self, timeout_s: float | None) -> str | None:
        """The next path that changed; None when the time is over or the daemon is gone."""
        try:
            path = self.events.get(timeout=timeout_s)
        except queue.Empty:
            return None
        return None if path is None else path.decode(errors="replace")


class Store:
    """`xenports.xenstore.Xenstore` on a xenstored's unix socket or the kernel's device.

    Threads may share it.
    """

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
                client = Client(router=Router(Connection(self._path)))
                try:
                    client.connect()
                except (PyXSError, OSError) as failure:
                    raise XenstoreError(f"xenstore: {_reason(failure)}") from failure
                self._client = client
            return self._client

    def _request(self, op: int, *args: bytes, tx_id: int = 0) -> bytes:
        try:
            answer: bytes = self._connected().execute_command(op, *args, tx_id=tx_id)
        except (PyXSError, OSError) as failure:
            raise XenstoreError(f"xenstore: {_reason(failure)}") from failure
        return answer

    def _all(
        self, op: int, payloads: Sequence[bytes], *, absent: bool = False
    ) -> "list[bytes | None]":
        """Send independent requests at once; with ``absent``, None for a node that is missing."""
        requests = [(op, payload) for payload in payloads]
        return _gathered(self._connected(), requests, absent=absent)

    def _optional(self, op: int, *args: bytes, tx_id: int = 0) -> bytes | None:
        try:
            answer: bytes = self._connected().execute_command(op, *args, tx_id=tx_id)
        except (PyXSError, OSError) as failure:
            if failure.args and failure.args[0] in NOT_THERE:
                return None
            raise XenstoreError(f"xenstore: {_reason(failure)}") from failure
        return answer

    def read(self, path: str) -> str | None:
        value = self._optional(Op.READ, _path(path))
        return _text(value)

    def read_all(self, paths: Sequence[str]) -> "list[str | None]":
        values = self._all(Op.READ, [_path(path) for path in paths], absent=True)
        return [_text(value) for value in values]

    def write(self, path: str, value: str) -> None:
        self._request(Op.WRITE, _path(path), value.encode())

    def write_all(self, values: Mapping[str, str]) -> None:
        payloads = [_path(path) + value.encode() for path, value in values.items()]
        for _ in range(CONFLICTS_MAX):
            # A transaction's number means another one, or none, on another connection.
            if _committed(self._connected(), payloads):
                return
        raise XenstoreError(f"a transaction conflicted {CONFLICTS_MAX} times")

    def make(self, *paths: str, owner: int = 0, reader: int | None = None) -> None:
        permissions = [f"n{owner}"] + ([] if reader is None else [f"r{reader}"])
        payload = NUL.join(permission.encode() for permission in permissions) + NUL
        _gathered(
            self._connected(),
            [
                *((Op.MKDIR, _path(path)) for path in paths),
                *((Op.SET_PERMS, _path(path) + payload) for path in paths),
            ],
        )

    def list(self, path: str) -> "list[str]":
        return [*self._lists([path])[0]]

    def _lists(self, paths: Sequence[str]) -> "Sequence[Names]":
        """The children of several nodes; a node that is missing has none."""
        try:
            lists = self._all(Op.DIRECTORY, [_path(path) for path in paths], absent=True)
        except XenstoreError as error:
            if not _is_too_big(error):
                raise
            lists = [self._large(path) for path in paths]
        return [_names(children) for children in lists]

    def _large(self, path: str) -> bytes | None:
        """The children of a node, read in parts; from the first again if they change meanwhile."""
        while True:
            children, generation = b"", None
            while True:
                payload = _path(path) + str(len(children)).encode() + NUL
                answer = self._optional(DIRECTORY_PART, payload)
                if answer is None:
                    return None
                now, _, part = answer.partition(NUL)
                if generation not in (None, now):
                    break
                generation = now
                if part in (NUL, b"") or part.endswith(NUL + NUL):
                    return children + part
                children += part

    def tree(self, *paths: str) -> Iterator[tuple[str, str]]:
        level, lists = list(paths), self._lists(paths)
        while level:
            below = [
                f"{above}/{name}"
                for above, names in zip(level, lists, strict=True)
                for name in names
            ]
            values, children = self._values_and_lists(below)
            level, lists = [], []
            for node, value, names in zip(below, values, children, strict=True):
                if value is not None:
                    yield node, value
                    level.append(node)
                    lists.append(names)

    def _values_and_lists(
        self, paths: Sequence[str]
    ) -> "tuple[Sequence[str | None], Sequence[Names]]":
        """The values of nodes and their children."""
        requests = [(op, _path(path)) for op in (Op.READ, Op.DIRECTORY) for path in paths]
        try:
            answers = _gathered(self._connected(), requests, absent=True)
        except XenstoreError as error:
            if not _is_too_big(error):
                raise
            return self.read_all(paths), self._lists(paths)
        count = len(paths)
        return [_text(value) for value in answers[:count]], [
            _names(names) for names in answers[count:]
        ]

    def remove(self, *paths: str) -> None:
        self._all(Op.RM, [_path(path) for path in paths], absent=True)

    def introduce(self, domid: int, mfn: int, port: int) -> None:
        parts = (str(domid), str(mfn), str(port))
        self._request(Op.INTRODUCE, b"".join(part.encode() + NUL for part in parts))

    def resume(self, domid: int) -> None:
        self._request(Op.RESUME, str(domid).encode() + NUL)

    @contextmanager
    def watch(self, path: str) -> Iterator[Monitor]:
        client = self._connected()
        monitor = Monitor(client.router)
        token = f"warren-{next(self._tokens)}".encode()
        client.router.subscribe(token, monitor)
        try:
            self._request(Op.WATCH, _path(path), token + NUL)
            yield monitor
        finally:
            client.router.unsubscribe(token, monitor)
            if not client.router.ended:
                _unwatch(client, _path(path) + token + NUL)

    def on_change(self, path: str, callback: Callable[[str], None]) -> None:
        def follow() -> None:
            while not self._closed:
                try:
                    with self.watch(path) as events:
                        while not events.ended and not self._closed:
                            changed = events.next(None)
                            if changed is not None:
                                callback(changed)
                except XenstoreError:
                    # xenstored is away; watches are set again once it is back.
                    time.sleep(0.2)

        threading.Thread(target=follow, name=f"watch {path}", daemon=True).start()


def _unwatch(client: Client, payload: bytes) -> None:
    """Remove a watch; events that still come are for nobody, so nothing waits for the answer."""
    with suppress(PyXSError, OSError):  # the watch went with its connection
        client.router.give_up(*client.begin([(Op.UNWATCH, payload)], 0))


def _gathered(
    client: Client, requests: Sequence[Request], tx_id: int = 0, *, absent: bool = False
) -> "list[bytes | None]":
    """The answers to requests, which are done in order; with ``absent``, None for a missing node.

    Raises XenstoreError, which has the first failure, after all were tried.
    """
    answers: list[bytes | None] = []
    for start in range(0, len(requests), AT_ONCE):
        try:
            batch = client.begin(requests[start : start + AT_ONCE], tx_id)
        except (PyXSError, OSError) as failure:
            raise XenstoreError(f"xenstore: {_reason(failure)}") from failure
        failures: list[Exception] = []
        for pending in batch:
            try:
                answers.append(client.finish(pending))
            except PyXSError as failure:
                answers.append(None)
                if not (absent and failure.args and failure.args[0] in NOT_THERE):
                    failures.append(failure)
        if failures:
            raise XenstoreError(f"xenstore: {_reason(failures[0])}") from failures[0]
    return answers


def _committed(client: Client, payloads: Sequence[bytes]) -> bool:
    """Write everything in one transaction; False, and nothing is written, on a conflict."""
    try:
        transaction = int(client.execute_command(Op.TRANSACTION_START, NUL))
        try:
            _gathered(client, [(Op.WRITE, payload) for payload in payloads], transaction)
        except XenstoreError:
            client.router.give_up(*client.begin([(Op.TRANSACTION_END, ABORT)], transaction))
            raise
        client.execute_command(Op.TRANSACTION_END, COMMIT, tx_id=transaction)
    except (PyXSError, OSError) as failure:
        if failure.args and failure.args[0] == errno.EAGAIN:
            return False
        raise XenstoreError(f"xenstore: {_reason(failure)}") from failure
    return True


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode(errors="replace")


def _names(children: bytes | None) -> Names:
    return [name.decode() for name in (children or b"").split(NUL) if name]


def _path(path: str) -> bytes:
    encoded: bytes = path.encode() + NUL
    return encoded


def _is_too_big(error: XenstoreError) -> bool:
    cause = error.__cause__
    return isinstance(cause, PyXSError) and bool(cause.args) and cause.args[0] == errno.E2BIG


def _reason(failure: Exception) -> str:
    number = failure.args[0] if failure.args else None
    return errno.errorcode.get(number, str(failure)) if isinstance(number, int) else str(failure)
