"""Frames between xenopsd and the simulated Xen: a JSON object, then the bytes that it announces."""

import socket
import struct
from typing import Any

import msgspec

HEAD = struct.Struct(">II")


class Ended(Exception):
    """The other side closed the connection."""


def send(connection: socket.socket, message: dict[str, Any], data: bytes | bytearray = b"") -> None:
    body = msgspec.json.encode(message)
    connection.sendall(HEAD.pack(len(body), len(data)) + body)
    if data:
        connection.sendall(data)


def receive(connection: socket.socket) -> tuple[dict[str, Any], bytearray]:
    """The next frame; raises Ended when there is none."""
    length, extra = HEAD.unpack(_exactly(connection, HEAD.size))
    message: dict[str, Any] = msgspec.json.decode(_exactly(connection, length))
    return message, _exactly(connection, extra)


def _exactly(connection: socket.socket, size: int) -> bytearray:
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    while got < size:
        count = connection.recv_into(view[got:])
        if count == 0:
            raise Ended
        got += count
    return buffer
