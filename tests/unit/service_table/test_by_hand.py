"""What is written by hand says the same as the table; a failure names the row and the file."""

import json
import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from service_table import HOST_FOLDER, SERVICES, Need, Service, at_hosts, at_pool
from service_table.units import state_folders

ROOT = Path(__file__).parents[3]
DOCKERFILE, COMPOSITION = "deploy/images/Dockerfile", "docker-compose.yml"
BY_NAME = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
DOM0 = "dom0"
HOSTS = (DOM0, "host1", "host2")


def text_of(file: str) -> str:
    return (ROOT / file).read_text()


def composition() -> dict[str, Any]:
    said: dict[str, Any] = YAML(typ="safe").load(text_of(COMPOSITION))
    return said


def stages() -> dict[str, str]:
    """The Dockerfile's stages by name."""
    parts = re.split(r"^FROM \S+ AS (\S+)$", text_of(DOCKERFILE), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def default_command(package: str) -> list[str]:
    """What an image runs unless it is told otherwise."""
    found = re.search(r"^CMD (.*)$", stages()[package], re.MULTILINE)
    assert found is not None, f"{DOCKERFILE}: stage {package} has no CMD"
    command: list[str] = json.loads(found[1])
    return command


def containers(service: Service) -> Iterator[tuple[str, str | None]]:
    """The containers of a row and the host of each."""
    if service in at_pool(SERVICES):
        yield service.called(), None
    else:
        yield from ((service.called(host), host) for host in HOSTS)


def targets(container: dict[str, Any]) -> set[str]:
    """Where a container's volumes are mounted."""
    return {
        volume["target"] if isinstance(volume, dict) else volume.split(":")[1]
        for volume in container["volumes"]
    }


@BY_NAME
def test_images(service: Service) -> None:
    row = f"row {service.name}, {DOCKERFILE}"
    assert service.package in stages(), f"{row}: there is no stage {service.package}"
    made = re.search(r"install -d -m 0700.*?\n(?! {4})", text_of(DOCKERFILE), re.DOTALL)
    assert made is not None
    for folder in (service.settings_folder, *(f.split("/")[1] for f in state_folders(service))):
        assert re.search(rf"\b{folder}\b", made[0]), f"{row}: no folder {folder} is made"
    on_xen = "FROM on-xen AS" if Need.XEN in service.needs else "FROM python AS"
    assert f"{on_xen} {service.package}\n" in text_of(DOCKERFILE), f"{row}: want {on_xen}"


@BY_NAME
def test_the_composition(service: Service) -> None:
    found = composition()["services"]
    for name, host in containers(service):
        row = f"row {service.name}, {COMPOSITION}, {name}"
        assert name in found, f"{row}: there is no such container"
        said = found[name]
        in_dom0 = host == DOM0
        folder = service.settings_folder if host in (None, DOM0) else f"{HOST_FOLDER}-{host}"
        config = f"/etc/warren/{folder}/{service.settings_file}"
        command = said.get("command", default_command(service.package))
        assert command == [service.module, "--config", config], row
        assert said["image"].startswith(f"warren/{service.package}:"), row
        assert (said["restart"] == "unless-stopped") == service.restarts, row
        profiles = {None: {DOM0, "simulated"}, DOM0: {DOM0, "member"}}.get(host, {"simulated"})
        assert set(said["profiles"]) == profiles, row
        granted = service.capabilities if in_dom0 else ()
        assert set(said.get("cap_add", ())) == set(granted), f"{row}: capabilities"
        assert (said.get("user") == "0:0") == bool(granted), f"{row}: user"
        wanted = {f"/etc/warren/{folder}", *(f"/var/lib/{f}" for f in state_folders(service))}
        if service.needs & {Need.XEN, Need.XENSTORE}:
            wanted.add("/run/xenstored" if in_dom0 else "/run/warren/xen")
        if Need.DOOR in service.needs:
            wanted.add("/run/warren/door")
        if in_dom0 and Need.MULTIPATH in service.needs:
            wanted.add("/etc/machine-id")
        assert targets(said) == wanted, f"{row}: volumes"
        devices = said.get("devices", [])
        needs_devices = in_dom0 and Need.XEN in service.needs
        assert ("/dev/xen/privcmd" in devices) == needs_devices, f"{row}: devices"


@BY_NAME
def test_who_sets_up_writes_every_folder(service: Service) -> None:
    folders = targets(composition()["x-setup"])
    for folder in [service.settings_folder] + [
        f"{HOST_FOLDER}-{host}" for host in HOSTS[1:] if service in at_hosts(SERVICES)
    ]:
        assert f"/etc/warren/{folder}" in folders, f"row {service.name}, {COMPOSITION}: x-setup"


@BY_NAME
def test_import_rules(service: Service) -> None:
    row = f"row {service.name}"
    rules = ConfigParser()
    rules.read_string(text_of(".importlinter"))
    for section, key in (
        ("importlinter", "root_packages"),
        ("importlinter:contract:services", "modules"),
        ("importlinter:contract:table", "source_modules"),
        ("importlinter:contract:amqp", "source_modules"),
    ):
        assert service.package in rules[section][key].split(), f"{row}, .importlinter: {section}"


@BY_NAME
def test_who_is_measured(service: Service) -> None:
    file = "deploy/images/prometheus.yml"
    asked = f'"{service.called()}:{service.port}"'
    assert (asked in text_of(file)) == (service.port is not None), f"row {service.name}, {file}"


@pytest.mark.parametrize("file", ["README.md", "docs/containers.md", "docs/package.md"])
@BY_NAME
def test_pages(service: Service, file: str) -> None:
    name = f"warren-{service.name}`" if file == "docs/package.md" else service.package
    assert name in text_of(file), f"row {service.name}, {file}: says nothing of {name}"
