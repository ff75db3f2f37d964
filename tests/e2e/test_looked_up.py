"""What real clients look up in the records of a pool, through the unmodified client."""

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conftest import Pool
from tests.records import vif


def version(text: str) -> list[int]:
    return [int(part) for part in text.split(".")]


def metrics_when(api: Any, vm: str, holds: Callable[[Any], bool]) -> Any:
    """A VM's guest metrics once they are as asked, by their events."""
    token = ""
    while True:
        ref = api.VM.get_guest_metrics(vm)
        if ref != "OpaqueRef:NULL":
            found = api.VM_guest_metrics.get_record(ref)
            if holds(found):
                return found
        token = api.event_from(["vm", "vm_guest_metrics"], token, 30.0)["token"]


def test_hosts_say_what_clients_test_for(pool: Pool, api: Any) -> None:
    hosts = {host.name: host for host in pool.layout.hosts}
    for record in api.host.get_all_records().values():
        software = record["software_version"]
        assert software["product_brand"] == "Warren", "Xen Orchestra would call XCP-ng's plug-ins"
        assert version(software["product_version"]) >= [7, 0, 0], "Ansible: agents set addresses"
        assert version(software["platform_version"]) >= [3, 4, 0], "Xen Orchestra: nested-virt"
        assert version(software["xapi"]) >= [23, 18], "XenCenter"
        assert software["build_number"]
        assert software["xen"]
        assert software["linux"]
        assert software["squeezed"] == "running"
        cpus = hosts[record["name_label"]].cpus
        assert (record["cpu_info"]["cpu_count"], len(record["host_CPUs"])) == (str(cpus), cpus)
        assert record["cpu_info"]["modelname"]
        assert int(record["cpu_info"]["threads_per_core"]) >= 1
        assert record["bios_strings"]["system-manufacturer"]
        assert record["license_params"]["restrict_zstd_export"] == "false"
        assert record["license_params"]["expiry"] > "20300101"
        assert any(one.startswith("hvm") for one in record["capabilities"])


def test_the_pool_restricts_nothing_and_counts_its_processors(pool: Pool, api: Any) -> None:
    (record,) = api.pool.get_all_records().values()
    assert record["restrictions"]["restrict_vtpm"] == "false"
    assert record["restrictions"]["restrict_rbac"] == "false"
    assert record["cpu_info"]["cpu_count"] == str(sum(host.cpus for host in pool.layout.hosts))


def test_cards_have_a_speed_and_drivers_a_record(api: Any) -> None:
    speeds = [
        api.PIF_metrics.get_speed(pif["metrics"])
        for pif in api.PIF.get_all_records().values()
        if pif["physical"] and pif["device"] == "eth0"
    ]
    assert set(speeds) == {"1000"}
    drivers = [record["type"] for record in api.SM.get_all_records().values()]
    assert drivers == api.SR.get_supported_types()


def test_a_vm_knows_when_it_was_installed(api: Any, vm: str) -> None:
    said = str(api.VM_metrics.get_install_time(api.VM.get_metrics(vm)))
    installed = datetime.strptime(said, "%Y%m%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(0) <= datetime.now(UTC) - installed < timedelta(hours=1)


def test_a_guest_tells_of_itself_and_follows_its_addresses(api: Any, vm: str) -> None:
    api.VIF.create(vif(vm, api.network.get_all()[0], "1"))
    api.VM.start(vm, False, False)
    said = metrics_when(api, vm, lambda found: {"0/ip", "1/ip"} <= set(found["networks"]))
    assert set(said["PV_drivers_version"]) >= {"major", "minor", "micro", "build"}
    assert said["PV_drivers_up_to_date"]
    assert set(said["os_version"]) >= {"name", "uname", "distro", "major", "minor"}
    assert said["other"]["feature-static-ip-setting"] == "1"
    networks = said["networks"]
    assert networks["0/ip"] == networks["0/ipv4/0"] != networks["1/ipv4/0"]
    assert ipaddress.ip_address(networks["0/ipv6/0"]).version == 6
    first = next(ref for ref in api.VM.get_VIFs(vm) if api.VIF.get_device(ref) == "0")
    api.VIF.configure_ipv4(first, "Static", "192.0.2.9/24", "192.0.2.1")
    metrics_when(api, vm, lambda found: found["networks"]["0/ip"] == "192.0.2.9")
    api.VIF.configure_ipv4(first, "None", "", "")
    metrics_when(api, vm, lambda found: found["networks"]["0/ip"] == networks["0/ip"])
    second = next(ref for ref in api.VM.get_VIFs(vm) if ref != first)
    api.VIF.unplug(second)
    metrics_when(api, vm, lambda found: "1/ip" not in found["networks"])


def test_an_sr_is_as_large_as_it_was_asked_for(api: Any) -> None:
    host = api.host.get_all()[0]
    sr = api.SR.create(host, {}, str(10**12), "sized", "", "dummy", "", True, {})
    assert api.SR.get_physical_size(sr) == str(10**12)
    for pbd in api.SR.get_PBDs(sr):
        api.PBD.unplug(pbd)
    api.SR.destroy(sr)
