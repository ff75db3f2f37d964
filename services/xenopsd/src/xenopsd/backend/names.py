"""Device names and numbers, and where a domain's nodes are in xenstore."""

import re
from string import ascii_lowercase

from xenops.errors import XenopsError, internal_error

# States of a device's two ends (xen/io/xenbus.h).
WAITING, CONNECTED, CLOSING, CLOSED = "2", "4", "5", "6"

DISK = re.compile(r"(xvd|hd|sd|fd)([a-z]{1,3})")
IDE_MAJORS = (3, 22)
KINDS_MAX = {"xvd": 1 << 20, "hd": 2 * len(IDE_MAJORS), "sd": 16, "fd": 2}
"""How many devices of each kind can be numbered."""

NO_DRIVE = KINDS_MAX["xvd"]
"""The position of a disk that is not an emulated drive."""

# The limits of xenstored (xs_wire.h, docs/misc/xenstore.txt): for a path below a domain's, and for
# a path with its value.
PATH = re.compile(r"(/[A-Za-z0-9@_-]+)+")
PATH_BYTES_MAX, PAYLOAD_BYTES_MAX = 2048, 4096
DOMID_MAX = 32767
# A name is for people, who need no more than this.
NAME_BYTES_MAX = 1024


def disk_number(name: str) -> int:
    """A block device's number, as Xen's front ends count them; raises XenopsError."""
    number = find_disk_number(name)
    if number is None:
        raise XenopsError("Internal_error", f"{name} is not the name of a disk device")
    return number


def find_disk_number(name: str) -> int | None:
    """A block device's number; None for a wrong name, whose device was never plugged."""
    parsed = _parsed(name)
    match parsed:
        case None:
            return None
        case "hd", index:
            return IDE_MAJORS[index // 2] << 8 | index % 2 << 6
        case "sd", index:
            return 8 << 8 | index << 4
        case "fd", index:
            return 203 << 8 | index << 4
        case _, index:
            return 202 << 8 | index << 4 if index < 16 else 1 << 28 | index << 8


def _parsed(name: str) -> tuple[str, int] | None:
    """The kind and the index that a device's name stands for."""
    match = DISK.fullmatch(name)
    if match is None:
        return None
    kind, letters = match.groups()
    index = -1
    for letter in letters:
        index = (index + 1) * len(ascii_lowercase) + ord(letter) - ord("a")
    return (kind, index) if index < KINDS_MAX[kind] else None


def ide_position(name: str) -> int:
    """A disk's position among the drives of an emulated machine: 0 for ``xvda``."""
    parsed = _parsed(name)
    return NO_DRIVE if parsed is None or parsed[0] == "fd" else parsed[1]


def shown(name: str) -> str:
    """A VM's name, as its domain has it."""
    return name.encode(errors="replace")[:NAME_BYTES_MAX].decode(errors="ignore")


def require_writable(what: str, path: str, value: str) -> None:
    """Raise XenopsError for a domain's node that xenstored would refuse.

    ``path`` is below the domain's own; ``what`` names the node to people.
    """
    if not PATH.fullmatch(path):
        raise internal_error(f"{what} is not a path that xenstore accepts")
    if len(path) > PATH_BYTES_MAX:
        raise internal_error(f"{what} is a path of more than {PATH_BYTES_MAX} bytes")
    room = PAYLOAD_BYTES_MAX - len(domain(DOMID_MAX) + path) - 1
    try:
        length = len(value.encode())
    except UnicodeEncodeError as error:
        raise internal_error(f"{what} has a value that is not text: {error.reason}") from error
    if length > room:
        raise internal_error(f"{what} has a value of {length} bytes: xenstore takes {room}")


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
    """The node that marks a device as the running VM's, plugged or not."""
    return f"/vm/{vm}/devices/{kind}/{device}"


def private(vm: str, kind: str, device: int) -> str:
    return f"/xapi/{vm}/private/{kind}/{device}"
