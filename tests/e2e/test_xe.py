"""``xe`` as a person types it, against a running pool."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import conftest

pytestmark = pytest.mark.e2e
TIMEOUT_S = 90


class Typed:
    """A terminal: what is typed behind ``xe``, and what comes of it."""

    def __init__(self, pool: conftest.Pool, home: Path) -> None:
        address = urlsplit(pool.layout.url)
        (home / ".xe").write_text(
            f"server={address.hostname}\nport={address.port}\nnossl=true\n"
            f"username=root\npassword={pool.password}\n"
        )
        self._environment = {**os.environ, "HOME": str(home), "XE_EXTRA_ARGS": ""}

    def xe(self, *words: str) -> str:
        """What a command prints; it has to succeed."""
        done = self._run(words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout.strip()

    def refused(self, *words: str) -> str:
        """What a command that fails says."""
        done = self._run(words)
        assert done.returncode == 1, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def _run(self, words: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "xe", *words],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )


@pytest.fixture
def terminal(pool: conftest.Pool, tmp_path: Path) -> Typed:
    return Typed(pool, tmp_path)


def test_a_vm_is_installed_runs_and_goes(terminal: Typed) -> None:
    xe = terminal.xe
    vm = xe("vm-install", "template=Debian Bookworm 12", "new-name-label=typed")
    assert xe("vm-list", "name-label=typed", "--minimal") == vm
    assert "typed" in xe("vm-list", "name-label=typed")
    xe("vm-param-set", f"uuid={vm}", "other-config:owner=alice", "name-description=by hand")
    assert xe("vm-param-get", f"uuid={vm}", "param-name=other-config", "param-key=owner") == "alice"
    xe("vm-param-set", f"uuid={vm}", "blocked-operations:clean_reboot=not now")
    wrong = terminal.refused("vm-param-set", f"uuid={vm}", "blocked-operations:clean_rebot=no")
    assert "Expected one of" in wrong and "got clean_rebot" in wrong
    blocked = xe("vm-param-get", f"uuid={vm}", "param-name=blocked-operations")
    assert blocked == "clean_reboot: not now"
    xe("vm-start", "vm=typed")
    assert xe("vm-param-get", f"uuid={vm}", "param-name=power-state") == "running"
    assert "running" in terminal.refused("vm-start", "vm=typed").lower()
    snapshot = xe("vm-snapshot", "vm=typed", "new-name-label=before")
    assert xe("snapshot-list", f"snapshot-of={vm}", "params=uuid", "--minimal") == snapshot
    xe("vm-pause", f"uuid={vm}")
    xe("vm-unpause", f"uuid={vm}")
    hosts = xe("host-list", "params=name-label", "--minimal").split(",")
    here = xe("vm-list", f"uuid={vm}", "params=resident-on", "--minimal")
    there = next(
        name for name in hosts if xe("host-list", f"name-label={name}", "--minimal") != here
    )
    xe("vm-migrate", f"uuid={vm}", f"host={there}", "live=true")
    moved = xe("vm-list", f"uuid={vm}", "params=resident-on", "--minimal")
    assert moved == xe("host-list", f"name-label={there}", "--minimal")
    xe("vm-shutdown", f"uuid={vm}", "--force")
    disk = xe("vdi-list", "name-label=0", "params=uuid", "--minimal")
    assert disk
    xe("vm-uninstall", f"uuid={vm}", "force=true")
    assert xe("vm-list", "name-label=typed", "--minimal") == ""


def test_what_is_wrong_is_said_and_ends_with_one(terminal: Typed) -> None:
    assert terminal.refused("vm-start", "vm=nosuch") == "Error: No matching VMs found\n"
    assert "nosuch-command" in terminal.refused("nosuch-command")
    assert "uuid" in terminal.refused("vm-destroy")
