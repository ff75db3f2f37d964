"""HVM guests: an emulated machine whose hardware Debian's QEMU plays, booted from a CD."""

from collections.abc import Iterator

import pytest

from tests import records
from tests.lab.conftest import CLOCK_S, Guest, Lab


@pytest.fixture
def guest(clean: Lab) -> Iterator[Guest]:
    guest = clean.new_emulated()
    guest.run()
    yield guest
    guest.remove()


def test_an_emulated_machine_boots_from_a_disc_and_keeps_its_disk(guest: Guest) -> None:
    assert guest.ask("keep what-was-written", "kept") == ["what-was-written"] * 2
    guest.clean_reboot()
    guest.await_boot(2)
    assert guest.ask("kept") == ["what-was-written"]
    guest.clean_shutdown()
    assert guest.state == "Halted"


def test_its_clock_stays_as_the_guest_has_set_it(guest: Guest) -> None:
    """An hour ahead, after its own reboot and at its next start."""
    ahead = guest.ahead()
    assert guest.ask("wind 3600") == ["wound"]
    guest.clean_reboot()
    guest.await_boot(2)
    assert abs(guest.ahead() - ahead - 3600) < CLOCK_S
    assert abs(int(guest.get_platform()["timeoffset"]) - 3600) < CLOCK_S
    guest.clean_shutdown()
    guest.run()
    assert abs(guest.ahead() - ahead - 3600) < CLOCK_S


def test_its_drive_takes_another_disc(guest: Guest) -> None:
    api = guest.lab.api
    drive = next(vbd for vbd in guest.get_VBDs() if api.VBD.get_type(vbd) == "CD")
    assert guest.ask("discs") == ["sr0 loaded"]
    api.VBD.eject(drive)
    guest.await_answer("discs", "sr0 empty")
    api.VBD.insert(drive, guest.lab.new_vdi())
    guest.await_answer("discs", "sr0 loaded")


def test_it_goes_on_from_its_image_and_moves_suspended(guest: Guest) -> None:
    before = int(guest.ask("count")[0])
    guest.suspend()
    assert guest.state == "Suspended"
    guest.resume_on(guest.lab.host("dom0-1"), False, False)
    after = int(guest.ask("count")[0])
    assert after > before
    guest.pool_migrate(guest.lab.host("dom0-2"), {"live": "true"})
    assert int(guest.ask("count")[0]) > after


def test_an_emulated_machine_without_a_disc_starts_all_the_same(clean: Lab) -> None:
    guest = clean.new_emulated()
    drive = next(v for v in guest.get_VBDs() if clean.api.VBD.get_type(v) == "CD")
    clean.api.VBD.destroy(drive)
    clean.api.VBD.create(records.drive(guest.vm, "3"))
    guest.start_on(clean.host("dom0-1"), False, False)
    assert guest.state == "Running"
    guest.remove()
