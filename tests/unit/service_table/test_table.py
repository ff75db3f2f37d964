"""What comes from the table is whole: each row and each need brings what it should."""

import runpy
from pathlib import Path

import pytest
import warren.installation
from service_table import SERVICES, Need, Service, at_hosts
from service_table.units import unit, unit_name
from simulated_pool import layout as layouts
from simulated_pool import services

ROOT = Path(__file__).parents[3]
BY_NAME = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
UNITS = "lib/systemd/system"


def test_no_two_services_are_called_the_same() -> None:
    hosts = at_hosts(SERVICES)
    called = [service.called("host1" if service in hosts else None) for service in SERVICES]
    files = [(service.settings_folder, service.settings_file) for service in SERVICES]
    for names in ([service.name for service in SERVICES], called, files):
        assert len(set(names)) == len(names)


def test_each_kind_of_installation_knows_every_need() -> None:
    assert set(services.NEEDS) == set(warren.installation.NEEDS) == set(Need)


@BY_NAME
def test_a_need_is_of_a_host_or_of_the_pool(service: Service, tmp_path: Path) -> None:
    """Settings of both kinds of installation can be made, so no row needs what it cannot have."""
    ports = dict.fromkeys(layouts.purposes(), 1)
    layout = layouts.Layout(tmp_path / "pool", ports, [layouts.Host("host1", "uuid")])
    (of,) = (one for one in services.instances(layout) if one.service is service)
    host = warren.installation.Host("host1", "uuid", "192.0.2.1", 1, 1024)
    site = warren.installation.Site(
        *(tmp_path, "pool", "broker", "gateway", None, "0.0.0.0", 443, 80, 443, ("name",), None),
        hosts=(host,),
    )
    (installed,) = (one for one in warren.installation.instances(site) if one.service is service)
    said, written = services.settings(of), warren.installation.service_settings(installed)
    for name in ("service", "log_dir", "alive_file"):
        assert name in said
        assert name in written
    assert ("broker" in said) == ("broker" in written) == (service.rights is not None)


@BY_NAME
def test_a_unit_runs_the_module_with_its_settings(service: Service) -> None:
    lines = unit(service).splitlines()
    config = f"/etc/warren/{service.settings_folder}/{service.settings_file}"
    assert f"ExecStart=/usr/bin/python3 -m {service.module} --config {config}" in lines
    assert f"BindReadOnlyPaths=/etc/warren/{service.settings_folder}" in lines
    assert f"User={'root' if service.capabilities else 'warren'}" in lines
    assert ("KillMode=process" in lines) == service.outlived


def test_a_service_that_needs_nothing_has_no_capability() -> None:
    (watch,) = (service for service in SERVICES if service.name == "mpathalert-watch")
    assert "CapabilityBoundingSet=" in unit(watch).splitlines()


def test_the_package_has_a_unit_for_each_row_and_wants_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "tools")
    tool = runpy.run_path(str(ROOT / "tools/deb.py"))
    (tmp_path / UNITS).mkdir(parents=True)
    tool["write_units"](tmp_path)
    wanted = {path.name: path for path in (tmp_path / UNITS / "warren.target.wants").iterdir()}
    assert set(wanted) == {unit_name(service) for service in SERVICES}
    assert all(path.resolve().parent == tmp_path / UNITS for path in wanted.values())
