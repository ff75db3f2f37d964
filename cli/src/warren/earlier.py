"""Brings settings that an earlier Warren wrote to what this one reads."""

import json
from pathlib import Path

from service_table import HOST_FOLDER

from warren.installation import DOOR, Host, host_instances, write_service, write_settings


def bring_up(root: Path) -> list[str]:
    """Give a door to each host that is set up here; returns the names of those without one."""
    return [name for path in sorted(root.glob(f"{HOST_FOLDER}*")) if (name := _give_door(path))]


def _give_door(folder: Path) -> str | None:
    """Move the address for other hosts from xenopsd's settings to the door's; returns the host."""
    path = folder / "settings.json"
    settings = json.loads(path.read_text()) if path.exists() else {}
    address = settings.pop("migration_address", None)
    if address is None:
        return None
    name, uuid, cpus = settings["hostname"], settings["host_uuid"], settings["cpus"]
    host = Host(name, uuid, address, cpus, memory_mib=0)
    broker = "", 0  # the door does not use it
    for of in host_instances(folder, host, broker, settings["log_dir"]):
        if of.service.name == "door":
            write_service(of)
    write_settings(folder, settings | {"door_dir": str(DOOR)})
    return host.name
