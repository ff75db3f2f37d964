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


def open_log(log_dir: str | None) -> None:
    """Keep the log in ``log_dir``; without one it goes where the other logs go."""
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
    """What was recorded from a time on, or the beginning of one; oldest first, in blocks of lines.

    Nothing where the log goes where the other logs go.
    """
    earliest = since.replace("-", "").replace("Z", "").encode()
    with contextlib.ExitStack() as stack:
        # All are opened first: while they are read, they may become older by name.
        files = [stack.enter_context(path.open("rb")) for path in _files() if path.exists()]
        for file in files:
            while lines := file.readlines(BLOCK_BYTES):
                yield b"".join(line for line in lines if _time(line) >= earliest)


def _time(line: bytes) -> bytes:
    """When a line was written, by its first member; earlier versions did not say."""
    return line[len(TIME) :][:STAMP] if line.startswith(TIME) else b""


def _files() -> list[Path]:
    """Where the log is, the oldest first."""
    kept = [handler for handler in AUDIT.handlers if isinstance(handler, telemetry.BoundedFile)]
    newest = [Path(handler.baseFilename) for handler in kept]
    numbers = range(FILES_KEPT, 0, -1)
    return [path.with_name(f"{path.name}.{n}") for path in newest for n in numbers] + newest


def write(message: Message, params: list[Any], subject: str, outcome: str) -> None:
    """Record a call that changes something, or was refused."""
    said = [
        "<secret>" if message.secret or isinstance(param.type, SecretType) else value
        for param, value in zip(message.params, params, strict=False)
    ]
    _tell(subject=subject, call=message.wire, params=said, outcome=outcome)


def append(line: str) -> None:
    """Record what a member tells, as it tells it."""
    _tell(member=line)


def _tell(**said: Any) -> None:
    at = datetime.now(UTC)
    line = {"time": f"{at:%Y%m%dT%H:%M:%S}.{at.microsecond // 1000:03}Z", **said}
    AUDIT.info("%s", json.dumps(line, default=str, ensure_ascii=False))
