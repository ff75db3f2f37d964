"""Events of block devices, which the kernel sends over netlink as they happen."""

import errno
import socket
from pathlib import Path

NETLINK_KOBJECT_UEVENT = 15
FROM_KERNEL = 1
MESSAGE_BYTES_MAX = 1 << 16
BUFFER_BYTES = 1 << 20
MAP = "mpath-"
"""What precedes the SCSI id in the device mapper's name for a multipath map."""

Uevent = dict[str, str]


def parse(message: bytes) -> Uevent:
    """The variables of a message: ``action@path``, then ``KEY=value``, each ended by a NUL."""
    pairs = (part.partition("=") for part in message.decode(errors="replace").split("\0")[1:])
    return {key: value for key, separator, value in pairs if separator}


def is_of_a_map(uevent: Uevent, sysfs: Path) -> bool:
    """Whether an event may be of a multipath map; if its device is gone, it may always be."""
    name = uevent.get("DEVNAME", "").removeprefix("/dev/")
    if uevent.get("SUBSYSTEM") != "block" or not name.startswith("dm-"):
        return False
    try:
        uuid = uevent.get("DM_UUID") or (sysfs / "block" / name / "dm" / "uuid").read_text()
    except OSError:
        return True
    return uuid.startswith(MAP)


class Uevents:
    """The kernel's uevents from now on; a socket that ``select`` can wait for."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, NETLINK_KOBJECT_UEVENT)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._socket.bind((0, FROM_KERNEL))
        self._socket.setblocking(False)

    def fileno(self) -> int:
        return self._socket.fileno()

    def heard(self) -> tuple[list[Uevent], bool]:
        """The events that came, and whether some were lost because too many came."""
        events: list[Uevent] = []
        lost = False
        while True:
            try:
                message, (sender, _) = self._socket.recvfrom(MESSAGE_BYTES_MAX)
            except BlockingIOError:
                return events, lost
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                lost = True
                continue
            if sender == 0:  # only the kernel is believed, though other processes may send too
                events.append(parse(message))
