"""Objects that are records alone, and messages that have nothing to do but say so."""

from typing import Any

import pytest
import XenAPI


def refusal(call: Any, *params: Any) -> list[str]:
    with pytest.raises(XenAPI.Failure) as refused:
        call(*params)
    return list(refused.value.details)


def test_a_blob_hangs_on_its_object_until_it_is_destroyed(api: Any) -> None:
    network = api.network.create(
        {"name_label": "blobs", "name_description": "", "other_config": {}}
    )
    blob = api.network.create_new_blob(network, "icon", "", True)
    assert api.blob.get_mime_type(blob) == "application/octet-stream"
    assert api.network.get_blobs(network) == {"icon": blob}
    twice = refusal(api.network.create_new_blob, network, "icon", "", True)
    assert twice == ["MAP_DUPLICATE_KEY", "network", "blobs", network, "icon"]
    api.blob.destroy(blob)
    assert api.network.get_blobs(network) == {}
    api.network.destroy(network)


@pytest.mark.parametrize("cls", ["GPU_group", "USB_group"])
def test_a_group_of_devices_comes_and_goes(api: Any, cls: str) -> None:
    group = getattr(api, cls).create("g", "", {"k": "v"})
    assert getattr(api, cls).get_other_config(group) == {"k": "v"}
    getattr(api, cls).destroy(group)
    assert group not in getattr(api, cls).get_all()


def test_interfaces_are_introduced_and_forgotten_as_records(api: Any) -> None:
    host, network = api.host.get_all()[0], api.network.get_all()[0]
    below = api.host.get_management_interface(host)
    pif = api.PIF.db_introduce(
        *("eth0", network, host, "02:00:00:00:00:01", "1500", "5", False, "None", "", "", "", ""),
        *("OpaqueRef:NULL", "OpaqueRef:NULL", False, {}, False, "None", [], "", "IPv4", True, {}),
    )
    vlan = api.VLAN.pool_introduce(below, pif, "5", {})
    assert api.PIF.get_VLAN_master_of(pif) == vlan
    assert api.PIF.get_metrics(pif) == api.PIF.get_metrics(below)
    api.PIF.db_forget(pif)
    assert pif not in api.PIF.get_all()


def test_a_repository_is_introduced_once(api: Any) -> None:
    url = "https://updates.example.org/base"
    made = api.Repository.introduce("r", "", url, url, True, "")
    assert api.Repository.get_origin(made) == "remote"
    twice = refusal(api.Repository.introduce, "other", "", url, url, True, "")
    assert twice == ["REPOSITORY_ALREADY_EXISTS", made]
    bad = "ftp://updates.example.org"
    assert refusal(api.Repository.introduce, "b", "", bad, url, True, "") == [
        "INVALID_BASE_URL",
        bad,
    ]
    api.Repository.forget(made)


def test_the_password_of_the_proxy_is_a_secret(api: Any) -> None:
    (pool,) = api.pool.get_all()
    url = "http://proxy.example.org"
    for password in ("one", "two"):
        api.pool.configure_repository_proxy(pool, url, "me", password)
    secret = api.pool.get_repository_proxy_password(pool)
    assert api.secret.get_value(secret) == "two"
    half = refusal(api.pool.configure_repository_proxy, pool, url, "me", "")
    assert half == ["INVALID_REPOSITORY_PROXY_CREDENTIAL"]
    api.pool.disable_repository_proxy(pool)
    assert secret not in api.secret.get_all()


def test_the_coordinator_is_not_destroyed(api: Any) -> None:
    host = api.pool.get_master(api.pool.get_all()[0])
    assert refusal(api.host.destroy, host) == ["HOST_IS_LIVE", host]
    assert refusal(api.host.declare_dead, host) == ["HOST_IS_LIVE", host]


def test_what_storage_alone_knows_no_client_may_write(api: Any, vm: str) -> None:
    vdi = api.VBD.get_VDI(api.VM.get_VBDs(vm)[0])
    assert refusal(api.VDI.set_virtual_size, vdi, "1") == ["PERMISSION_DENIED", ""]
    assert refusal(api.SR.set_physical_size, api.VDI.get_SR(vdi), "1") == ["PERMISSION_DENIED", ""]


def test_an_sr_of_another_type_is_known_but_not_plugged(api: Any) -> None:
    sr = api.SR.introduce("", "elsewhere", "", "NFS", "user", True, {})
    assert api.SR.get_type(sr) == "nfs"
    host = api.host.get_all()[0]
    pbd = api.PBD.create({"host": host, "SR": sr, "device_config": {}})
    assert refusal(api.PBD.plug, pbd) == ["SR_UNKNOWN_DRIVER", "nfs"]
    api.SR.forget(sr)


def test_a_guests_agent_is_told_only_what_it_understands(api: Any) -> None:
    (pool,) = api.pool.get_all()
    said = refusal(api.pool.add_to_guest_agent_config, pool, "auto_update_enabled", "x")
    assert said == ["INVALID_VALUE", "guest_agent_config", "auto_update_enabled = x"]
    api.pool.add_to_guest_agent_config(pool, "auto_update_enabled", "true")
    api.pool.remove_from_guest_agent_config(pool, "auto_update_enabled")
