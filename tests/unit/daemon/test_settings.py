"""Settings: what is missing, unknown or of another kind is named before anything is begun."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from daemon.settings import ConnectedSettings, SettingsError, load

PASSWORD = "secret"


class Example(ConnectedSettings, frozen=True, kw_only=True):
    state_dir: Path
    workers: int = 8


@pytest.fixture
def said(tmp_path: Path) -> dict[str, Any]:
    """Settings that are right and say no more than they must."""
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    return {
        "service": "example",
        "log_dir": None,
        "state_dir": "/var/lib/example",
        "broker": {
            "addresses": ["one:5671", "two:5671"],
            "vhost": "host/1",
            "user": "example",
            "password_file": str(tmp_path / "password"),
        },
    }


def loaded(folder: Path, said: Any) -> Example:
    path = folder / "settings.json"
    path.write_text(json.dumps(said))
    return load(path, Example)


def test_what_must_be_said_is_enough(tmp_path: Path, said: dict[str, Any]) -> None:
    found = loaded(tmp_path, said)
    assert (found.state_dir, found.workers, found.alive_file) == (Path("/var/lib/example"), 8, None)
    broker = found.broker_settings()
    assert broker.addresses == (("one", 5671), ("two", 5671))
    assert (broker.name, broker.password, broker.authority_file) == ("example", PASSWORD, None)


@pytest.mark.parametrize("name", ["service", "log_dir", "state_dir", "broker"])
def test_a_key_that_is_missing_is_named(tmp_path: Path, said: dict[str, Any], name: str) -> None:
    del said[name]
    with pytest.raises(SettingsError, match=rf"settings\.json.*missing.*`{name}`"):
        loaded(tmp_path, said)


@pytest.mark.parametrize("name", ["addresses", "vhost", "user", "password_file"])
def test_so_is_one_of_the_brokers(tmp_path: Path, said: dict[str, Any], name: str) -> None:
    del said["broker"][name]
    with pytest.raises(SettingsError, match=rf"missing.*`{name}`.*\$\.broker"):
        loaded(tmp_path, said)


def test_a_key_that_is_not_known_is_named(tmp_path: Path, said: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=r"unknown.*`worker`"):
        loaded(tmp_path, {**said, "worker": 4})
    with pytest.raises(SettingsError, match=r"unknown.*`address`.*\$\.broker"):
        loaded(tmp_path, {**said, "broker": {**said["broker"], "address": "one"}})


@pytest.mark.parametrize(
    ("name", "value"), [("workers", "many"), ("state_dir", 1), ("log_dir", []), ("broker", None)]
)
def test_a_value_of_another_kind_is_named(
    tmp_path: Path, said: dict[str, Any], name: str, value: Any
) -> None:
    with pytest.raises(SettingsError, match=rf"\$\.{name}"):
        loaded(tmp_path, {**said, name: value})


def test_a_secret_that_cannot_be_read_is_named(tmp_path: Path, said: dict[str, Any]) -> None:
    said["broker"]["password_file"] = str(tmp_path / "nothing")
    with pytest.raises(SettingsError, match=r"settings\.json.*nothing.*\$\.broker\.password_file"):
        loaded(tmp_path, said)


@pytest.mark.parametrize("addresses", [[], ["one"], ["one:"], [":5671"], ["one:5671", "two:x"]])
def test_addresses_of_the_broker_have_ports(
    tmp_path: Path, said: dict[str, Any], addresses: list[str]
) -> None:
    said["broker"]["addresses"] = addresses
    with pytest.raises(SettingsError, match=r"\$\.broker\.addresses"):
        loaded(tmp_path, said)


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_what_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    with pytest.raises(SettingsError, match=str(path)):
        load(path, Example)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.json"):
        load(tmp_path / "nowhere.json", Example)


PROGRAM = """
import sys
from daemon.process import main
from daemon.settings import Settings

def run(config, stop):
    print("up", flush=True)
    stop.wait()
    print("ended", flush=True)

main("example", None, Settings, run)
"""


def process(folder: Path, said: Any) -> "subprocess.Popen[str]":
    (folder / "settings.json").write_text(json.dumps(said))
    command = [sys.executable, "-c", PROGRAM, "--config", str(folder / "settings.json")]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_ends_itself_at_a_signal(tmp_path: Path, number: int) -> None:
    with process(tmp_path, {"service": "example", "log_dir": None}) as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline() == "up\n"
        daemon.send_signal(number)
        assert daemon.communicate()[0] == "ended\n"
    assert daemon.returncode == 0


def test_a_process_with_wrong_settings_says_so_in_one_line(tmp_path: Path) -> None:
    with process(tmp_path, {"service": "example"}) as daemon:
        _, said = daemon.communicate()
    assert daemon.returncode == 1
    assert said.startswith("example: settings ") and said.endswith("`log_dir`\n")
    assert said.count("\n") == 1
