"""A disk's place is one thing, whichever way it is said and whoever reads its name."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rules.values import places
from xenopsd.backend import names

from tests.records import shown

POSITIONS = st.integers(0, places.DISKS)
KINDS = st.sampled_from(["xvd", "hd", "sd"])
TEXTS = st.one_of(st.text(max_size=6), st.from_regex(r"(xvd|hd|sd|fd|vd)?[a-z0-9]{0,4}"))


@given(POSITIONS, KINDS)
def test_all_names_of_a_place_lead_to_it(position: int, kind: str) -> None:
    name = places.disk_name(position)
    old = f"{kind}{name.removeprefix('xvd')}"
    assert {places.disk_number(said) for said in (name, old, str(position))} == {position}
    assert {places.device(said) for said in (name, old, str(position))} == {name}


@given(TEXTS)
def test_what_is_no_name_is_no_place_and_what_is_one_has_a_number_in_xen(said: str) -> None:
    device = places.device(said)
    assert device is None or names.find_disk_number(device) is not None


def test_no_two_places_have_one_number_in_xen() -> None:
    devices = [*map(places.disk_name, range(places.DISKS + 1)), *places.FLOPPIES]
    assert len({names.disk_number(device) for device in devices}) == len(devices)


@given(st.integers(0, names.KINDS_MAX["xvd"]))
def test_the_number_in_xen_says_the_position(position: int) -> None:
    name = places.disk_name(min(position, 17_000))
    found, index = names.disk_number(name), min(position, 17_000)
    assert found == (202 << 8 | index << 4 if index < 16 else 1 << 28 | index << 8)


class Pool:
    """VBDs of one VM, as places are read from."""

    def __init__(self, said: list[str]) -> None:
        self.vbds = [
            shown("VBD", {"userdevice": place, "device": "", "currently_attached": False})
            for place in said
        ]
        self.vm = shown(
            "VM",
            {
                "VBDs": [str(number) for number in range(len(said))],
                "is_control_domain": False,
                "domain_type": "hvm",
            },
        )

    def get(self, cls: object, ref: str) -> Any:
        return self.vbds[int(ref)]


@given(st.lists(TEXTS, max_size=20))
def test_the_place_that_is_found_is_free_whatever_else_there_is(said: list[str]) -> None:
    pool: Any = Pool(said)
    found = places.choose(pool, pool.vm, places.AUTODETECT, "Disk")
    assert places.device(found) not in places.taken(pool, pool.vm)
    assert places.choose(pool, pool.vm, found, "Disk") == found
