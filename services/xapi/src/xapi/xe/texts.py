"""The fields of records as printed text."""

from collections.abc import Callable, Iterator
from typing import Any

from datamodel import api
from datamodel.model import EnumType, MapType, RefType, SetType, Type
from datamodel.refs import NULL_REF

from xapi.xe.declared import XeClass, XeField, target_of
from xapi.xe.desk import Desk, Record

ABSENT = "<not in database>"
WORDS = {"vm_start": "VM.start", "vm_resume": "VM.resume", "vm_migrate": "VM.migrate"}
"""The values of enumerations, all of them operations of hosts, that have other names here."""
EXPENSIVE = "<expensive field>"


def _words(value: str) -> str:
    return value.replace("_", " ").capitalize()


SPELLED: dict[tuple[str, str], Callable[[str], str]] = {
    ("VM", "power_state"): str.lower,
    ("VM", "actions_after_shutdown"): _words,
    ("VM", "actions_after_softreboot"): _words,
    ("VM", "actions_after_reboot"): _words,
    ("VM", "actions_after_crash"): _words,
    ("VM_group", "placement"): lambda value: value.replace("_", "-"),
    ("VDI", "type"): _words,
    ("console", "protocol"): str.upper,
}
"""Fields whose values are not spelled as in the XenAPI."""

COMMAS = frozenset({"tags", "purpose", "repositories", "required-cluster-stack"})
"""Sets that are printed with commas between their members."""


def classes_of(field: XeField) -> Iterator[str]:
    """The classes whose records are needed for a field's text."""
    cls = field.cls
    for step in field.path:
        declared = api.classes[cls].fields.get(step)
        target = None if declared is None else target_of(declared.type)
        if target is None:
            return
        yield target
        cls = target


def text(desk: Desk, cls: XeClass, field: XeField, record: Record) -> str:
    """The text of a field, once its classes are prepared."""
    made = COMPUTED.get((cls.cls, field.name))
    if made is not None:
        return made(desk, record)
    here, at = cls.cls, record
    for step in field.path[:-1]:
        declared = api.classes[here].fields[step].type
        here = target_of(declared) or here
        found = desk.known(here, at[step])
        if found is None:
            return "<EMPTY>" if field.name == "vdi-name-label" and record["empty"] else ABSENT
        at = found
    if not field.path or field.path[-1] not in at:
        return ""
    name = field.path[-1]
    type_, value = api.classes[here].fields[name].type, at[name]
    if field.name.startswith("current-operations"):
        return "; ".join(map(str, value.values()))
    if field.name in COMMAS:
        return ", ".join(_item(desk, type_, value))
    said = value_text(desk, type_, value)
    spell = SPELLED.get((here, name))
    return said if spell is None else spell(said)


def items(desk: Desk, cls: XeClass, field: XeField, record: Record) -> list[str]:
    """The members of a set."""
    said = text(desk, cls, field, record)
    return said.split(", " if field.name in COMMAS else "; ") if said else []


def _item(desk: Desk, type_: Type, value: Any) -> list[str]:
    inner = type_.item if isinstance(type_, SetType) else type_
    return [value_text(desk, inner, each) for each in value]


def value_text(desk: Desk, type_: Type, value: Any) -> str:
    match type_:
        case RefType(cls):
            found = desk.known(cls, value)
            return ABSENT if found is None else str(found.get("uuid", value))
        case SetType():
            return "; ".join(_item(desk, type_, value))
        case MapType(key, inner):
            return "; ".join(
                f"{value_text(desk, key, name)}: {value_text(desk, inner, each)}"
                for name, each in value.items()
            )
        case EnumType():
            return WORDS.get(value, str(value))
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.3f}"
        case None:
            return ""
        case dict():
            return "; ".join(f"{key}: {each}" for key, each in value.items())
        case list():
            return "; ".join(map(str, value))
    return str(value)


def mapped(desk: Desk, cls: XeClass, field: XeField, record: Record) -> dict[str, str]:
    """A map field with its values as texts."""
    here, at = cls.cls, record
    for step in field.path[:-1]:
        here = target_of(api.classes[here].fields[step].type) or here
        at = desk.known(here, at[step]) or {}
    declared = api.classes[here].fields[field.path[-1]].type if field.path else None
    value = at.get(field.path[-1], {}) if field.path else {}
    inner = declared.value if isinstance(declared, MapType) else None
    return {
        str(key): value_text(desk, inner, each) if inner is not None else str(each)
        for key, each in value.items()
    }


def _variant(desk: Desk, ref: str) -> str:
    variant = desk.known("Driver_variant", ref)
    return "<none>" if ref == NULL_REF or variant is None else _version(variant)


def _version(variant: Record) -> str:
    return f"{variant['name']}/{variant['version']}"


def _variants(desk: Desk, record: Record, said: Callable[[Record], str | None]) -> str:
    found = (desk.known("Driver_variant", ref) for ref in record["variants"])
    texts = (said(each) for each in found if each is not None)
    return "; ".join(each for each in texts if each is not None)


def _driver(desk: Desk, record: Record) -> Record:
    return desk.known("Host_driver", record["driver"]) or {}


def _here(desk: Desk, record: Record, field: str) -> str:
    driver = _driver(desk, record)
    own = desk.known("Driver_variant", driver.get(field, NULL_REF))
    return "true" if own is not None and own["uuid"] == record["uuid"] else "false"


def _host_of(desk: Desk, driver: Record) -> str:
    return str((desk.known("host", driver.get("host", "")) or {}).get("uuid", ABSENT))


def _host_says(name: str) -> Callable[[Desk, Record], str]:
    """A reader of a field that the pool has from its coordinator."""

    def read(desk: Desk, record: Record) -> str:
        host = desk.known("host", record["master"])
        type_ = api.classes["host"].fields[name].type
        return ABSENT if host is None else value_text(desk, type_, host[name])

    return read


def _speed(desk: Desk, record: Record) -> str:
    metrics = desk.known("PIF_metrics", record["metrics"])
    return "unknown" if metrics is None else f"{metrics['speed']} Mbit/s"


def _duplex(desk: Desk, record: Record) -> str:
    metrics = desk.known("PIF_metrics", record["metrics"])
    if metrics is None or not metrics["carrier"]:
        return "unknown"
    return "full" if metrics["duplex"] else "half"


def _pci(name: str) -> Callable[[Desk, Record], str]:
    def read(desk: Desk, record: Record) -> str:
        return str((desk.known("PCI", record["PCI"]) or {}).get(name, ABSENT))

    return read


def _sr_host(desk: Desk, record: Record) -> str:
    """The host that an SR is attached to."""
    hosts = set()
    for ref in record["PBDs"]:
        pbd = desk.known("PBD", ref)
        host = desk.known("host", pbd["host"]) if pbd is not None else None
        if host is not None:
            hosts.add(host["name_label"])
    if record["shared"] and len(hosts) > 1:
        return "<shared>"
    return next(iter(hosts), ABSENT)


NEEDED = {
    "pool": ("host",),
    "Host_driver": ("Driver_variant",),
    "Driver_variant": ("Host_driver", "host"),
    "PIF": ("PIF_metrics",),
    "PGPU": ("PCI",),
    "SR": ("PBD", "host"),
}
"""The classes whose records are needed for computed texts."""

COMPUTED: dict[tuple[str, str], Callable[[Desk, Record], str]] = {
    ("Host_driver", "active-variant"): lambda desk, said: _variant(desk, said["active_variant"]),
    ("Host_driver", "selected-variant"): lambda desk, said: _variant(
        desk, said["selected_variant"]
    ),
    ("Host_driver", "variants"): lambda desk, said: _variants(desk, said, _version),
    ("Host_driver", "variants-dev-status"): lambda desk, said: _variants(
        desk, said, lambda each: f"{each['name']}={each['status']}"
    ),
    ("Host_driver", "variants-uuid"): lambda desk, said: _variants(
        desk, said, lambda each: f"{each['name']}/{each['uuid']}"
    ),
    ("Host_driver", "variants-hw-present"): lambda desk, said: _variants(
        desk, said, lambda each: _version(each) if each["hardware_present"] else None
    ),
    ("Driver_variant", "active"): lambda desk, said: _here(desk, said, "active_variant"),
    ("Driver_variant", "selected"): lambda desk, said: _here(desk, said, "selected_variant"),
    ("Driver_variant", "driver-name"): lambda desk, said: str(_driver(desk, said).get("name", "")),
    ("Driver_variant", "host-uuid"): lambda desk, said: _host_of(desk, _driver(desk, said)),
    ("Driver_variant", "priority"): lambda desk, said: f"{said['priority']:.1f}",
    ("pool", "https-only"): _host_says("https_only"),
    ("pool", "ssh-enabled"): _host_says("ssh_enabled"),
    ("pool", "ssh-enabled-timeout"): _host_says("ssh_enabled_timeout"),
    ("pool", "ssh-expiry"): _host_says("ssh_expiry"),
    ("pool", "console-idle-timeout"): _host_says("console_idle_timeout"),
    ("pool", "ssh-auto-mode"): _host_says("ssh_auto_mode"),
    ("PIF", "speed"): _speed,
    ("PIF", "duplex"): _duplex,
    ("PGPU", "pci-uuid"): _pci("uuid"),
    ("PGPU", "vendor-name"): _pci("vendor_name"),
    ("PGPU", "device-name"): _pci("device_name"),
    ("PGPU", "pci-id"): _pci("pci_id"),
    ("SR", "host"): _sr_host,
}
"""Texts that are computed, since the record has no such field."""
