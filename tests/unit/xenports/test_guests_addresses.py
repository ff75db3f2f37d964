"""A simulated guest has the addresses that it was told to take, or some of its own."""

import ipaddress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xenports.simulated.addresses import addresses
from xenports.simulated.guests import Guests
from xenports.simulated.machine import Machine
from xenports.simulated.memory_store import MemoryStore

MAC = "02:16:3e:12:34:56"
DOMID = 1
FRONT = f"/local/domain/{DOMID}/device/vif/0"
BACK = f"/local/domain/0/backend/vif/{DOMID}/0"
SETTING = f"/local/domain/{DOMID}/xenserver/device/vif/0/static-ip-setting"
SAID = f"/local/domain/{DOMID}/attr/vif/0"
STATIC = {"enabled": "1", "address": "192.0.2.7/24", "gateway": "192.0.2.1"}


@given(st.binary(min_size=6, max_size=6), st.binary(min_size=6, max_size=6))
def test_an_interface_has_addresses_that_no_other_one_has(one: bytes, other: bytes) -> None:
    said = addresses(one.hex(":"), {})
    assert ipaddress.ip_address(said["ipv4/0"]).is_private
    assert ipaddress.ip_address(said["ipv6/0"]).is_link_local
    if one != other:
        assert said["ipv6/0"] != addresses(other.hex(":"), {})["ipv6/0"]


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({}, {"ipv4/0": "10.18.52.87", "ipv6/0": "fe80::16:3eff:fe12:3456"}),
        (STATIC, {"ipv4/0": "192.0.2.7", "ipv6/0": "fe80::16:3eff:fe12:3456"}),
        (
            {"enabled6": "1", "address6": "2001:db8::7/64"},
            {"ipv4/0": "10.18.52.87", "ipv6/0": "2001:db8::7"},
        ),
        (
            {**STATIC, "enabled": "0"},
            {"ipv4/0": "10.18.52.87", "ipv6/0": "fe80::16:3eff:fe12:3456"},
        ),
    ],
)
def test_what_was_set_comes_first(setting: dict[str, str], expected: dict[str, str]) -> None:
    assert addresses(MAC, setting) == expected


def test_an_interface_without_a_mac_has_no_address() -> None:
    assert addresses("", {}) == addresses("nonsense", {}) == {}


@pytest.fixture
def store(tmp_path: Path) -> MemoryStore:
    """The store of a machine with a guest that runs and has an interface."""
    store, machine = MemoryStore(), Machine(1 << 21, seed=1)
    (tmp_path / "dom").mkdir()
    guests = Guests(machine, store, tmp_path)
    guests.listen()
    assert machine.create("vm", "pvh", 4096, 1) == DOMID
    machine.populate(DOMID, 4096)
    machine.build(DOMID, "kernel")
    machine.unpause(DOMID)
    store.write_all({f"{FRONT}/mac": MAC, f"{FRONT}/state": "1", f"{BACK}/state": "1"})
    guests.boot(DOMID)
    return store


def test_an_agent_says_its_addresses(store: MemoryStore) -> None:
    assert store.read(f"{SAID}/ipv4/0") == "10.18.52.87"


def test_a_guest_follows_its_configuration_while_it_runs(store: MemoryStore) -> None:
    store.write_all({f"{SETTING}/{name}": said for name, said in STATIC.items()})
    assert store.read(f"{SAID}/ipv4/0") == "192.0.2.7"
    store.write_all({f"{SETTING}/enabled": "0", f"{SETTING}/address": ""})
    assert store.read(f"{SAID}/ipv4/0") == "10.18.52.87"


def test_an_interface_that_is_unplugged_has_none(store: MemoryStore) -> None:
    store.write(f"{BACK}/state", "5")
    assert store.read(f"{SAID}/ipv4/0") is None
