"""The audit log: who was allowed or refused what, one JSON object a line, secrets left out."""

import json
import logging
from pathlib import Path
from typing import Any

import telemetry
from datamodel.model import Message, SecretType

AUDIT = logging.getLogger("audit")
FILE_BYTES_MAX = 20 * 1024 * 1024


def open_log(log_dir: str | None) -> None:
    """Keep the log in ``log_dir``; without one it goes where the other logs go."""
    AUDIT.setLevel(logging.INFO)
    if log_dir is None:
        return
    Path(log_dir).mkdir(parents=True, exist_ok=True)
    file = telemetry.BoundedFile(
        Path(log_dir) / "audit.jsonl", maxBytes=FILE_BYTES_MAX, backupCount=5
    )
    file.setFormatter(logging.Formatter("%(message)s"))
    AUDIT.handlers[:] = [file]
    AUDIT.propagate = False


def write(message: Message, params: list[Any], subject: str, outcome: str) -> None:
    """Record a call that changes something, or was refused."""
    said = [
        "<secret>" if message.secret or isinstance(param.type, SecretType) else value
        for param, value in zip(message.params, params, strict=False)
    ]
    line = {"subject": subject, "call": message.wire, "params": said, "outcome": outcome}
    AUDIT.info("%s", json.dumps(line, default=str, ensure_ascii=False))


def append(line: str) -> None:
    """Record what a member tells, as it tells it."""
    AUDIT.info("%s", line)
