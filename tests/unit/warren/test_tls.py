"""`warren tls`: new keys for the same names."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result
from warren import certificates
from warren.commands import app


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    done = run("setup", "--root", str(tmp_path), "--name", "pool.example", "--name", "192.0.2.1")
    assert done.exit_code == 0, done.output
    return tmp_path


def shown(etc: Path) -> dict[str, Any]:
    said = json.loads(run("tls", "show", "--root", str(etc), "--json").stdout)
    return {entry["file"]: entry for entry in said}


@pytest.mark.parametrize(
    ("server", "files"),
    [("gateway", {"gateway.pem", "localhost.pem"}), ("broker", {"server.pem"})],
)
def test_a_rotated_certificate_keeps_its_names(etc: Path, server: str, files: set[str]) -> None:
    before = shown(etc)
    assert run("tls", "rotate", server, "--root", str(etc)).exit_code == 0
    after = shown(etc)
    assert [entry["names"] for entry in after.values()] == [
        entry["names"] for entry in before.values()
    ]
    assert "pool.example 192.0.2.1" in after["server.pem"]["names"]
    changed = {name for name in after if after[name]["sha256"] != before[name]["sha256"]}
    assert changed == files


def test_somebody_elses_certificate_is_left_alone(etc: Path) -> None:
    theirs = certificates.authority(etc / "theirs.pem", "Somebody else")
    path = etc / "xapi/certificates/gateway.pem"
    path.write_bytes(certificates.signed(theirs, ["pool.example"]))
    before = path.read_bytes()
    assert "somebody else" in run("tls", "rotate", "gateway", "--root", str(etc)).output
    assert path.read_bytes() == before
