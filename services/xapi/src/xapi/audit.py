"""The audit log: who was allowed or refused what, one JSON object a line, secrets left out."""

import contextlib
import json
import logging
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import telemetry
from datamodel.model import Message, SecretType

AUDIT = logging.getLogger("audit")
FILE_BYTES_MAX, FILES_KEPT = 20 * 1024 * 1024, 5
BLOCK_BYTES = 64 * 1024
TIME = b'{"time": "'
STAMP = len("20260101T00:00:00.000")
_encoded = json.JSONEncoder(default=str, ensure_ascii=False).encode


def open_log(log_dir: str | None) -> None:
    """Keep the log in ``log_dir``; without one, write it to where the other logs go."""
    AUDIT.setLevel(logging.INFO)
    if log_dir is None:
        return
    Path(log_dir).mkdir(parents=True, exist_ok=True)
    file = telemetry.BoundedFile(
        Path(log_dir) / "audit.jsonl", maxBytes=FILE_BYTES_MAX, backupCount=FILES_KEPT
    )
    file.setFormatter(logging.Formatter("%(message)s"))
    AUDIT.handlers[:] = [file]
    AUDIT.propagate = False


def recorded(since: str) -> Generator[bytes, None, None]:
    """What was recorded since a time, which may be cut short; oldest first, in blocks of lines.

    Nothing if the log has no ``log_dir``.
    """
    earliest = since.replace("-", "").replace("Z", "").encode()
    with contextlib.ExitStack() as stack:
        # All are opened first, since the log may rotate, and rename them, while they are read.
        files = [stack.enter_context(path.open("rb")) for path in _files() if path.exists()]
        for file in files:
            while lines := file.readlines(BLOCK_BYTES):
                yield b"".join(line for line in lines if _time(line) >= earliest)


def _time(line: bytes) -> bytes:
    """When a line was written, from its first member; earlier versions did not write it."""
    return line[len(TIME) :][:STAMP] if line.startswith(TIME) else b""


def _files() -> list[Path]:
    """The log's files, oldest first."""
    kept = [handler for handler in AUDIT.handlers if isinstance(handler, telemetry.BoundedFile)]
    newest = [Path(handler.baseFilename) for handler in kept]
    numbers = range(FILES_KEPT, 0, -1)
    return [path.with_name(f"{path.name}.{n}") for path in newest for n in numbers] + newest


def write(message: Message, params: list[Any], subject: str, outcome: str) -> None:
    """Record a call that changes something or was refused."""
    shown = [
        "<secret>" if message.secret or isinstance(param.type, SecretType) else value
        for param, value in zip(message.params, params, strict=False)
    ]
    _tell(subject=subject, call=message.wire, params=shown, outcome=outcome)


def append(line: str) -> None:
    """Record a line from a member of the pool, as it is."""
    _tell(member=line)


def _tell(**said: Any) -> None:
    if not AUDIT.isEnabledFor(logging.INFO):
        return
    at = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    line = {"time": f"{at.replace('-', '')}Z", **said}
    # Nearly every call is recorded: the logger's own way looks for its caller, which takes as long.
    AUDIT.handle(logging.LogRecord(AUDIT.name, logging.INFO, "", 0, _encoded(line), None, None))
