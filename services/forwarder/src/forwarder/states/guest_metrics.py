"""What a guest's agent writes into xenstore, as the fields of VM_guest_metrics."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

DRIVERS = {
    f"attr/PVAddons/{part}Version": part.lower() for part in ("Major", "Minor", "Micro", "Build")
} | {"attr/PVAddons/Application": "application"}
UNNAMED_MICRO = {"micro": "-1"}
"""What clients are shown if the agent is too old to tell this part of its version."""

SYSTEM = {
    "data/os_name": "name",
    "data/os_uname": "uname",
    "data/os_distro": "distro",
    "data/os_majorver": "major",
    "data/os_minorver": "minor",
    "attr/os/spmajor": "spmajor",
    "attr/os/spminor": "spminor",
}
HOST_NAME, DOMAIN = "data/host_name_dns", "data/domain"
FEATURE = "control/feature-"
CANNOT_SUSPEND = "data/cant_suspend_reason"
# Agents tell an interface's addresses in an older way, by its Linux name, and in a newer way.
OLDER = re.compile(r"attr/(?:eth|xenbr)([0-9]+)/(?:ip|ipv6/([0-9]+)/addr)")
NEWER = re.compile(r"attr/vif/([0-9]+)/(ipv[46])/([0-9]+)")


def facts(agent: Mapping[str, str], *, has_drivers: bool) -> dict[str, Any]:
    """Fields of VM_guest_metrics; ``agent`` has the guest's nodes by their path in its directory.

    ``has_drivers`` says whether the guest uses devices that need drivers of its own.
    """
    version = _named(agent, DRIVERS)
    drivers = has_drivers or bool(version)
    return {
        "os_version": _named(agent, SYSTEM),
        "netbios_name": _host_name(agent),
        "PV_drivers_version": UNNAMED_MICRO | version if version else {},
        "PV_drivers_detected": drivers,
        "PV_drivers_up_to_date": drivers,
        "networks": dict(_addresses(agent)),
        "live": True,
        "other": dict(_other(agent)),
        "can_use_hotplug_vbd": _hotplug(agent, "vbd"),
        "can_use_hotplug_vif": _hotplug(agent, "vif"),
    }


def _named(agent: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {name: agent[path] for path, name in names.items() if path in agent}


def _host_name(agent: Mapping[str, str]) -> dict[str, str]:
    if HOST_NAME not in agent:
        return {}
    return {"host_name": ".".join(agent[path] for path in (HOST_NAME, DOMAIN) if path in agent)}


def _addresses(agent: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The guest's addresses by their keys; an interface's first IPv4 address is its ``ip`` too."""
    for path, address in agent.items():
        if older := OLDER.fullmatch(path):
            number, position = older.groups()
            if position is not None:
                yield f"{number}/ipv6/{position}", address
                continue
            yield f"{number}/ip", address
            yield f"{number}/ipv4/0", address
        elif newer := NEWER.fullmatch(path):
            number, kind, position = newer.groups()
            yield f"{number}/{kind}/{position}", address
            if (kind, position) == ("ipv4", "0"):
                yield f"{number}/ip", address


def _other(agent: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path, value in agent.items():
        if path.startswith(FEATURE):
            yield path.removeprefix("control/"), value
    if CANNOT_SUSPEND in agent:
        yield "data-cant-suspend-reason", agent[CANNOT_SUSPEND]


def _hotplug(agent: Mapping[str, str], kind: str) -> str:
    flag = agent.get(f"feature/hotplug/{kind}")
    return "unspecified" if flag is None else "yes" if flag == "1" else "no"
