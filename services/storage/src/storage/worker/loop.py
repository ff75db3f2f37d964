"""What an SR's process does: it takes calls from its daemon, and ends with it."""

import ctypes
import json
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from storage.drivers.driver import AttachedSR, Driver
from storage.worker.wire import METHODS, READS, refusal

log = logging.getLogger(__name__)

READERS = 4
PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Have the kernel end this process when the thread ends that started it."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it ended before


class Loop:
    """Runs the calls of one SR: reads beside each other, changes one after the other."""

    def __init__(self, driver: Driver, channel: socket.socket) -> None:
        self._driver = driver
        self._channel = channel
        self._sr: AttachedSR | None = None
        self._sending = threading.Lock()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reads")
        self._changes = ThreadPoolExecutor(1, thread_name_prefix="changes")

    def run(self) -> None:
        """Take calls until the daemon hangs up."""
        with self._channel.makefile("rb") as lines:
            for line in lines:
                call = json.loads(line)
                pool = self._readers if call["method"] in READS else self._changes
                pool.submit(self._answer, call)

    def _answer(self, call: dict[str, Any]) -> None:
        try:
            said = {"result": self._do(call["method"], call["params"])}
        except Exception as error:  # the daemon is told, and tells the caller
            said = refusal(error)
            if "bug" in said:
                log.exception("%s failed", call["method"])
        with self._sending:
            self._channel.sendall(json.dumps({"id": call["id"], **said}).encode() + b"\n")

    def _do(self, method: str, params: dict[str, Any]) -> Any:
        signature = METHODS[method]
        result = signature.call(self._function(method), params)
        if method == "attach":
            self._sr = result
        return signature.encode_result(result)

    def _function(self, method: str) -> Callable[..., Any]:
        of, _, name = method.rpartition(".")
        if not of:
            return getattr(self._driver, name)  # type: ignore[no-any-return]
        if self._sr is None:
            raise RuntimeError("the SR is not attached")
        return getattr(self._sr, name)  # type: ignore[no-any-return]


def serve(driver: Driver, descriptor: int, parent: int) -> None:
    """Serve until the daemon ends; then this process ends, even if calls of it hang."""
    end_with(parent)
    Loop(driver, socket.socket(fileno=descriptor)).run()
    os._exit(0)
