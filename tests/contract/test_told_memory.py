"""A guest's memory is told although nobody asked for an operation."""

import queue
import threading
from pathlib import Path
from typing import Any

from daemon.queues import Queues
from daemon.tasks import RunningTask
from xenopsd import operations
from xenopsd.atomics import VmUnpause

from tests.contract.backend import simulated
from tests.faults.atomic_host import add_vm, frontend_of, host_in
from tests.faults.dies import DyingRunner


def test_what_moved_before_the_first_look_is_told(tmp_path: Path) -> None:
    told: queue.Queue[Any] = queue.Queue()
    with simulated(tmp_path) as backend:
        host, stop = host_in(tmp_path), threading.Event()
        vm = add_vm(host, backend)
        metadata = host.journal.metadata(vm)
        plan = (*operations.start(metadata), VmUnpause(metadata.vm))
        DyingRunner(host, -1).run(plan, RunningTask("start", "test"), vm)
        frontend = frontend_of(host, tmp_path, Queues(2), told.put)
        watching = threading.Thread(target=frontend.watcher.follow, args=(stop,))
        watching.start()
        try:
            body = told.get(timeout=60.0)
        finally:
            stop.set()
            watching.join()
    assert body["id"] == vm
    assert body["state"]["memory_actual"] > 0
