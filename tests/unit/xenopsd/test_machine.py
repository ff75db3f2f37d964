"""A dom0's machine, read from files as its kernel has them."""

from pathlib import Path

import pytest
from xenopsd.ports.machine import LinuxMachine
from xenports.hypervisor import Physical

PHYSICAL = Physical(
    cpus=16, sockets=2, threads_per_core=2, nodes=2, khz=2300000, hvm=True, iommu=True
)
CPUINFO = """\
processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 17
model name\t: AMD EPYC 9354P
stepping\t: 1
flags\t\t: fpu vme de

processor\t: 1
vendor_id\t: another
"""
PCI_IDS = """\
# a list
8085  Not it
8086  Intel Corporation
\t1521  I350 Gigabit Network Connection
\t\t8086 0001  a board
\t1522  I350 Gigabit Fiber
9999  The next one
\t1533  Not it either
"""


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    card = "sys/devices/pci0000:00/0000:01:00.0"
    write(
        tmp_path,
        {
            "proc/cpuinfo": CPUINFO,
            "proc/sys/kernel/osrelease": "6.1.0-18-amd64\n",
            "sys/hypervisor/version/major": "4\n",
            "sys/hypervisor/version/minor": "17\n",
            "sys/hypervisor/version/extra": ".3\n",
            "sys/hypervisor/properties/capabilities": "xen-3.0-x86_64 hvm-3.0-x86_64\n",
            "sys/class/dmi/id/sys_vendor": "Dell Inc.\n",
            "sys/class/dmi/id/product_name": "PowerEdge\x01 R660\n",
            "sys/class/dmi/id/board_serial": "Not Specified\n",
            "usr/share/misc/pci.ids": PCI_IDS,
            f"{card}/vendor": "0x8086\n",
            f"{card}/device": "0x1521\n",
            "sys/class/net/eno1/address": "00:16:3e:12:34:56\n",
            "sys/class/net/eno1/carrier": "1\n",
            "sys/class/net/eno1/speed": "10000\n",
            "sys/class/net/eno1/duplex": "full\n",
            "sys/class/net/xenbr0/address": "00:16:3e:12:34:56\n",
            "sys/bus/pci/x": "",
        },
    )
    (tmp_path / card / "subsystem").symlink_to(tmp_path / "sys/bus/pci")
    (tmp_path / "sys/class/net/eno1/device").symlink_to(tmp_path / card)
    return tmp_path


def test_processors_are_counted_by_xen_and_named_by_the_kernel(root: Path) -> None:
    found = LinuxMachine(lambda: PHYSICAL, root).describe().stat
    said = found.cpu_info
    assert (said.cpu_count, said.socket_count, said.threads_per_core) == (16, 2, 2)
    assert (said.vendor, said.modelname, said.family) == ("AuthenticAMD", "AMD EPYC 9354P", "25")
    assert (said.model, said.stepping, said.flags) == ("17", "1", "fpu vme de")
    assert said.speed == "2300.000"
    assert found.chipset_info.iommu
    assert found.hypervisor.capabilities == "xen-3.0-x86_64 hvm-3.0-x86_64"


def test_software_and_firmware_are_the_machines(root: Path) -> None:
    found = LinuxMachine(lambda: PHYSICAL, root).describe()
    assert (found.software["xen"], found.software["linux"]) == ("4.17.3", "6.1.0-18-amd64")
    assert found.firmware["system-manufacturer"] == "Dell Inc."
    assert found.firmware["system-product-name"] == "PowerEdge R660"
    assert found.firmware["baseboard-serial-number"] == found.firmware["bios-vendor"] == ""


def test_cards_have_names_and_bridges_are_none(root: Path) -> None:
    found = LinuxMachine(lambda: PHYSICAL, root).describe().interfaces
    assert list(found) == ["eno1"]
    card = found["eno1"]
    assert (card.mac, card.carrier, card.speed) == ("00:16:3e:12:34:56", True, 10000)
    assert card.duplex
    assert (card.vendor_id, card.vendor_name) == ("8086", "Intel Corporation")
    assert (card.device_id, card.device_name) == ("1521", "I350 Gigabit Network Connection")
    assert card.pci_bus_path == "0000:01:00.0"


@pytest.mark.parametrize(
    ("files", "speed"),
    [
        ({"carrier": "0\n", "speed": "10000\n"}, 0),
        ({"carrier": "1\n", "speed": "-1\n"}, 0),
        ({"carrier": "1\n", "speed": "25000\n"}, 25000),
    ],
)
def test_a_cards_link_is_read_each_time(root: Path, files: dict[str, str], speed: int) -> None:
    machine = LinuxMachine(lambda: PHYSICAL, root)
    assert machine.describe().interfaces["eno1"].speed == 10000
    write(root / "sys/class/net/eno1", files)
    assert machine.describe().interfaces["eno1"].speed == speed


def test_a_card_that_nobody_named_keeps_its_numbers(root: Path) -> None:
    write(root, {"sys/devices/pci0000:00/0000:01:00.0/device": "0x1533\n"})
    card = LinuxMachine(lambda: PHYSICAL, root).describe().interfaces["eno1"]
    assert (card.vendor_name, card.device_id, card.device_name) == ("Intel Corporation", "1533", "")


def test_what_is_unknown_is_empty_and_no_lie(tmp_path: Path) -> None:
    found = LinuxMachine(lambda: PHYSICAL, tmp_path).describe()
    assert found.stat.cpu_info.vendor == found.stat.cpu_info.modelname == ""
    assert set(found.firmware.values()) == {""}
    assert found.software["xen"] == found.software["linux"] == ""
    assert found.interfaces == {}
