"""Make the private Python environment: pinned packages from the lock file, our own as editable.

Run by `make` with the system's Python; safe to repeat, and quick if nothing changed.

By hand: tools for this, such as uv, are not in Debian 12, and would first need an environment of
their own.
"""

import hashlib
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "warren.stamp"


def fingerprint() -> str:
    """A hash of everything that decides the environment's contents."""
    inputs = [ROOT / "requirements.lock", *(member / "pyproject.toml" for member in members())]
    digest = hashlib.sha256(sys.version.encode())
    for path in inputs:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def members() -> list[Path]:
    """The folders of the workspace's packages, from the root pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = settings["tool"]["warren"]["members"]
    projects = [path for name in patterns for path in sorted(ROOT.glob(f"{name}/pyproject.toml"))]
    return [path.parent for path in projects]


def main() -> None:
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print(
        "Python packages: installing from requirements.lock into .venv (about a minute)", flush=True
    )
    if not (ENVIRONMENT / "bin" / "pip").exists():
        venv.create(ENVIRONMENT, with_pip=True)
    pip = [str(ENVIRONMENT / "bin" / "pip"), "--quiet", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True)
    editable = [argument for member in members() for argument in ("-e", str(member))]
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", *editable], check=True)
    STAMP.write_text(wanted)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        sys.exit(
            "Python packages: the installation failed (see above). Check that the package registry"
            f" can be reached and run the command again. [{failure.returncode}]"
        )
