"""The services' logs: JSON lines in a file, short text on stderr."""

import json
import logging
import logging.handlers
import sys
from datetime import UTC, datetime
from pathlib import Path

# A service that logs in a loop must not fill dom0's disk.
FILE_BYTES_MAX = 20 * 1024 * 1024
FILES_KEPT = 3
ENCODER = json.JSONEncoder(default=str, ensure_ascii=False)


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, text, and the facts given with ``extra``."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self.service,
            "logger": record.name,
            "text": record.getMessage(),
        }
        line.update(getattr(record, "facts", {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return ENCODER.encode(line)


class BoundedFile(logging.handlers.RotatingFileHandler):
    """A log file that begins anew once it has reached its size."""

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802  Python's name
        """Whether the file is full; Python's own would format each line twice to find out."""
        return self.stream is not None and self.stream.tell() >= self.maxBytes


def setup(service: str, log_dir: str | Path | None, level: str = "INFO") -> None:
    """Send this process's logs to ``<log_dir>/<service>.jsonl``; warnings go to stderr too.

    Without a folder everything goes to stderr as JSON, for whoever collects it there.
    """
    terminal = logging.StreamHandler(sys.stderr)
    handlers: list[logging.Handler] = [terminal]
    if log_dir is None:
        terminal.setFormatter(JsonLines(service))
    else:
        terminal.setLevel(logging.WARNING)
        terminal.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        handlers.append(_file(service, Path(log_dir)))
    root = logging.getLogger()
    root.handlers[:] = handlers
    root.setLevel(level)
    # pika logs each step of each connection; the broker package logs those that matter.
    logging.getLogger("pika").setLevel(logging.ERROR)


def _file(service: str, folder: Path) -> logging.Handler:
    folder.mkdir(parents=True, exist_ok=True)
    file = BoundedFile(folder / f"{service}.jsonl", maxBytes=FILE_BYTES_MAX, backupCount=FILES_KEPT)
    file.setFormatter(JsonLines(service))
    return file
