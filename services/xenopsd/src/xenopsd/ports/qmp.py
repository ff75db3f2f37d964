"""QEMU's Machine Protocol: commands to a device model, one at a time.

See docs/interop/qmp-intro.txt of QEMU: a greeting, then lines of JSON, with events in between.
"""

import json
import socket
from pathlib import Path
from types import TracebackType
from typing import Any

ANSWER_TIMEOUT_S = 60.0


class QmpError(Exception):
    """The device model refused a command, or does not run."""


class Qmp:
    """A conversation over a unix socket; raises QmpError."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(ANSWER_TIMEOUT_S)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            raise QmpError(f"there is no device model at {path}: {error.strerror}") from error
        self._lines = self._socket.makefile("rb")
        self._read("QMP")
        self.execute("qmp_capabilities")

    def __enter__(self) -> "Qmp":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lines.close()
        self._socket.close()

    def execute(self, command: str, **arguments: Any) -> Any:
        """Run a command and return its answer."""
        request = {"execute": command, "arguments": arguments}
        try:
            self._socket.sendall(json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise QmpError(f"{command}: {error.strerror}") from error
        return self._read("return")

    def _read(self, word: str) -> Any:
        """The next line with this member, skipping events."""
        while True:
            try:
                line = self._lines.readline()
            except OSError as error:
                raise QmpError("the device model does not answer") from error
            if not line:
                raise QmpError("the device model has ended")
            message = json.loads(line)
            if "error" in message:
                raise QmpError(str(message["error"]["desc"]))
            if word in message:
                return message[word]
