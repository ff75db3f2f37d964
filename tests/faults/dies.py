"""``python -m tests.faults.dies FOLDER VM WIRE ATOMIC``: an operation that dies before an atomic.

The process is killed as a crash would, with no handler and no ``finally`` run. It ends with 0 when
the operation has fewer atomics.
"""

import itertools
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from daemon.journal import Operation
from daemon.runner import Runner
from daemon.tasks import RunningTask
from xenops.types import Disk
from xenopsd import operations
from xenopsd.atomics import Atomic, VmUnpause
from xenopsd.host import Host
from xenopsd.operations import Plan

from tests.faults.atomic_host import IMAGE, host_in


class DyingRunner(Runner[Host]):
    """Dies when it comes to the atomic of this number."""

    def __init__(self, host: Host, number: int) -> None:
        super().__init__(host, ThreadPoolExecutor(1), "dies")
        self._number = number
        self._seen = itertools.count()
        self._lock = threading.Lock()

    def _atomic(self, atomic: Atomic, task: RunningTask, vm: str) -> None:
        with self._lock:
            if next(self._seen) == self._number:
                os.kill(os.getpid(), signal.SIGKILL)
        super()._atomic(atomic, task, vm)


def plan(host: Host, vm: str, wire: str) -> Plan:
    found = host.journal.metadata(vm)
    plans = {
        "VM.start": lambda: (*operations.start(found), VmUnpause(found.vm)),
        "VM.shutdown": lambda: operations.poweroff(found, None),
        "VM.reboot": lambda: operations.reboot(found, None),
        "VM.suspend": lambda: operations.suspend(found, Disk("VDI", IMAGE)),
        "VM.resume": lambda: operations.resume(found, Disk("VDI", IMAGE)),
    }
    return plans[wire]()


def main() -> None:
    folder, vm, wire, number = sys.argv[1:]
    host = host_in(Path(folder))
    said = {"id": vm, "debug_info": "dies"}
    image = {"suspend_vdi": ["VDI", IMAGE]} if wire in ("VM.suspend", "VM.resume") else {}
    paused = {"paused": False} if wire == "VM.start" else {}
    body = {"method": wire, "params": [{**said, **image, **paused}]}
    host.journal.begin(Operation("operation", wire, vm, body, "dies"))
    if wire == "VM.start":
        host.note_start(vm, "operation")
    DyingRunner(host, int(number)).run(plan(host, vm, wire), RunningTask("operation", "dies"), vm)
    host.journal.end("operation", {"done": True})


if __name__ == "__main__":
    main()
