"""What `warren setup` writes: complete, private, and the same when it is run again."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from daemon.settings import load
from door.settings import Settings as Door
from forwarder.settings import Settings as Forwarder
from mpathalert.settings import Alert, Watch
from squeezed.settings import Settings as Squeezed
from storage.settings import Settings as Storage
from typer.testing import CliRunner
from warren.commands import app
from xapi.settings import Settings as Xapi
from xenopsd.settings import Settings as Xenopsd

from broker import topology

SERVICES = [
    *("forwarder", "mpathalert", "operator", "rabbitmq", "xapi"),
    *("xenopsd-host1", "xenopsd-host2"),
]


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    run("setup", "--root", str(tmp_path), "--simulated", "2", "--broker-host", "rabbitmq")
    return tmp_path


def contents(etc: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in etc.rglob("*") if path.is_file()}


def test_each_service_has_a_folder_of_its_own(etc: Path) -> None:
    assert sorted(path.name for path in etc.iterdir()) == SERVICES


def test_only_the_owner_reads_what_is_written(etc: Path) -> None:
    for path in contents(etc):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_setting_up_again_changes_nothing(etc: Path) -> None:
    before = contents(etc)
    run("setup", "--root", str(etc), "--simulated", "2", "--broker-host", "rabbitmq")
    assert contents(etc) == before


def test_settings_name_files_of_the_same_service(etc: Path) -> None:
    for path in etc.glob("*/*.json"):
        for name, value in said_in(json.loads(path.read_text())):
            if name.endswith("_file") and name != "alive_file":
                assert Path(value).parent == path.parent
                assert Path(value).exists()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("xenopsd-host1/settings.json", Xenopsd),
        ("xenopsd-host1/squeezed.json", Squeezed),
        ("xenopsd-host1/storage.json", Storage),
        ("xenopsd-host1/mpathalert.json", Watch),
        ("xenopsd-host1/door.json", Door),
        ("mpathalert/settings.json", Alert),
        ("forwarder/settings.json", Forwarder),
        ("xapi/settings.json", Xapi),
    ],
)
def test_each_service_takes_its_settings(etc: Path, name: str, kind: Any) -> None:
    assert load(etc / name, kind).log_dir is None


def test_a_host_that_an_earlier_warren_set_up_is_given_its_door(etc: Path) -> None:
    folder = etc / "xenopsd-host1"
    before = contents(etc)
    said = json.loads((folder / "settings.json").read_text())
    del said["door_dir"]
    address = json.loads((folder / "door.json").read_text())["address"]
    (folder / "settings.json").write_text(json.dumps(said | {"migration_address": address}))
    (folder / "door.json").unlink()
    assert "host1" in run("upgrade", "--root", str(etc))
    assert {path: json.loads(found) for path, found in in_json(contents(etc))} == {
        path: json.loads(found) for path, found in in_json(before)
    }
    assert "host1" not in run("upgrade", "--root", str(etc))


def in_json(found: dict[Path, bytes]) -> Iterator[tuple[Path, bytes]]:
    yield from ((path, content) for path, content in found.items() if path.suffix == ".json")


def said_in(value: Any) -> Iterator[tuple[str, Any]]:
    """All members of objects in ``value``, however deep."""
    if isinstance(value, dict):
        yield from value.items()
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from said_in(inner)


def test_the_broker_knows_each_host_and_keeps_it_in_its_vhost(etc: Path) -> None:
    hosts = json.loads((etc / "operator/settings.json").read_text())["hosts"]
    definitions = json.loads((etc / "rabbitmq/definitions.json").read_text())
    for name, uuid in hosts.items():
        vhosts = [
            said["vhost"]
            for said in definitions["permissions"]
            if said["user"] == f"xenopsd-{name}"
        ]
        assert vhosts == [topology.host_vhost(uuid)]


def test_passwords_are_not_in_the_definitions(etc: Path) -> None:
    definitions = (etc / "rabbitmq/definitions.json").read_text()
    for path in etc.rglob("broker-password"):
        assert path.read_text() not in definitions


def test_the_password_of_root_can_be_read(etc: Path) -> None:
    said = run("password", "root", "--root", str(etc)).strip()
    assert said == (etc / "xapi/root-password").read_text()
