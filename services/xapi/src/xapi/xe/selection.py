"""Which objects a command is for: filters by the fields of their class."""

from collections.abc import Iterable

from datamodel import XenAPIError

from xapi.xe import texts
from xapi.xe.declared import XeClass, XeField, classes
from xapi.xe.desk import Desk, Record
from xapi.xe.failures import Failed

Filter = tuple[str, str]
SELECTED = {"v": ("vm", "VMs"), "h": ("host", "hosts"), "r": ("sr", "SRs")}
"""For a command's option, the class to select from, and the word for its objects in errors."""


async def prepare(desk: Desk, cls: XeClass, fields: Iterable[XeField]) -> None:
    needed = {name for each in fields for name in texts.classes_of(each)}
    if any((cls.cls, each.name) in texts.COMPUTED for each in fields):
        needed.update(texts.NEEDED.get(cls.cls, ()))
    await desk.prepare(sorted(needed))


def resolve(cls: XeClass, key: str) -> tuple[XeField, str | None]:
    """The field that a filter names, and the key within it; raises Failed."""
    if key in cls.fields:
        return cls.fields[key], None
    name, colon, inner = key.partition(":")
    if colon and name in cls.fields and cls.fields[name].kind:
        return cls.fields[name], inner
    for name, field in cls.fields.items():
        if field.kind == "%" and key.startswith(f"{name}-"):
            return field, key[len(name) + 1 :]
    raise Failed(f"Unknown field '{key}'")


def holds(desk: Desk, cls: XeClass, record: Record, filter_: Filter) -> bool:
    field, inner = resolve(cls, filter_[0])
    wanted = filter_[1]
    if inner is not None and field.kind == "%":
        return texts.mapped(desk, cls, field, record).get(inner) == wanted
    if inner is not None:
        return wanted in texts.items(desk, cls, field, record)
    if field.expensive:
        return False
    shown = texts.text(desk, cls, field, record)
    return shown.lower() == wanted.lower() if "i" in field.options else shown == wanted


async def matching(desk: Desk, cls: XeClass, filters: Iterable[Filter]) -> list[tuple[str, Record]]:
    """The objects for which all filters hold; raises Failed if one names an unknown field."""
    objects = list((await desk.records(cls.cls)).items())
    for filter_ in (*cls.confined, *filters):
        if not objects:
            break
        field, _ = resolve(cls, filter_[0])
        await prepare(desk, cls, [field])
        objects = [(ref, record) for ref, record in objects if holds(desk, cls, record, filter_)]
    return objects


async def selected(
    desk: Desk, kind: str, spoken: Iterable[str], extra: Iterable[Filter] = ()
) -> list[tuple[str, Record]]:
    """The VMs, hosts or SRs that a command selects; ``spoken`` are its other parameters.

    Raises Failed if there is none, or if there are several without ``--multiple``.
    """
    name, word = SELECTED[kind]
    cls = classes()[name]
    named = [value for key, value in desk.said.params if key in (name, f"{name}-id")]
    taken = (name, f"{name}-id", *spoken)
    filters = [
        (_field_of(name, key), value)
        for key, value in [*desk.said.params, *extra]
        if key not in taken
        and not any(p.endswith((":", "-")) and key.startswith((p, p[:-1] + "-")) for p in taken)
    ]
    objects = list((await desk.records(cls.cls)).items())
    if named:
        objects = [
            (ref, record)
            for ref, record in objects
            if named[0] in (record["uuid"], record["name_label"])
        ]
        allowed = {ref for ref, _ in await matching(desk, cls, filters)} if objects else set()
        objects = [each for each in objects if each[0] in allowed]
    else:
        objects = await matching(desk, cls, filters)
    if not objects:
        raise Failed(f"No matching {word} found")
    if len(objects) > 1 and "multiple" not in desk.said.flags:
        raise Failed(
            f"Multiple matches {word} found. --multiple required to complete the operation"
        )
    return objects


def _field_of(name: str, key: str) -> str:
    prefix = f"{name}-"
    return key[len(prefix) :] if key.startswith(prefix) else key


async def host_named(desk: Desk, said: str) -> str:
    """The host with this name or uuid; raises Failed."""
    for ref, record in (await desk.records("host")).items():
        if said in (record["uuid"], record["name_label"], record["hostname"]):
            return ref
    raise Failed(f"Host {said} not found")


async def check_database(desk: Desk) -> None:
    """Refuse ``database:vdi-uuid``, as none of our disks has a copy of the database.

    Raises UUID_INVALID, or VDI_CONTAINS_METADATA_OF_THIS_POOL for any disk.
    """
    vdi = desk.said.mapped("database").get("vdi-uuid")
    if vdi is not None:
        ref = await desk.by_uuid("VDI", vdi)
        raise XenAPIError("VDI_CONTAINS_METADATA_OF_THIS_POOL", ref, (await desk.pool())[0])
