"""What a service writes of itself stays within its bounds."""

import logging
from pathlib import Path

from telemetry import BoundedFile


def test_a_full_log_file_begins_anew(tmp_path: Path) -> None:
    file = BoundedFile(tmp_path / "log", maxBytes=100, backupCount=2)
    for number in range(50):
        file.emit(logging.makeLogRecord({"msg": f"line {number:04}"}))
    file.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "log.1", "log.2"]
    assert all(path.stat().st_size <= 110 for path in tmp_path.iterdir())
