"""A value is refused by the same rule whichever way it comes, in the API's own words."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from datamodel import XenAPIError, api
from datamodel.values import default_record
from forwarder.core import registry
from forwarder.core.context import Context
from forwarder.daemons import translate
from rules.placement.memory import overhead_bytes
from rules.values import vm_values
from xapi.implicit import constructor_record

from tests.records import shown

MIB = 2**20
NAN, INFINITE = float("nan"), float("inf")
PLAIN = {
    "VCPUs_max": 4,
    "VCPUs_at_startup": 4,
    **dict.fromkeys([f"memory_{name}" for name in vm_values.LIMITS], 128 * MIB),
    "HVM_shadow_multiplier": 1.0,
    "domain_type": "hvm",
}


class Way:
    """Messages on a pool with one VM and one interface, which is locked to an address."""

    def __init__(self, context: Context) -> None:
        self.context = context
        with context.transaction() as tx:
            self.network = tx.create("network", {"default_locking_mode": "unlocked"})
            self.sr = tx.create("SR", {"type": "dummy", "physical_size": 2**40})
            tx.create("PBD", {"SR": self.sr, "currently_attached": True})
            self.vm = tx.create("VM", {**PLAIN, "power_state": "Halted"})
            self.vif = tx.create("VIF", {"VM": self.vm, "device": "0", "network": self.network})

    def say(self, wire: str, *params: Any) -> Any:
        return registry.run(self.context, wire, list(params))

    def make(self, cls: str, values: dict[str, Any]) -> str:
        message = api.message(f"{cls}.create")
        assert message is not None
        return str(self.say(message.wire, constructor_record(message, values)))

    def new_vm(self, **more: Any) -> str:
        record = default_record(api.classes["VM"])
        return self.make("VM", {**record, **PLAIN, **more})

    def new_vif(self, **more: Any) -> str:
        record = default_record(api.classes["VIF"])
        given = {"VM": self.vm, "network": self.network, "device": "1", "MTU": 1500}
        return self.make("VIF", {**record, **given, "MAC": "00:16:3e:00:00:01", **more})

    def provision(self, text: str) -> None:
        with self.context.transaction() as tx:
            changes = {"is_a_template": True, "other_config": {"disks": text}}
            tx.update("VM", self.vm, changes)
        self.say("VM.provision", self.vm)


@pytest.fixture
def way(context: Context) -> Way:
    return Way(context)


def refusal(call: Callable[..., Any], *params: Any, **more: Any) -> list[str]:
    with pytest.raises(XenAPIError) as caught:
        call(*params, **more)
    return caught.value.description


def start_with(**changes: Any) -> None:
    vm_values.check_start(shown("VM", {**default_record(api.classes["VM"]), **PLAIN, **changes}))


@pytest.mark.parametrize("value", [NAN, INFINITE, -INFINITE, 1e308, 101.0, -1.0])
def test_a_multiplier_is_refused_on_every_way(way: Way, value: float) -> None:
    said = f"{value:g}"
    refused = refusal(way.say, "VM.set_HVM_shadow_multiplier", way.vm, value)
    assert refused == ["INVALID_VALUE", "multiplier", said]
    expected = ["INVALID_VALUE", "HVM_shadow_multiplier", said]
    assert refusal(start_with, HVM_shadow_multiplier=value) == expected
    if math.isfinite(value):
        assert refusal(way.new_vm, HVM_shadow_multiplier=value) == expected
    else:  # by the wire already
        assert refusal(way.new_vm, HVM_shadow_multiplier=value)[0] == "INVALID_VALUE"


@pytest.mark.parametrize("field", ["order", "start_delay", "shutdown_delay"])
def test_delays_and_orders_are_natural(way: Way, field: str) -> None:
    expected = ["INVALID_VALUE", f"{field} must be non-negative", "-1"]
    assert refusal(way.say, f"VM.set_{field}", way.vm, -1) == expected


def test_what_ha_does_not_know_is_refused_on_every_way(way: Way) -> None:
    expected = ["INVALID_VALUE", "ha_restart_priority", "always"]
    assert refusal(way.say, "VM.set_ha_restart_priority", way.vm, "always") == expected
    assert refusal(way.new_vm, ha_restart_priority="always") == expected


@pytest.mark.parametrize("count", [vm_values.VCPUS_MOST + 1, 2**63 - 1])
def test_more_vcpus_than_xen_has_are_refused_on_every_way(way: Way, count: int) -> None:
    expected = ["INVALID_VALUE", "VCPUs_max", str(count)]
    assert refusal(way.say, "VM.set_VCPUs_max", way.vm, count) == expected
    assert refusal(way.new_vm, VCPUs_max=count) == expected
    assert refusal(start_with, VCPUs_max=count) == expected


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"VCPUs_max": 0}, ["INVALID_VALUE", "VCPUs_max", "0"]),
        ({"VCPUs_max": -(2**63)}, ["INVALID_VALUE", "VCPUs_max", str(-(2**63))]),
        ({"VCPUs_at_startup": -1}, ["INVALID_VALUE", "VCPUs-at-startup", "-1"]),
        ({"VCPUs_at_startup": 5}, ["VALUE_NOT_SUPPORTED", "VCPUs-at-startup", "5"]),
        ({"memory_static_max": -1}, ["MEMORY_CONSTRAINT_VIOLATION"]),
        ({"memory_static_min": 2**63 - 1}, ["MEMORY_CONSTRAINT_VIOLATION"]),
        ({"HVM_shadow_multiplier": 0.5}, ["INVALID_VALUE", "HVM_shadow_multiplier", "0.5"]),
    ],
)
def test_limits_that_contradict_each_other_can_be_made_but_not_started(
    way: Way, limits: dict[str, Any], words: list[str]
) -> None:
    way.new_vm(**limits)
    assert refusal(start_with, **limits)[: len(words)] == words


@pytest.mark.parametrize("limit", [2**63 - 1, -(2**63)])
@pytest.mark.parametrize("kind", ["pv", "hvm"])
def test_what_xen_needs_for_any_vm_is_a_number_that_the_api_has(limit: int, kind: str) -> None:
    vm = {"domain_type": kind, "HVM_shadow_multiplier": vm_values.MULTIPLIER_MOST}
    for vcpus in (vm_values.VCPUS_MOST, -(2**63)):
        overhead = overhead_bytes(
            shown("VM", {**vm, "memory_static_max": limit, "VCPUs_max": vcpus})
        )
        assert 0 <= overhead < 2**63


@pytest.mark.parametrize(
    ("said", "words"),
    [
        *(
            (said, ["VCPU_MAX_NOT_CORES_PER_SOCKET_MULTIPLE", "4", said])
            for said in ["3", "0", "-1", "8"]
        ),
        *(
            (said, ["INVALID_VALUE", "platform:cores-per-socket", said])
            for said in ("abc", "", "2.0", " 2", "+2", "\u0662", "9" * 5000)
        ),
    ],
)
def test_cores_that_fill_no_sockets_are_refused(said: str, words: list[str]) -> None:
    assert refusal(start_with, platform={"cores-per-socket": said}) == words


@pytest.mark.parametrize("said", ["1", "2", "4"])
def test_cores_that_fill_sockets_are_taken(said: str) -> None:
    start_with(platform={"cores-per-socket": said})


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        *(("rename_restart", kind) for kind in ("pv", "hvm")),
        *(("coredump_and_restart", kind) for kind in ("hvm", "pvh", "pv_in_pvh")),
    ],
)
def test_what_cannot_be_done_with_a_crashed_guest_is_refused(action: str, kind: str) -> None:
    changes = {"actions_after_crash": action, "domain_type": kind}
    expected = ["VALUE_NOT_SUPPORTED", "VM.actions_after_crash", action]
    assert refusal(start_with, **changes)[:3] == expected
    start_with(actions_after_crash="coredump_and_destroy", domain_type="pv")


@pytest.mark.parametrize("key", ["", " ", "a b", "a//b", "/a", "a/", "\u00e4", "a:b", "x" * 4096])
def test_what_no_node_of_xenstore_can_be_called_is_refused_at_the_start(key: str) -> None:
    words = refusal(start_with, platform={key: "1"})
    assert (words[0], words[1].partition(":")[0]) == ("INVALID_VALUE", "platform")
    if key:
        words = refusal(start_with, xenstore_data={f"vm-data/{key}": "1"})
        assert (words[0], words[1].partition(":")[0]) == ("INVALID_VALUE", "xenstore_data")
    start_with(xenstore_data={key: "a client's own note"})


@pytest.mark.parametrize("said", ["q" * 9000, "\u00e4" * 2100])
def test_what_is_too_long_for_a_node_is_refused_at_the_start(said: str) -> None:
    for changes in ({"platform": {"x": said}}, {"xenstore_data": {"vm-data/x": said}}):
        assert refusal(start_with, **changes)[1].endswith("too long for xenstore")


@pytest.mark.parametrize("said", ["n" * 5000, "\u00e4" * 3000, "x" + "\u20ac" * 2000])
def test_a_long_name_is_told_as_far_as_it_fits(said: str) -> None:
    told = translate.shortened(said)
    assert said.startswith(told)
    assert translate.NAME_MAX - 3 <= len(told.encode()) <= translate.NAME_MAX


@pytest.mark.parametrize("order", ["c,menu=on", "CD", "c d", "1"])
def test_a_boot_order_is_letters(order: str) -> None:
    assert refusal(start_with, HVM_boot_params={"order": order})[0] == "INVALID_VALUE"


# --- interfaces ---------------------------------------------------------------------------------

BAD_ADDRESSES = {
    "ipv4": [
        "",
        "bad",
        "1.2.3",
        "1.2.3.256",
        "1.2.3.4 ",
        "01.2.3.4",
        "1.2.3.\u0664",
        "::1",
        "1.2.3.4/24",
    ],
    "ipv6": ["", "bad", "1.2.3.4", "fe80::1%eth0", "fe80::1%1", "::g", "::1/64", "::\u0661"],
}


@pytest.mark.parametrize(
    ("family", "address"), [(family, one) for family, bad in BAD_ADDRESSES.items() for one in bad]
)
def test_what_is_no_address_is_let_through_on_no_way(way: Way, family: str, address: str) -> None:
    field = f"{family}_allowed"
    expected = ["INVALID_IP_ADDRESS_SPECIFIED", field]
    assert refusal(way.say, f"VIF.set_{field}", way.vif, [address]) == expected
    assert refusal(way.say, f"VIF.add_{field}", way.vif, address) == expected
    assert refusal(way.new_vif, **{field: [address]}) == expected


@pytest.mark.parametrize("tag", [-1, 4095, 2**63 - 1])
def test_what_is_no_tag_is_carried_on_no_way(way: Way, tag: int) -> None:
    expected = ["INVALID_VALUE", "trunks", str(tag)]
    assert refusal(way.say, "VIF.set_trunks", way.vif, [tag]) == expected
    assert refusal(way.say, "VIF.add_trunks", way.vif, tag) == expected
    assert refusal(way.new_vif, trunks=[tag]) == expected


def test_lists_that_no_node_of_xenstore_can_hold_are_refused_on_every_way(way: Way) -> None:
    addresses, tags = [f"10.0.{n // 256}.{n % 256}" for n in range(400)], list(range(1000))
    for field, items in (("ipv4_allowed", addresses), ("trunks", tags)):
        expected = ["INVALID_VALUE", f"{field}: the list is too long", str(len(items))]
        assert refusal(way.say, f"VIF.set_{field}", way.vif, items) == expected
        assert refusal(way.new_vif, **{field: items}) == expected


def test_an_odd_member_of_an_older_list_can_be_removed(way: Way, context: Context) -> None:
    with context.transaction() as tx:
        odd = {"ipv6_allowed": ["fe80::1%eth0", "bad", "::1"], "trunks": [5000, 6000]}
        tx.update("VIF", way.vif, odd)
    way.say("VIF.remove_ipv6_allowed", way.vif, "bad")
    way.say("VIF.remove_trunks", way.vif, 5000)
    record = context.view.get("VIF", way.vif)
    assert (record["ipv6_allowed"], record["trunks"]) == (["fe80::1%eth0", "::1"], [6000])


@pytest.mark.parametrize(
    "mac",
    [
        *(
            "x",
            "00:16:3e:00:00",
            "00:16:3e:00:00:0g",
            "00:16:3e:00:00:\u0661\u0661",
            "00163e000001",
        ),
        *("ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "00:00:00:00:00:00", "00:16:3e:00:00:01\n"),
    ],
)
def test_an_interface_gets_an_address_of_its_own(way: Way, mac: str) -> None:
    assert refusal(way.new_vif, MAC=mac) == ["MAC_INVALID", mac]


@pytest.mark.parametrize("mtu", [-1, 67, 65536, 2**63 - 1])
def test_an_mtu_is_one_that_a_frame_can_have(way: Way, mtu: int) -> None:
    assert refusal(way.new_vif, MTU=mtu) == ["INVALID_VALUE", "MTU", str(mtu)]


@pytest.mark.parametrize(
    ("family", "address"),
    [
        *(("ipv4", said) for said in ("", "10.0.0.1", "10.0.0.1/33", "10.0.0.1/255.255.255.0")),
        *(("ipv4", said) for said in ("10.0.0.1/\u0662\u0664", "10.0.0.1/+8", "::1/64", "10/8")),
        *(("ipv6", said) for said in ("::1", "::1/129", "fe80::1%eth0/64", "10.0.0.1/8", "::1/-1")),
    ],
)
def test_a_static_address_has_a_prefix(way: Way, family: str, address: str) -> None:
    words = refusal(way.say, f"VIF.configure_{family}", way.vif, "Static", address, "")
    assert words == ["INVALID_CIDR_ADDRESS_SPECIFIED", "address"]


@pytest.mark.parametrize("mode", ["locked", "network_default"])
def test_a_guest_is_not_told_to_take_what_its_interface_blocks(
    way: Way, context: Context, mode: str
) -> None:
    with context.transaction() as tx:
        tx.update("network", way.network, {"default_locking_mode": "locked"})
        allowed = {"ipv4_allowed": ["10.0.0.1", "odd"], "ipv6_allowed": ["2001:DB8::1"]}
        tx.update("VIF", way.vif, {**allowed, "locking_mode": mode})
    for family, blocked in (("ipv4", "10.0.0.5/24"), ("ipv6", "2001:db8::2/64")):
        words = refusal(way.say, f"VIF.configure_{family}", way.vif, "Static", blocked, "")
        assert words == ["ADDRESS_VIOLATES_LOCKING_CONSTRAINT", blocked]
    way.say("VIF.configure_ipv4", way.vif, "Static", "10.0.0.1/24", "10.0.0.254")
    way.say("VIF.configure_ipv6", way.vif, "Static", "2001:db8:0::1/64", "")


# --- disks that a template asks for -------------------------------------------------------------


@pytest.mark.parametrize("size", ["", "8GiB", "-1", "1.5", "1e9", "\u0661", str(2**63), "9" * 5000])
def test_a_size_is_a_number_of_bytes(way: Way, context: Context, size: str) -> None:
    uuid = context.view.get("SR", way.sr)["uuid"]
    words = refusal(
        way.provision, f"<provision><disk device='0' size='{size}' sr='{uuid}'/></provision>"
    )
    assert words == ["INVALID_VALUE", "other_config:disks:size", size]


@pytest.mark.parametrize(
    ("disk", "code"),
    [
        ("device='0' size='1' sr='none'", "UUID_INVALID"),
        ("device='0' size='1'", "UUID_INVALID"),
        ("size='1' sr='{sr}'", "INVALID_DEVICE"),
        ("device='0' size='1' sr='{sr}' type='shiny'", "INVALID_VALUE"),
        (f"device='0' size='{2**62}' sr='{{sr}}'", "SR_FULL"),
    ],
)
def test_a_disk_that_cannot_be_is_refused_and_nothing_is_made(
    way: Way, context: Context, disk: str, code: str
) -> None:
    uuid = context.view.get("SR", way.sr)["uuid"]
    good = f"<disk device='7' size='1' sr='{uuid}'/>"
    text = f"<provision>{good}<disk {disk.format(sr=uuid)}/></provision>"
    assert refusal(way.provision, text)[0] == code
    assert context.view.get("VM", way.vm)["VBDs"] == []
    assert context.view.all("VDI") == {}
    assert context.view.get("VM", way.vm)["is_a_template"]


@pytest.mark.parametrize(
    "text",
    [
        *("<", "x", "<p/>", "<provision><p/></provision>", "<disk/>", "<provision/><provision/>"),
        "<!DOCTYPE p [<!ENTITY e 'x'>]><p>&e;</p>",
        *("<!DOCTYPE provision><provision/>", "<a>&b;</a>"),
    ],
)
def test_text_that_asks_for_no_disks_is_refused(way: Way, text: str) -> None:
    assert refusal(way.provision, text) == ["INVALID_VALUE", "other_config:disks", text]


def test_a_disk_goes_on_an_sr_that_is_plugged(way: Way, context: Context) -> None:
    with context.transaction() as tx:
        (pbd,) = tx.get("SR", way.sr)["PBDs"]
        tx.update("PBD", pbd, {"currently_attached": False})
        uuid = tx.get("SR", way.sr)["uuid"]
    text = f"<provision><disk device='0' size='1' sr='{uuid}'/></provision>"
    assert refusal(way.provision, text) == ["SR_HAS_NO_PBDS", way.sr]
