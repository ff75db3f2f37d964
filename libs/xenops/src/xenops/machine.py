"""What a host tells the pool of its machine. What it cannot know is empty."""

import msgspec

from xenops.types import Host


class Interface(msgspec.Struct, frozen=True, kw_only=True):
    """A network card; ``speed`` is in Mbit/s, 0 without a link."""

    carrier: bool
    speed: int = 0
    duplex: bool = False
    mac: str = ""
    vendor_id: str = ""
    vendor_name: str = ""
    device_id: str = ""
    device_name: str = ""
    pci_bus_path: str = ""


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """``firmware`` has the keys of ``host.bios_strings``, ``software`` of ``software_version``."""

    stat: Host
    firmware: dict[str, str]
    software: dict[str, str]
    interfaces: dict[str, Interface]
