"""Asks multipathd for its maps, over its unix socket.

Its protocol: each message is a length (8 bytes, native order) and a text that ends with a NUL.
"""

import contextlib
import socket
import struct

import msgspec
from xenops.multipath import Paths

# The answer for a thousand maps of eight paths has about 4 MB.
ANSWER_BYTES_MAX = 64 * 1024 * 1024
LOST = frozenset({"faulty", "shaky"})


class MultipathdError(Exception):
    """multipathd does not tell its maps."""


class Absent(MultipathdError):
    """multipathd does not run, or has hung."""


class Garbage(MultipathdError):
    """What multipathd said cannot be understood."""


class _Path(msgspec.Struct):
    dm_st: str
    chk_st: str
    dev_st: str = "running"

    @property
    def works(self) -> bool:
        return self.dm_st != "failed" and self.chk_st not in LOST and self.dev_st != "offline"


class _Group(msgspec.Struct):
    paths: list[_Path] = []


class _Map(msgspec.Struct):
    uuid: str
    path_groups: list[_Group] = []

    def counted(self) -> Paths:
        paths = [path for group in self.path_groups for path in group.paths]
        return Paths(sum(path.works for path in paths), len(paths))


class _Answer(msgspec.Struct):
    maps: list[_Map]


_decode = msgspec.json.Decoder(_Answer).decode


def parse_maps(answer: bytes) -> dict[str, Paths]:
    """The maps by SCSI id in the answer to ``show maps json``; raises Garbage."""
    try:
        return {map_.uuid: map_.counted() for map_ in _decode(answer).maps}
    except msgspec.DecodeError as error:
        raise Garbage(f"multipathd does not make sense ({error})") from error


class Multipathd:
    """A connection that is kept, since its end tells at once that multipathd is gone."""

    def __init__(self, path: str, timeout_s: float) -> None:
        """``path`` is that of its socket; if it begins with ``@``, the socket is abstract."""
        self._path = path.replace("@", "\0", 1) if path.startswith("@") else path
        self._timeout_s = timeout_s
        self._socket: socket.socket | None = None

    @property
    def sockets(self) -> list[socket.socket]:
        """The sockets that become readable if multipathd goes away or speaks unasked."""
        return [] if self._socket is None else [self._socket]

    def maps(self) -> dict[str, Paths]:
        """The present paths of every map, by its SCSI id; raises Absent or Garbage."""
        try:
            return parse_maps(self._ask(b"show maps json"))
        except OSError as error:
            self.close()
            raise Absent(f"multipathd does not answer ({error})") from error
        except Garbage:
            self.close()
            raise

    def close(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None

    def _ask(self, command: bytes) -> bytes:
        if self._socket is None:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._socket.settimeout(self._timeout_s)
            self._socket.connect(self._path)
        body = command + b"\0"
        self._socket.sendall(struct.pack("=Q", len(body)) + body)
        (length,) = struct.unpack("=Q", self._receive(8))
        if length > ANSWER_BYTES_MAX:
            raise Garbage(f"multipathd does not make sense (an answer of {length} bytes)")
        return self._receive(length).rstrip(b"\0")

    def _receive(self, length: int) -> bytes:
        assert self._socket is not None
        received = bytearray()
        while len(received) < length:
            more = self._socket.recv(min(length - len(received), 1 << 16))
            if not more:
                raise ConnectionError("it closed the connection")
            received += more
        return bytes(received)
