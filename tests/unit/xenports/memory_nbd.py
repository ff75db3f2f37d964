"""An NBD server in memory: the far end of a channel, with faults that a test asks for."""

import errno
import queue
import struct
import threading
from collections.abc import Generator
from itertools import groupby

from xenports.simulated.nbd import Client, wire

BLOCK = 4096
Script = Generator[int, bytes, None]


class Server:
    """A disk of bytes, as `wire.Channel` of the client that it serves.

    ``cache`` has what was written since the last flush; ``refuse`` maps commands to the error that
    they get; a server that is ``silent`` takes requests and answers none; ``left`` is set once the
    client has taken leave.
    """

    def __init__(
        self, size: int = 1 << 20, *, structured: bool = True, read_only: bool = False
    ) -> None:
        self.disk = bytearray(size)
        self.flushed = bytearray(size)
        self.refuse: dict[int, int] = {}
        self.silent = False
        self.left = threading.Event()
        self.asked: list[tuple[int, int, int, int]] = []
        self._structured, self._read_only = structured, read_only
        self._replies: queue.Queue[bytes] = queue.Queue()
        self._coming, self._left = b"", b""
        self._script = self._serve()
        self._wanted = next(self._script)

    def anew(self) -> "Server":
        """Another connection to the same disk."""
        other = Server(0, structured=self._structured, read_only=self._read_only)
        other.disk, other.flushed = self.disk, self.flushed
        return other

    # --- the channel ------------------------------------------------------------------------

    def sendall(self, data: bytes, /) -> None:
        self._coming += data
        while len(self._coming) >= self._wanted:
            part, self._coming = self._coming[: self._wanted], self._coming[self._wanted :]
            try:
                self._wanted = self._script.send(part)
            except StopIteration:
                self.hang_up()
                return

    def recv_into(self, buffer: memoryview, /) -> int:
        if not self._left:
            self._left = self._replies.get()
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def shutdown(self, how: int, /) -> None:
        self.hang_up()

    def close(self) -> None:
        pass

    def hang_up(self) -> None:
        self._replies.put(b"")

    def say(self, data: bytes) -> None:
        self._replies.put(data)

    # --- the server -------------------------------------------------------------------------

    def _serve(self) -> Script:
        self.say(b"NBDMAGICIHAVEOPT\0\3")
        yield wire.CLIENT_FLAGS.size
        option = 0
        while option != wire.GO:
            _, option, length = wire.OPTION.unpack((yield wire.OPTION.size))
            data = yield length
            self._answer_option(option, data)
        while True:
            _, flags, command, cookie, offset, length = wire.REQUEST.unpack(
                (yield wire.REQUEST.size)
            )
            data = (yield length) if command == wire.WRITE else b""
            if command == wire.DISCONNECT:
                self.left.set()
                return
            self.asked.append((command, flags, offset, length))
            if self.silent:
                continue
            number = self.refuse.get(command) or self._do(command, flags, offset, length, data)
            self._answer(command, cookie, offset, length, number)

    def _answer_option(self, option: int, data: bytes) -> None:
        def reply(kind: int, body: bytes = b"") -> None:
            head = wire.OPTION_REPLY.pack(wire.OPTION_REPLY_MAGIC, option, kind, len(body))
            self.say(head + body)

        if option == wire.GO:
            if data[4:-2] == b"nothing":
                reply(wire.REFUSED | 6, b"there is no such export")
                return
            flags = 1 | 4 | 8 | 32 | 64 | (wire.READ_ONLY if self._read_only else 0)
            reply(wire.INFO, wire.INFO_EXPORT.pack(0, len(self.disk), flags))
            reply(wire.ACK)
        elif not self._structured:
            reply(wire.REFUSED | 1)
        else:
            if option == wire.SET_META_CONTEXT:
                reply(wire.META_CONTEXT, struct.pack(">I", 7) + wire.CONTEXT)
            reply(wire.ACK)

    def _do(self, command: int, flags: int, offset: int, length: int, data: bytes) -> int:
        """The error that the client gets; 0 for none."""
        if offset + length > len(self.disk):
            return errno.EINVAL
        if command in (wire.WRITE, wire.TRIM, wire.WRITE_ZEROES):
            if self._read_only:
                return errno.EPERM
            end = offset + length
            self.disk[offset:end] = data or bytes(length)
            if flags & wire.FUA:
                self.flushed[offset:end] = self.disk[offset:end]
        if command == wire.FLUSH:
            self.flushed[:] = self.disk
        return 0

    def _answer(self, command: int, cookie: int, offset: int, length: int, number: int) -> None:
        data = bytes(self.disk[offset : offset + length]) if command == wire.READ else b""
        if not self._structured:
            head = wire.MAGIC.pack(wire.SIMPLE_MAGIC) + wire.SIMPLE.pack(number, cookie)
            self.say(head + (b"" if number else data))
            return

        def chunk(kind: int, body: bytes = b"", done: int = 0) -> None:
            head = wire.CHUNK.pack(done, kind, cookie, len(body))
            self.say(wire.MAGIC.pack(wire.CHUNK_MAGIC) + head + body)

        if number:
            chunk(wire.ERROR | 1, wire.ERROR_CHUNK.pack(number, 4) + b"no!!", wire.DONE)
            return
        if command == wire.BLOCK_STATUS:
            zero = [
                not any(self.disk[at : at + BLOCK]) for at in range(offset, offset + length, BLOCK)
            ]
            runs = [(len(list(run)) * BLOCK, 3 if is_zero else 0) for is_zero, run in groupby(zero)]
            body = b"".join(wire.STATUS_EXTENT.pack(*run) for run in runs)
            chunk(wire.STATUS, struct.pack(">I", 7) + body)
        for at in range(0, len(data), BLOCK):
            part = data[at : at + BLOCK]
            if any(part):
                chunk(wire.DATA, wire.OFFSET.pack(offset + at) + part)
            else:
                chunk(wire.HOLE, wire.HOLE_CHUNK.pack(offset + at, len(part)))
        chunk(wire.NOTHING, b"", wire.DONE)


def client(server: Server, limit_s: float | None = None) -> Client:
    made = Client(server, "disk", limit_s)
    made.start()
    return made
