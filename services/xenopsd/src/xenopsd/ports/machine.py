"""The machine that a host is: its processors, its firmware, its software, its network cards."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Protocol

import msgspec
from xenops.machine import Interface, Machine
from xenops.types import Host, HostChipsetInfo, HostCpuInfo, HostHypervisor
from xenports.hypervisor import Physical

FIRMWARE = {
    **{"bios-vendor": "bios_vendor", "bios-version": "bios_version"},
    **{"system-manufacturer": "sys_vendor", "system-product-name": "product_name"},
    **{"system-version": "product_version", "system-serial-number": "product_serial"},
    **{"baseboard-manufacturer": "board_vendor", "baseboard-product-name": "board_name"},
    **{"baseboard-version": "board_version", "baseboard-serial-number": "board_serial"},
}
"""What clients read of a host's firmware, and the kernel's files that say it."""

UNSAID = "Not Specified"
PROCESSOR = {
    **{"vendor_id": "vendor", "model name": "modelname", "cpu family": "family"},
    **{"model": "model", "stepping": "stepping", "flags": "flags"},
}
"""Names in /proc/cpuinfo, and the keys of a host's cpu_info."""

PCI_IDS = ("usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids")
INVISIBLE = re.compile("[^ -~]")

UNKNOWN = HostCpuInfo(
    cpu_count=1,
    socket_count=1,
    threads_per_core=1,
    nr_nodes=1,
    vendor="",
    speed="",
    modelname="",
    family="",
    model="",
    stepping="",
    flags="",
    # Warren does not level the processors of a pool, so these are empty.
    features="",
    features_pv="",
    features_hvm="",
    features_pv_host="",
    features_hvm_host="",
)


class Describes(Protocol):
    def describe(self) -> Machine:
        """Describe it; unreadable facts are empty. Raises HypervisorError if Xen is silent."""
        ...


class LinuxMachine:
    """A dom0's machine, as its kernel and Xen describe it; the kernel's files are below ``root``.

    Facts that cannot change while the machine is on are read once.
    """

    def __init__(self, physical: Callable[[], Physical], root: Path = Path("/")) -> None:
        self._physical = physical
        self._root = root
        self._names = _PciNames([root / path for path in PCI_IDS])

    def describe(self) -> Machine:
        return msgspec.structs.replace(self._fixed, interfaces=dict(self._interfaces()))

    @cached_property
    def _fixed(self) -> Machine:
        version = self._xen_version()
        linux = self._read("proc/sys/kernel/osrelease")
        return Machine(
            stat=self._stat(version),
            firmware={
                key: self._read(f"sys/class/dmi/id/{name}") for key, name in FIRMWARE.items()
            },
            software={**own_software(), "xen": version, "linux": linux},
            interfaces={},
        )

    def _stat(self, version: str) -> Host:
        physical = self._physical()
        capabilities = self._read("sys/hypervisor/properties/capabilities")
        return Host(
            cpu_info=replace(
                UNKNOWN,
                cpu_count=physical.cpus,
                socket_count=physical.sockets,
                threads_per_core=physical.threads_per_core,
                nr_nodes=physical.nodes,
                speed=f"{physical.khz / 1000:.3f}",
                **self._processor(),
            ),
            hypervisor=HostHypervisor(version=version, capabilities=capabilities),
            chipset_info=HostChipsetInfo(iommu=physical.iommu, hvm=physical.hvm),
        )

    def _processor(self) -> dict[str, str]:
        """The facts of the first processor, which stands for all."""
        lines = self._read("proc/cpuinfo", whole=True).split("\n\n")[0].splitlines()
        pairs = (line.partition(":") for line in lines)
        facts = {name.strip(): value.strip() for name, _, value in pairs}
        return {field: facts[name] for name, field in PROCESSOR.items() if name in facts}

    def _xen_version(self) -> str:
        parts = (f"sys/hypervisor/version/{part}" for part in ("major", "minor", "extra"))
        major, minor, extra = map(self._read, parts)
        return f"{major}.{minor}{extra}" if major else ""

    def _interfaces(self) -> Iterator[tuple[str, Interface]]:
        """The machine's network cards, without bridges and other interfaces of the kernel."""
        for folder in sorted((self._root / "sys/class/net").glob("*")):
            if (folder / "device").exists():
                yield folder.name, self._interface(f"sys/class/net/{folder.name}")

    def _interface(self, folder: str) -> Interface:
        vendor, device = (
            self._read(f"{folder}/device/{part}").removeprefix("0x")
            for part in ("vendor", "device")
        )
        vendor_name, device_name = self._names.of(vendor, device)
        carrier, speed = self._read(f"{folder}/carrier") == "1", self._read(f"{folder}/speed")
        bus = (self._root / folder / "device/subsystem").resolve().name
        return Interface(
            carrier=carrier,
            # The kernel says -1 if the card does not know its speed.
            speed=int(speed) if carrier and speed.isdigit() else 0,
            duplex=carrier and self._read(f"{folder}/duplex") == "full",
            mac=self._read(f"{folder}/address"),
            vendor_id=vendor,
            vendor_name=vendor_name,
            device_id=device,
            device_name=device_name,
            pci_bus_path=(self._root / folder / "device").resolve().name if bus == "pci" else "",
        )

    def _read(self, path: str, *, whole: bool = False) -> str:
        """A file's visible text; empty if the file does not exist or cannot be read."""
        try:
            text = (self._root / path).read_text(errors="replace")
        except OSError:
            return ""
        if whole:
            return text
        visible = INVISIBLE.sub("", text).strip()
        return "" if visible == UNSAID else visible


class _PciNames:
    """The names of PCI devices, from the list that distributions keep."""

    def __init__(self, lists: Sequence[Path]) -> None:
        self._lists = lists
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

    def of(self, vendor: str, device: str) -> tuple[str, str]:
        """The names of a maker and of its device; empty if unknown."""
        if not vendor:
            return "", ""
        if (vendor, device) not in self._known:
            self._known[vendor, device] = self._look(vendor, device)
        return self._known[vendor, device]

    def _look(self, vendor: str, device: str) -> tuple[str, str]:
        maker = ""
        for line in self._lines():
            if maker and not line.startswith("\t"):
                break
            if line.startswith(f"{vendor}  "):
                maker = line[len(vendor) :].strip()
            elif maker and line.startswith(f"\t{device}  "):
                return maker, line[len(device) + 1 :].strip()
        return maker, ""

    def _lines(self) -> Iterator[str]:
        for path in self._lists:
            if path.exists():
                with path.open(errors="replace") as lines:
                    yield from (line for line in lines if not line.startswith("#"))
                return


def own_software() -> dict[str, str]:
    """The host's version of Warren and when it was installed; empty if run from sources."""
    installed = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    try:
        version = metadata.version("warren-xenopsd")
    except metadata.PackageNotFoundError:
        version = ""
    return {
        "build_number": version,
        "date": f"{installed:%Y-%m-%d}",
        "network_backend": "bridge",
    }


class SimulatedMachine:
    """A plain server, the same for each simulated host except for the number of processors."""

    def __init__(self, cpus: int, hostname: str) -> None:
        self._described = Machine(
            stat=Host(
                cpu_info=replace(
                    UNKNOWN,
                    cpu_count=cpus,
                    vendor="GenuineIntel",
                    speed="2400.000",
                    modelname="Simulated Processor @ 2.40GHz",
                    family="6",
                    model="85",
                    stepping="7",
                    flags="fpu de tsc msr pae mce cx8 apic sep mca cmov pat clflush mmx fxsr sse"
                    " sse2 ht syscall nx lm constant_tsc pni ssse3 cx16 sse4_1 sse4_2 popcnt aes"
                    " xsave avx hypervisor lahf_lm avx2",
                ),
                hypervisor=HostHypervisor(
                    version="4.17.0-simulated", capabilities="xen-3.0-x86_64 hvm-3.0-x86_64"
                ),
                chipset_info=HostChipsetInfo(iommu=False, hvm=True),
            ),
            firmware={
                **dict.fromkeys(FIRMWARE, ""),
                **{"bios-vendor": "Warren", "bios-version": "1.0"},
                **{"system-manufacturer": "Warren", "system-product-name": "Simulated host"},
                **{"system-version": "1.0", "system-serial-number": hostname},
                "baseboard-manufacturer": "Warren",
            },
            software={
                **own_software(),
                "xen": "4.17.0-simulated",
                "linux": Path("/proc/sys/kernel/osrelease").read_text().strip(),
            },
            interfaces={
                "eth0": Interface(
                    carrier=True,
                    speed=1000,
                    duplex=True,
                    vendor_name="Warren",
                    device_name="Simulated network card",
                )
            },
        )

    def describe(self) -> Machine:
        return self._described
