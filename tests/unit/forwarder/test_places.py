"""Where devices may be put, whichever message puts them there."""

from collections.abc import Callable
from typing import Any

import pytest
from datamodel import XenAPIError, api
from datamodel.classes import VM
from datamodel.refs import as_ref
from forwarder.core import context as contexts
from forwarder.core import registry
from forwarder.core.context import Context
from forwarder.daemons import translate
from forwarder.records.new_vm import mac_of
from pooldb import Database
from rules.values import places
from xapi.implicit import constructor_record

NOWHERE = (
    *("", "-1", "+1", "007", "255", "256", "9999999999", "1.0", " 1", "1\n", "\u0663", "0x1"),
    *("garbage", "vda", "xvd", "xvda1", "xvdA", "xvdaaa", "xvdiv", "fda", "fda0", "fdc"),
)
NAMES_OF = {"0": "xvda", "25": "xvdz", "26": "xvdaa", "30": "xvdae", "254": "xvdiu"}


class Guest:
    """A VM, and what messages make of it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        with context.transaction() as tx:
            self.network = tx.create("network", {})
            self.sr = tx.create("SR", {"type": "dummy", "physical_size": 2**40})
            tx.create("PBD", {"SR": self.sr, "currently_attached": True})
            self.vm = tx.create(
                "VM", {"power_state": "Halted", "domain_type": "hvm", "is_a_template": True}
            )

    @property
    def record(self) -> Any:
        return self.context.view.get("VM", self.vm)

    def free_disks(self) -> list[str]:
        view = self.context.view
        return places.free_disks(view, view.get(VM, as_ref(self.vm)))

    def free_interfaces(self) -> list[str]:
        view = self.context.view
        return places.free_interfaces(view, view.get(VM, as_ref(self.vm)))

    def say(self, wire: str, *params: Any) -> Any:
        return registry.run(self.context, wire, list(params))

    def make(self, cls: str, **values: Any) -> str:
        message = api.message(f"{cls}.create")
        assert message is not None
        return str(self.say(message.wire, constructor_record(message, values)))

    def add(self, place: str, type_: str = "CD", **more: Any) -> str:
        drive = {"VDI": "OpaqueRef:NULL", "mode": "RO", "empty": True, "bootable": False}
        qos: Any = {"qos_algorithm_type": "", "qos_algorithm_params": {}, "other_config": {}}
        values = {"VM": self.vm, "userdevice": place, "type": type_, **drive, **qos, **more}
        return self.make("VBD", **values)

    def move(self, place: str) -> None:
        """Put a new device somewhere by moving it."""
        self.say("VBD.set_userdevice", self.add("200"), place)

    def provision(self, place: str) -> None:
        uuid = self.context.view.get("SR", self.sr)["uuid"]
        asked = f"<disk device='{place}' size='1' sr='{uuid}' bootable='true'/>"
        with self.context.transaction() as tx:
            disks = {"disks": f"<provision>{asked}</provision>"}
            tx.update("VM", self.vm, {"is_a_template": True, "other_config": disks})
        self.say("VM.provision", self.vm)

    def make_disk(self) -> str:
        with self.context.transaction() as tx:
            return tx.create("VDI", {"SR": self.sr, "type": "user", "managed": True})

    def interface(self, device: str, **more: Any) -> str:
        return self.make(
            "VIF",
            **{"VM": self.vm, "network": self.network, "device": device, "MTU": 1500},
            **{"MAC": "00:16:3e:00:00:01", "other_config": {}, "qos_algorithm_type": ""},
            **{"qos_algorithm_params": {}, **more},
        )


@pytest.fixture
def guest(context: Context) -> Guest:
    return Guest(context)


def refusal(call: Callable[..., Any], *params: Any, **more: Any) -> list[str]:
    with pytest.raises(XenAPIError) as caught:
        call(*params, **more)
    return caught.value.description


WAYS = pytest.mark.parametrize("way", ["add", "move", "provision"])


@WAYS
@pytest.mark.parametrize("place", [place for place in NOWHERE if place.isprintable()])
def test_what_is_no_place_is_refused_on_every_way(guest: Guest, way: str, place: str) -> None:
    assert refusal(getattr(guest, way), place) == ["INVALID_DEVICE", place]


@WAYS
@pytest.mark.parametrize("place", ["3", "xvdd", "hdd", "sdd"])
def test_a_place_is_given_once_whatever_it_is_called(guest: Guest, way: str, place: str) -> None:
    guest.add("3")
    assert refusal(getattr(guest, way), place) == ["DEVICE_ALREADY_EXISTS", place]


@WAYS
@pytest.mark.parametrize(("place", "device"), NAMES_OF.items())
def test_a_host_is_told_the_guests_name_of_a_place(
    guest: Guest, way: str, place: str, device: str
) -> None:
    getattr(guest, way)(place)
    (vbd,) = guest.record["VBDs"]
    assert translate.drive(guest.context.view, vbd).id[1] == device


def test_a_full_guest_has_no_place_left(guest: Guest, context: Context) -> None:
    with context.transaction() as tx:
        for place in range(places.DISKS):
            tx.create("VBD", {"VM": guest.vm, "userdevice": str(place)})
    assert guest.free_disks() == []
    assert refusal(guest.add, "autodetect") == ["INVALID_DEVICE", "autodetect"]


def test_a_device_that_is_plugged_keeps_its_place_until_it_is_unplugged(
    guest: Guest, context: Context
) -> None:
    moved = guest.add("0")
    with context.transaction() as tx:
        tx.update("VBD", moved, {"currently_attached": True, "device": "xvda"})
    guest.say("VBD.set_userdevice", moved, "1")
    assert translate.drive(context.view, moved).id[1] == "xvda"
    assert refusal(guest.add, "0") == ["DEVICE_ALREADY_EXISTS", "0"]
    with context.transaction() as tx:
        tx.update("VBD", moved, {"currently_attached": False})
    assert translate.drive(context.view, moved).id[1] == "xvdb"
    guest.add("0")


def test_a_device_of_which_a_host_is_being_told_is_not_moved(
    guest: Guest, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contexts, "LOCK_WAIT_S", -1.0)
    vbd = guest.add("0")
    with context.transaction() as tx:
        tx.update("VBD", vbd, {"current_operations": {"other": "attach"}})
    expected = ["OTHER_OPERATION_IN_PROGRESS", "VBD", vbd, "attach", "other"]
    assert refusal(guest.say, "VBD.set_userdevice", vbd, "1") == expected
    assert refusal(guest.say, "VBD.set_type", vbd, "CD") == expected


def test_floppies_have_places_of_their_own(guest: Guest, context: Context) -> None:
    disk = {"VDI": guest.make_disk(), "empty": False, "mode": "RW"}
    assert refusal(guest.add, "0", "Floppy", **disk) == ["INVALID_DEVICE", "0"]
    for expected in places.FLOPPIES:
        vbd = guest.add("autodetect", "Floppy", **disk)
        assert context.view.get("VBD", vbd)["userdevice"] == expected
    assert refusal(guest.add, "autodetect", "Floppy", **disk) == ["INVALID_DEVICE", "autodetect"]
    with context.transaction() as tx:
        tx.update("VM", guest.vm, {"domain_type": "pvh"})
    assert refusal(guest.add, "fda", "Floppy", **disk)[0] == "NOT_IMPLEMENTED"


def test_a_device_becomes_another_kind_only_where_that_can_be(guest: Guest) -> None:
    vbd = guest.add("0")
    assert refusal(guest.say, "VBD.set_type", vbd, "Disk") == ["VBD_NOT_REMOVABLE_MEDIA", vbd]
    assert refusal(guest.say, "VBD.set_type", vbd, "Floppy") == ["VBD_NOT_REMOVABLE_MEDIA", vbd]
    full = guest.add("1", "Disk", VDI=guest.make_disk(), empty=False, mode="RW")
    assert refusal(guest.say, "VBD.set_type", full, "Floppy") == ["INVALID_DEVICE", "1"]
    guest.say("VBD.set_type", full, "CD")


def test_a_suspended_guests_device_has_a_name(guest: Guest, context: Context) -> None:
    with context.transaction() as tx:
        tx.update("VM", guest.vm, {"power_state": "Suspended"})
    plugged: dict[str, Any] = {"currently_attached": True}
    for name in ("garbage", "autodetect", "xvd"):
        assert refusal(guest.add, "0", device=name, **plugged) == ["INVALID_DEVICE", name]
    guest.add("0", device="xvda", **plugged)
    assert refusal(guest.add, "1", device="xvda", **plugged) == ["DEVICE_ALREADY_EXISTS", "xvda"]


@pytest.mark.parametrize(
    ("odd", "expected"),
    [(["garbage"], "INVALID_DEVICE"), ([""], "INVALID_DEVICE"), (["0", "hda"], "DEVICE_ALREADY")],
)
def test_records_older_than_the_rules_are_refused_before_a_host_hears_of_them(
    guest: Guest, context: Context, odd: list[str], expected: str
) -> None:
    with context.transaction() as tx:
        for place in odd:
            tx.create("VBD", {"VM": guest.vm, "userdevice": place, "type": "CD", "mode": "RO"})
    assert refusal(translate.metadata, context.view, guest.vm)[0].startswith(expected)
    guest.free_disks()
    guest.add("autodetect")


@pytest.mark.parametrize(
    "device", ["", "-1", "+1", "00", "16", "9999999999", "\u0663", "x", "0x1", "1 "]
)
def test_what_is_no_number_of_an_interface_is_refused_at_once(guest: Guest, device: str) -> None:
    assert refusal(guest.interface, device) == ["INVALID_DEVICE", device]


def test_an_interface_can_be_made_wherever_one_is_offered(guest: Guest) -> None:
    for device in guest.free_interfaces():
        guest.interface(device)
    assert guest.free_interfaces() == []
    assert refusal(guest.interface, "3") == ["DEVICE_ALREADY_EXISTS", "3"]


def test_the_address_of_an_interface_beyond_the_bound_is_bounded_work() -> None:
    """Earlier versions made such interfaces, and clones get addresses for them."""
    assert mac_of("seed", 10**30) == mac_of("seed", 10**30) != mac_of("seed", 10**30 + 1)


def test_the_database_of_a_pool_is_what_setters_with_rules_are_forwarded_for(db: Database) -> None:
    ruled = {message.wire for message in api.messages.values() if message.has_rules}
    assert ruled == {"VBD.set_userdevice", "VBD.set_type"}
    assert ruled <= registry.FUNCTIONS.keys()
