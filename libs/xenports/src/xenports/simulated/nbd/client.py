"""A connection to one NBD export. It is never made anew: a dead server is an error for good."""

import itertools
import socket
import struct
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field

from xenports.simulated.nbd import wire
from xenports.simulated.nbd.address import Address
from xenports.simulated.nbd.wire import Channel, Extent, NbdError, NbdGone

REQUEST_MAX = 32 << 20
"""The most bytes that one read or write may have."""
BLOCK_STATUS_MAX = 1 << 30
"""How far one question for block status may reach."""
HANDSHAKE_S = 10.0


@dataclass
class _Asked:
    """A request whose reply has not come to its end."""

    command: int
    offset: int
    data: bytearray
    result: "Future[None]" = field(default_factory=Future)
    extents: list[Extent] = field(default_factory=list)
    failure: NbdError | None = None


class Reply:
    """The reply to a request that is under way."""

    def __init__(self, client: "Client", asked: _Asked) -> None:
        self._client = client
        self._asked = asked

    def wait(self) -> None:
        """Return once the server has done it; raises NbdError, NbdGone."""
        try:
            self._asked.result.result(self._client.limit_s)
        except TimeoutError:
            self._client.end(f"no reply within {self._client.limit_s} s")
            self._asked.result.result()

    def data(self) -> bytes:
        """What was read."""
        self.wait()
        return bytes(self._asked.data)

    def extents(self) -> list[Extent]:
        self.wait()
        return self._asked.extents


class Client:
    """All methods may be called from any thread; they raise NbdError, NbdGone.

    ``read`` and its like return when the server has answered; ``begin_read`` and its like return at
    once, so that several requests can be under way. A reply that takes longer than ``limit_s`` ends
    the connection; without a limit it is waited for as long as the server lives.
    """

    def __init__(self, channel: Channel, export: str, limit_s: float | None = None) -> None:
        self.limit_s = limit_s
        self._channel = channel
        try:
            self._export = wire.handshake(channel, export)
        except (OSError, EOFError, struct.error) as error:
            raise NbdGone(f"the server did not open {export!r}: {error}") from error
        self._cookies = itertools.count(1)
        self._asked: dict[int, _Asked] = {}
        self._state = threading.Lock()
        self._sending = threading.Lock()
        self._gone: str | None = None
        self._reader = threading.Thread(target=self._read_replies, name="nbd", daemon=True)

    def start(self) -> None:
        """Begin to hear replies, once the channel has no time limit of its own any more."""
        self._reader.start()

    @property
    def size(self) -> int:
        return self._export.size

    @property
    def read_only(self) -> bool:
        return bool(self._export.flags & wire.READ_ONLY)

    @property
    def gone(self) -> str | None:
        """Why the connection has ended; None while it has not."""
        return self._gone

    # --- requests ---------------------------------------------------------------------------

    def read(self, offset: int, length: int) -> bytes:
        return self.begin_read(offset, length).data()

    def write(self, offset: int, data: bytes, *, fua: bool = False) -> None:
        """With ``fua`` the bytes are on stable storage when this returns."""
        self.begin_write(offset, data, fua=fua).wait()

    def flush(self) -> None:
        """All writes that were answered before this began are on stable storage when it returns."""
        self._ask(wire.FLUSH, 0, 0).wait()

    def trim(self, offset: int, length: int) -> None:
        self._ask(wire.TRIM, offset, length).wait()

    def zero(self, offset: int, length: int, *, allocate: bool = False) -> None:
        """Have a range read as zeros, with ``allocate`` without giving its space back."""
        flags = wire.NO_HOLE if allocate else 0
        self._ask(wire.WRITE_ZEROES, offset, length, flags=flags).wait()

    def allocation(self, offset: int, length: int) -> list[Extent]:
        """What is allocated from this offset on; the server may answer for a part of it."""
        if self._export.context is None:
            raise NbdError("the server does not tell block status")
        return self._ask(wire.BLOCK_STATUS, offset, min(length, BLOCK_STATUS_MAX)).extents()

    def begin_read(self, offset: int, length: int) -> Reply:
        return self._ask(wire.READ, offset, length)

    def begin_write(self, offset: int, data: bytes, *, fua: bool = False) -> Reply:
        flags = wire.FUA if fua else 0
        return self._ask(wire.WRITE, offset, len(data), data=data, flags=flags)

    def close(self) -> None:
        """Take leave of the server. What was not flushed may be lost."""
        with suppress(OSError), self._sending:
            self._channel.sendall(wire.request(wire.DISCONNECT, next(self._cookies), 0, 0))
        self.end("it was closed")

    def _ask(
        self, command: int, offset: int, length: int, *, data: bytes = b"", flags: int = 0
    ) -> Reply:
        if command in (wire.READ, wire.WRITE) and length > REQUEST_MAX:
            raise NbdError(f"{length} bytes are too many for one request")
        asked = _Asked(command, offset, bytearray(length if command == wire.READ else 0))
        with self._state:
            if self._gone is not None:
                raise NbdGone(f"the connection has ended: {self._gone}")
            cookie = next(self._cookies)
            self._asked[cookie] = asked
        try:
            with self._sending:
                self._channel.sendall(wire.request(command, cookie, offset, length, flags) + data)
        except OSError as error:
            self.end(str(error))
        return Reply(self, asked)

    # --- replies ----------------------------------------------------------------------------

    def end(self, why: str) -> None:
        """End the connection: whatever is under way, and all that follows, fails with NbdGone."""
        with self._state:
            self._gone = self._gone or why
            left, self._asked = self._asked, {}
        with suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)
        for asked in left.values():
            asked.result.set_exception(NbdGone(f"the connection has ended: {self._gone}"))

    def _read_replies(self) -> None:
        why = "its replies are not read any more"
        try:
            while True:
                self._read_reply()
        except (OSError, EOFError, ValueError, struct.error) as error:
            why = str(error)
        finally:
            self.end(why)
            self._channel.close()

    def _read_reply(self) -> None:
        """One reply, or one chunk of a reply; raises ValueError if it makes no sense."""
        magic = wire.MAGIC.unpack(wire.exactly(self._channel, wire.MAGIC.size))[0]
        if magic == wire.SIMPLE_MAGIC:
            errno, cookie = wire.SIMPLE.unpack(wire.exactly(self._channel, wire.SIMPLE.size))
            asked = self._asked_with(cookie)
            if errno:
                asked.failure = NbdError(_NAMES[asked.command], errno)
            elif asked.command == wire.READ:
                wire.fill(self._channel, memoryview(asked.data))
            self._ended(cookie, asked)
        elif magic == wire.CHUNK_MAGIC and self._export.structured:
            head = wire.exactly(self._channel, wire.CHUNK.size)
            flags, kind, cookie, length = wire.CHUNK.unpack(head)
            asked = self._asked_with(cookie)
            self._take_chunk(asked, kind, length)
            if flags & wire.DONE:
                self._ended(cookie, asked)
        else:
            raise ValueError("the server's reply is none")

    def _take_chunk(self, asked: _Asked, kind: int, length: int) -> None:
        if kind == wire.DATA:
            offset = wire.OFFSET.unpack(wire.exactly(self._channel, wire.OFFSET.size))[0]
            wire.fill(self._channel, _part(asked, offset, length - wire.OFFSET.size))
            return
        if length > wire.CHUNK_BYTES_MAX:
            raise ValueError(f"a chunk has {length} bytes")
        body = wire.exactly(self._channel, length)
        if kind & wire.ERROR:
            errno, said = wire.ERROR_CHUNK.unpack_from(body)
            text = body[wire.ERROR_CHUNK.size :][:said].decode(errors="replace")
            what = _NAMES[asked.command]
            asked.failure = NbdError(f"{what}: {text}" if text else what, errno)
        elif kind == wire.HOLE:
            _part(asked, *wire.HOLE_CHUNK.unpack(body))  # the memory is zero already
        elif kind == wire.STATUS and wire.MAGIC.unpack_from(body)[0] == self._export.context:
            asked.extents = wire.extents(asked.offset, body[wire.MAGIC.size :])
        elif kind != wire.NOTHING:
            raise ValueError(f"the server's reply has a chunk of type {kind}")

    def _asked_with(self, cookie: int) -> _Asked:
        with self._state:
            if cookie not in self._asked:
                raise ValueError("the server replied to what was not asked")
            return self._asked[cookie]

    def _ended(self, cookie: int, asked: _Asked) -> None:
        with self._state:
            if self._asked.pop(cookie, None) is None:
                return  # the connection has ended meanwhile, and so has this
        if asked.failure is not None:
            asked.result.set_exception(asked.failure)
        else:
            asked.result.set_result(None)


def connect(address: Address | str, limit_s: float | None = None) -> Client:
    """Open an export; raises NbdError, NbdGone, and ValueError for an address that is none."""
    where = Address.read(address) if isinstance(address, str) else address
    try:
        connection = _connection(where)
    except OSError as error:
        raise NbdGone(f"{where} is not there: {error}") from error
    try:
        client = Client(connection, where.export, limit_s)
    except NbdError:
        connection.close()
        raise
    connection.settimeout(None)
    if limit_s is not None:
        # The reader waits for replies as long as it likes, but nobody waits to be heard for ever.
        limit = struct.pack("ll", int(limit_s), int(limit_s % 1 * 1_000_000))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
    client.start()
    return client


def _connection(where: Address) -> socket.socket:
    """A connection that waits no longer than a handshake may take; raises OSError."""
    if not isinstance(where.at, str):
        connection = socket.create_connection(where.at, HANDSHAKE_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(HANDSHAKE_S)
    try:
        connection.connect(where.at)
    except OSError:
        connection.close()
        raise
    return connection


def _part(asked: _Asked, offset: int, length: int) -> memoryview:
    """The part of what was asked for that a chunk tells."""
    start = offset - asked.offset
    if asked.command != wire.READ or start < 0 or not 0 < length <= len(asked.data) - start:
        raise ValueError("the server told what was not asked")
    return memoryview(asked.data)[start : start + length]


_NAMES = {
    wire.READ: "read",
    wire.WRITE: "write",
    wire.FLUSH: "flush",
    wire.TRIM: "trim",
    wire.WRITE_ZEROES: "write zeroes",
    wire.BLOCK_STATUS: "block status",
}
