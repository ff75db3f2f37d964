"""Device names and numbers, and where a domain's nodes are in xenstore."""

import re
from string import ascii_lowercase

from xenops.errors import XenopsError

# States of a device's two ends (xen/io/xenbus.h).
WAITING, CONNECTED, CLOSING, CLOSED = "2", "4", "5", "6"

DISK = re.compile(r"(xvd|hd|sd)([a-z]+)")


def disk_number(name: str) -> int:
    """The number of a block device, as Xen's frontends count them; raises XenopsError."""
    match = DISK.fullmatch(name)
    if match is None:
        raise XenopsError("Internal_error", f"{name} is no name of a disk device")
    kind, letters = match.groups()
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("a") + 1
    index -= 1
    if kind == "hd":
        return (3 << 8 if index < 2 else 22 << 8) | ((index % 2) << 6)
    if kind == "sd":
        return 8 << 8 | index << 4
    return 202 << 8 | index << 4 if index < 16 else 1 << 28 | index << 8


def ide_position(name: str) -> int:
    """Which drive a disk device is to a guest that sees no other kind: 0 for ``xvda``."""
    letters = name[-1:]
    return ord(letters) - ord("a") if len(name) == len("xvda") else len(ascii_lowercase)


def domain(domid: int) -> str:
    return f"/local/domain/{domid}"


def trusted(domid: int) -> str:
    """The part of a domain's nodes that its guest cannot write."""
    return f"/xenops/domain/{domid}"


def frontend(domid: int, kind: str, device: int) -> str:
    return f"{domain(domid)}/device/{kind}/{device}"


def backend(domid: int, kind: str, device: int) -> str:
    return f"/local/domain/0/backend/{kind}/{domid}/{device}"


def active(vm: str, kind: str, device: str) -> str:
    """Says that a device belongs to the running VM, plugged or not."""
    return f"/vm/{vm}/devices/{kind}/{device}"


def private(vm: str, kind: str, device: int) -> str:
    return f"/xapi/{vm}/private/{kind}/{device}"
