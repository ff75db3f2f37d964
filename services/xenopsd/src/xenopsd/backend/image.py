"""The suspend image: a signature, then records of (type, length) and a body.

The format is upstream's, so that its tools recognise a file. The memory is the body of the record
``LIBXC``; it marks its own end, so its length is given as 0.
"""

import re
import struct
import time
from typing import BinaryIO

from xenops.errors import XenopsError

SIGNATURE = b"XenSavedDomv2-\n"
HEAD = struct.Struct("<qq")
XENOPS, LIBXC, HARDWARE, END_OF_IMAGE = 0x000F, 0x00F0, 0x0F00, 0xFFFF
BODY_BYTES_MAX = 16 * 1024 * 1024
SIZE = re.compile(rb"\(pages_kib (\d{1,12})\)\(target_kib (\d{1,12})\)")


def write_head(stream: BinaryIO, vm: str, pages_kib: int, target_kib: int) -> None:
    """Write all that comes before the memory, with the pages that a restored guest must get."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    body = f"((time {now})(vm_str {vm})(pages_kib {pages_kib})(target_kib {target_kib}))".encode()
    stream.write(SIGNATURE + HEAD.pack(XENOPS, len(body)) + body + HEAD.pack(LIBXC, 0))


def write_tail(stream: BinaryIO, hardware: bytes | None) -> None:
    """Write all that comes after the memory: the device model's state, if there is one."""
    if hardware is not None:
        stream.write(HEAD.pack(HARDWARE, len(hardware)) + hardware)
    stream.write(HEAD.pack(END_OF_IMAGE, 0))
    stream.flush()


def read_head(stream: BinaryIO, vm: str) -> tuple[int, int] | None:
    """Read up to the memory; raises XenopsError if it is not a suspend image.

    Returns the guest's pages and target in KiB, None if the image does not have them.
    """
    if stream.read(len(SIGNATURE)) != SIGNATURE:
        raise _corrupt(vm, "it has no signature of a suspend image")
    head = b""
    while True:
        kind, length = _head(stream, vm)
        if kind == LIBXC:
            sizes = SIZE.search(head)
            return None if sizes is None else (int(sizes[1]), int(sizes[2]))
        if kind != XENOPS:
            raise _corrupt(vm, f"record type {kind:#x} stands before the memory")
        head = _body(stream, vm, length)


def read_tail(stream: BinaryIO, vm: str) -> bytes | None:
    """Read the device model's state, if any; raises XenopsError if the image is cut off."""
    hardware = None
    while True:
        kind, length = _head(stream, vm)
        if kind == END_OF_IMAGE:
            return hardware
        if kind != HARDWARE:
            raise _corrupt(vm, f"record type {kind:#x} stands where the end should be")
        hardware = _body(stream, vm, length)


def _body(stream: BinaryIO, vm: str, length: int) -> bytes:
    if not 0 <= length <= BODY_BYTES_MAX:
        raise _corrupt(vm, f"a record has {length} bytes")
    body = stream.read(length)
    if len(body) != length:
        raise _corrupt(vm, "it ends too early")
    return body


def _head(stream: BinaryIO, vm: str) -> tuple[int, int]:
    data = stream.read(HEAD.size)
    if len(data) != HEAD.size:
        raise _corrupt(vm, "it ends too early")
    kind, length = HEAD.unpack(data)
    return kind, length


def _corrupt(vm: str, reason: str) -> XenopsError:
    return XenopsError("Internal_error", f"the suspend image of VM {vm} cannot be read: {reason}")
