"""``python -m tests.faults.dies FOLDER VM WIRE ATOMIC [AGE_S]``: dies before an atomic.

The process is killed as a crash would, with no handler and no ``finally`` run. It ends with 0 when
the operation has fewer atomics.
"""

import itertools
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from daemon.journal import Operation
from daemon.runner import Runner
from daemon.tasks import RunningTask
from xenops.types import Disk
from xenopsd import checks, operations
from xenopsd.atomics import Atomic, VmUnpause
from xenopsd.host import Host
from xenopsd.operations import Plan
from xenopsd.updates import Updates
from xenports.hypervisor import REBOOT

from tests.faults.atomic_host import IMAGE, Listener, host_in


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


OWN = "its guest's reboot"


def reboot_itself(host: Host, vm: str, number: int) -> None:
    """Its guest reboots, which nobody has asked for."""
    checks.REBOOT_DELAY_S = 0.0
    host.domains.hypervisor.shutdown(host.domains.get(vm).domid, REBOOT)
    runner = DyingRunner(host, number)
    listener: Any = Listener()
    checks.Checks(host, runner, Updates(listener, host, dict)).check(vm)


PARAMS: dict[str, dict[str, Any]] = {
    "VM.start": {"paused": False},
    "VM.reboot": {"delay": None},
    "VM.shutdown": {"delay": None},
}


def main() -> None:
    folder, vm, wire, number, *age_s = sys.argv[1:]
    host = host_in(Path(folder))
    said = {"id": vm, "debug_info": "dies"}
    image = {"suspend_vdi": ["VDI", IMAGE]} if wire in ("VM.suspend", "VM.resume") else {}
    params = {**said, **PARAMS.get(wire, {}), **image}
    body = {"method": wire, "params": [params]}
    if wire == OWN:
        reboot_itself(host, vm, int(number))
        return
    host.journal.begin(Operation("operation", wire, vm, body, "dies", time.time() - float(*age_s)))
    host.note_begun(vm, host.domains.find(vm), "operation")
    DyingRunner(host, int(number)).run(plan(host, vm, wire), RunningTask("operation", "dies"), vm)
    host.journal.end("operation", {"done": True})


if __name__ == "__main__":
    main()
