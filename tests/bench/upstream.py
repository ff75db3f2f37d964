"""What upstream takes for the same work, and how much of that Warren aims at.

The figures are medians of xen-api 26.17 with its simulated xenopsd, in ms, from rounds in
turns with Warren's on an idle machine with two processors. On another machine they are scaled by
`calibration`: a little work of the kind that a server does, in Python, which was timed on that
machine, too.
"""

import json
import socket
import time
from dataclasses import dataclass

CALIBRATION_MS = 7.3
"""What `calibration` gave on the machine of the figures."""

TURNS, ROUNDS, PIECE = 100, 50, 65536


@dataclass(frozen=True)
class Aim:
    """The aim is ``ratio`` times ``upstream_ms``, or times what ``like`` takes in the same run."""

    ratio: float
    upstream_ms: float | None = None
    like: str | None = None


LARGE = ", large pool"
ALL_VMS = "VM.get_all_records, 1000 VMs"
AIMS = {
    ("VM.get_uuid, XML", 1): Aim(1.0, 0.13),
    ("VM.get_uuid, XML", 8): Aim(0.8, 0.75),
    ("VM.get_record, JSON", 1): Aim(1.0, 0.14),
    ("VM.get_record, JSON", 8): Aim(0.5, 1.1),
    (f"{ALL_VMS}, JSON", 1): Aim(0.02, 112.0),
    (f"{ALL_VMS}, XML", 1): Aim(0.05, 118.0),
    ("VM.get_all, 1000 VMs, XML", 1): Aim(0.5, 0.69),
    ("log in and out", 1): Aim(1.5, 0.37),
    ("log in and out", 8): Aim(1.0, 2.0),
    ("log in and out", 32): Aim(1.0, 9.9),
    ("change → event.from", 1): Aim(0.2, 31.0),
    ("VM.set_name_description", 1): Aim(3.0, 0.18),
    ("VM.set_name_description", 8): Aim(1.0, 1.3),
    ("VM.set_name_description", 32): Aim(1.0, 4.0),
    ("VM.create", 1): Aim(2.0, 0.77),
    ("VM.clone", 1): Aim(1.5, 1.9),
    ("VM.destroy", 1): Aim(2.0, 0.96),
    ("VM.get_allowed_VBD_devices", 1): Aim(1.2, like="VM.get_record, JSON"),
    ("VM.start", 1): Aim(1.0, 33.0),
    ("VM.start", 8): Aim(0.7, 210.0),
    ("VM.hard_shutdown", 1): Aim(1.0, 18.0),
    ("VM.hard_shutdown", 8): Aim(0.7, 110.0),
}

MORE_IN_A_LARGE_POOL = 1.2
AIMS |= {
    (f"{name}{LARGE}", 1): Aim(MORE_IN_A_LARGE_POOL, like=name)
    for name, in_flight in list(AIMS)
    if in_flight == 1
}


def calibration() -> float:
    """Milliseconds of a processor for a fixed piece of work: JSON that goes through a socket.

    The least of several rounds, since other work on the machine only ever makes it dearer.
    """
    here, there = socket.socketpair()
    record = {f"field {number}": ["text"] * 8 for number in range(60)}
    with here, there:
        return min(_round(here, there, record) for _ in range(ROUNDS))


def _round(here: socket.socket, there: socket.socket, record: object) -> float:
    began = time.process_time()
    for _ in range(TURNS):
        text = json.dumps(record).encode()
        here.sendall(text)
        answer = b""
        while len(answer) < len(text):
            answer += there.recv(PIECE)
        json.loads(answer)
    return (time.process_time() - began) * 1000
