"""Run every static check and say which failed; the exit code is not 0 if one did.

By hand: tox and pre-commit make environments of their own, but the checks need this one.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PACKAGES = sorted(path.name for path in ROOT.glob("*/**/src/*") if (path / "py.typed").exists())

COMPOSITION = "docker-compose.yml"
DOCKERFILES = ("deploy/images/Dockerfile", "tests/containers/dom0/Dockerfile")

CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "types": ["mypy", *(argument for name in PACKAGES for argument in ("-p", name))],
    "imports": ["lint-imports"],
    "images": ["hadolint", *DOCKERFILES],
    "compose": ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSITION],
}


def main() -> None:
    failed = []
    for name, command in CHECKS.items():
        done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, check=False)
        if done.returncode:
            failed.append(name)
        print(f"{name:8} {'failed' if done.returncode else 'ok'}", flush=True)
    if failed:
        sys.exit(f"check: {', '.join(failed)} failed; `make format` mends formatting")


if __name__ == "__main__":
    main()
