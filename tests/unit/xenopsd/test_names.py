"""The numbers of block devices, as guests' drivers count them."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from xenops.errors import XenopsError
from xenops.types import Vbd, VbdMode, VbdTy
from xenopsd.backend import names
from xenopsd.backend.devices import Devices

NUMBERS = {
    **{"xvda": 51712, "xvdp": 51952, "xvdq": 1 << 28 | 16 << 8, "xvdiu": 1 << 28 | 254 << 8},
    **{"hda": 768, "hdb": 832, "hdc": 5632, "hdd": 5696},
    **{"sda": 2048, "sdp": 2288, "fda": 51968, "fdb": 51984},
}


@pytest.mark.parametrize(("name", "number"), NUMBERS.items())
def test_a_name_has_the_number_of_the_interface(name: str, number: int) -> None:
    assert names.disk_number(name) == number


@pytest.mark.parametrize("name", ["", "26", "xvd", "xvdA", "xvda1", "hde", "sdq", "fdc", "vda"])
def test_what_has_no_number_is_no_name(name: str) -> None:
    assert names.find_disk_number(name) is None
    with pytest.raises(XenopsError):
        names.disk_number(name)


@pytest.mark.parametrize(
    ("name", "position"), [("xvda", 0), ("hda", 0), ("xvdd", 3), ("sdb", 1), ("xvde", 4)]
)
def test_an_emulated_machine_has_the_first_disks_as_drives(name: str, position: int) -> None:
    assert names.ide_position(name) == position


@pytest.mark.parametrize("name", ["fda", "xvdba", "garbage"])
def test_what_is_no_disk_of_the_first_is_no_drive(name: str) -> None:
    assert names.ide_position(name) >= 4


class Nothing:
    """A xenstore without nodes, and storage that nobody uses."""

    def read_all(self, paths: Sequence[str]) -> list[None]:
        return [None for _ in paths]


def test_a_device_without_a_name_spoils_no_report_and_can_be_unplugged() -> None:
    nothing: Any = Nothing()
    devices = Devices(nothing, nothing, nothing)
    vbd = Vbd(id=("vm", "garbage"), mode=VbdMode.ReadOnly, backend=None, ty=VbdTy.CDROM)
    domain: Any = SimpleNamespace(domid=1)
    assert not devices.vbd_state(domain, vbd).plugged
    devices.unplug_vbd(nothing, domain, vbd, force=False)
