"""Settings that an earlier Warren wrote, brought to what this one reads."""

import json
from pathlib import Path

from service_table import HOST_FOLDER

from warren.installation import DOOR, Host, host_instances, write_service, write_settings


def bring_up(root: Path) -> list[str]:
    """Give each host that is set up here its door; the names of those that had none yet."""
    return [name for path in sorted(root.glob(f"{HOST_FOLDER}*")) if (name := _give_door(path))]


def _give_door(folder: Path) -> str | None:
    """xenopsd's settings said where other hosts reach it, and now the door's say that."""
    path = folder / "settings.json"
    said = json.loads(path.read_text()) if path.exists() else {}
    address = said.pop("migration_address", None)
    if address is None:
        return None
    host = Host(said["hostname"], said["host_uuid"], address, said["cpus"], memory_mib=0)
    broker = "", 0  # what needs one is set up already
    for of in host_instances(folder, host, broker, said["log_dir"]):
        if of.service.name == "door":
            write_service(of)
    write_settings(folder, said | {"door_dir": str(DOOR)})
    return host.name
