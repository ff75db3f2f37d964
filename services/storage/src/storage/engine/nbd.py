"""A client of an NBD export on a unix socket: for what QMP has no command, such as a flush.

See doc/proto.md of the NBD project: fixed newstyle negotiation, simple replies.
"""

import os
import socket
import struct
from pathlib import Path
from types import TracebackType

from storage.engine.errors import EngineError, SilentError

ANSWER_S = 30.0
MAGIC, OPTION_MAGIC = b"NBDMAGIC", b"IHAVEOPT"
OPTION_REPLY_MAGIC, REQUEST_MAGIC, REPLY_MAGIC = 0x3E889045565A9, 0x25609513, 0x67446698
FIXED_NEWSTYLE, NO_ZEROES = 1, 2
GO = 7
REPLY_ACK, REPLY_INFO, INFO_EXPORT = 1, 3, 0
READ, WRITE, DISCONNECT, FLUSH = range(4)
FUA = 1
PIECE = 16 * 1024 * 1024
"""More than any server takes in one request is cut into pieces of this size."""


class Nbd:
    """One connection, for one thread; raises EngineError, SilentError after ``within_s``."""

    def __init__(self, path: Path, name: str, within_s: float = ANSWER_S) -> None:
        self._name = name
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(within_s)
        try:
            self._connect(path)
            self.size = self._negotiate()
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> "Nbd":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._send(struct.pack(">IHHQQI", REQUEST_MAGIC, 0, DISCONNECT, 0, 0, 0))
        self._socket.close()

    def read(self, offset: int, length: int) -> bytes:
        pieces = []
        for begin in range(offset, offset + length, PIECE):
            part = min(PIECE, offset + length - begin)
            pieces.append(self._request(READ, begin, part, answer=part))
        return b"".join(pieces)

    def write(self, offset: int, data: bytes, *, through: bool = False) -> None:
        """Write; if ``through``, the data is on the storage when this returns."""
        for begin in range(0, len(data), PIECE):
            piece = data[begin : begin + PIECE]
            flags = FUA if through else 0
            self._request(WRITE, offset + begin, len(piece), flags=flags, data=piece)

    def flush(self) -> None:
        """Return once all that was written before is on the storage."""
        self._request(FLUSH, 0, 0)

    def _connect(self, path: Path) -> None:
        try:
            self._socket.connect(str(path))
        except OSError as error:
            raise EngineError(f"there is no NBD server at {path}: {error.strerror}") from error

    def _negotiate(self) -> int:
        """Ask for the export; its size."""
        if self._receive(16) != MAGIC + OPTION_MAGIC:
            raise EngineError(f"{self._name}: the server does not speak NBD")
        self._receive(2)
        name = self._name.encode()
        wanted = struct.pack(">I", len(name)) + name + struct.pack(">H", 0)
        self._send(
            struct.pack(">I", FIXED_NEWSTYLE | NO_ZEROES)
            + OPTION_MAGIC
            + struct.pack(">II", GO, len(wanted))
            + wanted
        )
        size = 0
        while True:
            _, _, kind, length = struct.unpack(">QIII", self._receive(20))
            data = self._receive(length)
            if kind == REPLY_ACK:
                return size
            if kind != REPLY_INFO:
                raise EngineError(f"{self._name}: {data.decode(errors='replace') or hex(kind)}")
            if struct.unpack_from(">H", data)[0] == INFO_EXPORT:
                _, size, _ = struct.unpack(">HQH", data)

    def _request(
        self,
        kind: int,
        offset: int,
        length: int,
        *,
        flags: int = 0,
        data: bytes = b"",
        answer: int = 0,
    ) -> bytes:
        self._send(struct.pack(">IHHQQI", REQUEST_MAGIC, flags, kind, 0, offset, length) + data)
        magic, code, _ = struct.unpack(">IIQ", self._receive(16))
        if magic != REPLY_MAGIC:
            raise EngineError(f"{self._name}: the server does not speak NBD")
        if code:
            raise EngineError(f"{self._name}: {os.strerror(code)}")
        return self._receive(answer)

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise SilentError(f"{self._name}: the disk does not answer") from error
        except OSError as error:
            raise EngineError(f"{self._name}: {error.strerror}") from error

    def _receive(self, length: int) -> bytes:
        pieces, left = [], length
        while left:
            try:
                piece = self._socket.recv(left)
            except TimeoutError as error:
                raise SilentError(f"{self._name}: the disk does not answer") from error
            except OSError as error:
                raise EngineError(f"{self._name}: {error.strerror}") from error
            if not piece:
                raise EngineError(f"{self._name}: the server has closed the connection")
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)
