"""A multipathd for tests: it answers on a unix socket with whatever it is told to."""

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path


def maps(**paths: tuple[int, int]) -> bytes:
    """The answer to ``show maps json``: of each map by its id, how many paths work of how many."""
    found = []
    for id_, (current, total) in paths.items():
        states = [("active", "ready")] * current + [("failed", "faulty")] * (total - current)
        listed = [{"dm_st": dm, "chk_st": chk, "dev_st": "running"} for dm, chk in states]
        found.append({"uuid": id_, "path_groups": [{"paths": listed}]})
    return json.dumps({"major_version": 0, "maps": found}).encode()


def framed(text: bytes) -> bytes:
    return struct.pack("=Q", len(text)) + text


class Multipathd:
    """Runs until ``close``; ``answer`` is sent as it is to each question, None closes instead."""

    def __init__(self, path: Path) -> None:
        self.answer: bytes | None = None
        self.asked: list[bytes] = []
        self._connections: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path.unlink(missing_ok=True)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def says(self, **paths: tuple[int, int]) -> None:
        self.answer = framed(maps(**paths) + b"\0")

    def hang_up(self) -> None:
        """End all connections: whoever keeps one notices at once, and asks again."""
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._connections.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, struct.error), connection:
            while True:
                (length,) = struct.unpack("=Q", connection.recv(8, socket.MSG_WAITALL))
                self.asked.append(connection.recv(length, socket.MSG_WAITALL))
                if self.answer is None:
                    return
                connection.sendall(self.answer)


@contextlib.contextmanager
def running(path: Path) -> Iterator[Multipathd]:
    found = Multipathd(path)
    try:
        yield found
    finally:
        found.close()
