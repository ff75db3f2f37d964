"""Warren in a dom0 of the lab: its package, and how its Python is run there.

By hand: dpkg installs the package; only Warren knows which files of a checkout it is made of.
"""

import hashlib
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[4]
PACKAGED = Path("/usr/lib/warren")
"""Where the package puts Warren's Python packages and those that they need."""


def package(folder: Path) -> Path:
    """The Debian package of this checkout, kept in ``folder``; built if there is none yet."""
    digest = hashlib.sha256()
    for file in sorted(_packaged()):
        digest.update(file.read_bytes())
    kept = folder / f"warren-{digest.hexdigest()[:16]}.deb"
    if not kept.exists():
        print("lab: building Warren's package (a minute)", flush=True)
        command = [sys.executable, str(CHECKOUT / "tools/deb.py")]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("warren-*.deb"):
            old.unlink()
        (built,) = (CHECKOUT / "build").glob("warren_*.deb")
        partial = kept.with_suffix(".partial")  # the cache may be on another file system
        shutil.copy(built, partial)
        partial.rename(kept)
    return kept


def _packaged() -> list[Path]:
    """The files that a package is made of."""
    folders = ("services", "libs", "broker", "cli", "deploy/debian", "deploy/services", "tools")
    paths = [file for folder in folders for file in (CHECKOUT / folder).rglob("*")]
    kept = [file for file in paths if file.is_file() and "__pycache__" not in file.parts]
    return [CHECKOUT / "requirements.lock", *kept]


def checkout() -> tuple[Path, ...]:
    """The folders of this checkout's Python packages, for dom0, which has the same Python."""
    workspace = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    patterns = workspace["tool"]["warren"]["members"]
    sources = [path for name in patterns for path in CHECKOUT.glob(f"{name}/src")]
    return (CHECKOUT, *sources, CHECKOUT / ".venv/lib/python3.11/site-packages")


def prefix(shared: Path, packages: Sequence[Path]) -> str:
    """The beginning of a command line in dom0 whose Python finds the packages of these folders.

    Compiled modules are kept in ``shared``, as dom0 compiles slowly and keeps no files.
    """
    paths = ":".join(str(path) for path in packages)
    return f"cd /tmp && PYTHONPATH={paths} PYTHONPYCACHEPREFIX={shared / 'compiled'} exec"


def line(shared: Path, packages: Sequence[Path], *command: str) -> str:
    return f"{prefix(shared, packages)} {shlex.join(command)}"
