"""What the type checker says of a few lines of code."""

import re
from pathlib import Path

from mypy import api

ROOT = Path(__file__).parent.parent
ERROR = re.compile(r"^<string>:(\d+): error: (.*)$", re.MULTILINE)


def errors_of(source: str) -> dict[int, str]:
    """The first error of each line that has one, by its number."""
    options = ["--strict", "--config-file", str(ROOT / "pyproject.toml")]
    options += ["--cache-dir", str(ROOT / ".mypy_cache"), "--no-error-summary"]
    said, crashed, _ = api.run([*options, "-c", source])
    assert not crashed, crashed
    errors: dict[int, str] = {}
    for number, text in ERROR.findall(said):
        errors.setdefault(int(number), text)
    return errors
