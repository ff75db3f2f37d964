"""What the type checker says of a few lines of code."""

import re
from collections.abc import Mapping
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


def check_each_is_caught(before: str, right: str, wrong: Mapping[str, str]) -> None:
    """Hold lines of a function against the checker: it takes ``right``, and none of ``wrong``.

    ``before`` ends with the function's first line, ``wrong`` has a line by what is wrong with it.
    """
    first = (before + right).count("\n")
    lines = "\n".join(f"    {line}" for line in wrong.values())
    errors = errors_of(f"{before}{right}{lines}\n")
    numbered = dict(enumerate(wrong, first + 1))
    missed = [kind for number, kind in numbered.items() if number not in errors]
    assert not missed, missed
    assert errors.keys() == numbered.keys(), {n: errors[n] for n in errors.keys() - numbered.keys()}
