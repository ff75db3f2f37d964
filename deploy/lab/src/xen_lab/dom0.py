"""How a dom0 of the lab runs this checkout's Python, whose releases it shares."""

import shlex
import tomllib
from pathlib import Path

from xen_lab import image

CHECKOUT = Path(__file__).resolve().parents[4]
LIBXEN = CHECKOUT / "libs/xenports/src/xenports/libxen/build.py"


def prefix(shared: Path) -> str:
    """What comes before a command line in dom0 for it to find Warren's packages.

    Compiled modules are kept in ``shared``: dom0 compiles slowly, and forgets what it wrote.
    """
    packages = CHECKOUT / ".venv/lib/python3.11/site-packages"
    members = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["warren"]["members"]
    sources = (CHECKOUT / member / "src" for member in members)
    paths = ":".join(str(path) for path in (image.BINDINGS, CHECKOUT, *sources, packages))
    return f"cd /tmp && PYTHONPATH={paths} PYTHONPYCACHEPREFIX={shared / 'compiled'} exec"


def line(shared: Path, *command: str) -> str:
    return f"{prefix(shared)} {shlex.join(command)}"
