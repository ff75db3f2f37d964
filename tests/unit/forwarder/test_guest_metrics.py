"""What agents of guests write, as clients read it."""

import pytest
from forwarder.states import guest_metrics
from hypothesis import given
from hypothesis import strategies as st


def facts(**agent: str) -> dict[str, object]:
    return guest_metrics.facts(
        {path.replace("__", "/"): value for path, value in agent.items()}, has_drivers=False
    )


def test_a_guest_without_an_agent_has_metrics_that_say_nothing() -> None:
    found = facts()
    assert found["os_version"] == found["networks"] == found["other"] == {}
    assert found["PV_drivers_detected"] is False
    assert found["can_use_hotplug_vbd"] == "unspecified"


@pytest.mark.parametrize(
    ("agent", "networks"),
    [
        ({"attr/eth0/ip": "10.0.0.7"}, {"0/ip": "10.0.0.7", "0/ipv4/0": "10.0.0.7"}),
        ({"attr/xenbr1/ip": "10.0.0.7"}, {"1/ip": "10.0.0.7", "1/ipv4/0": "10.0.0.7"}),
        ({"attr/eth1/ipv6/0/addr": "fe80::7"}, {"1/ipv6/0": "fe80::7"}),
        (
            {"attr/vif/2/ipv4/0": "10.0.0.8", "attr/vif/2/ipv4/1": "10.0.0.9"},
            {"2/ip": "10.0.0.8", "2/ipv4/0": "10.0.0.8", "2/ipv4/1": "10.0.0.9"},
        ),
        ({"attr/vif/2/ipv6/1": "fe80::8"}, {"2/ipv6/1": "fe80::8"}),
        ({"attr/vif/2/mac": "00:00:00:00:00:01", "attr/ethx/ip": "nonsense"}, {}),
    ],
)
def test_addresses_of_both_kinds_of_agents(agent: dict[str, str], networks: object) -> None:
    assert guest_metrics.facts(agent, has_drivers=True)["networks"] == networks


def test_system_drivers_and_features() -> None:
    found = facts(
        data__os_name="Debian GNU/Linux 12",
        data__os_distro="debian",
        data__os_majorver="12",
        data__host_name_dns="vm1",
        data__domain="example.org",
        attr__PVAddons__MajorVersion="9",
        attr__PVAddons__BuildVersion="77",
        data__cant_suspend_reason="a passed-through device",
        feature__hotplug__vbd="1",
        feature__hotplug__vif="0",
        **{"control__feature-poweroff": "1"},
    )
    assert found["os_version"] == {
        "name": "Debian GNU/Linux 12",
        "distro": "debian",
        "major": "12",
    }
    assert found["netbios_name"] == {"host_name": "vm1.example.org"}
    assert found["PV_drivers_version"] == {"major": "9", "micro": "-1", "build": "77"}
    assert found["PV_drivers_detected"] is True
    assert found["other"] == {
        "feature-poweroff": "1",
        "data-cant-suspend-reason": "a passed-through device",
    }
    assert (found["can_use_hotplug_vbd"], found["can_use_hotplug_vif"]) == ("yes", "no")


@given(st.dictionaries(st.text(), st.text()), st.booleans())
def test_a_guest_may_write_anything(agent: dict[str, str], has_drivers: bool) -> None:
    found = guest_metrics.facts(agent, has_drivers=has_drivers)
    assert all(isinstance(value, str) for value in found["networks"].values())
