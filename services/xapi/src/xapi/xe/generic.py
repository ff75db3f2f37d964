"""The commands of each class: its list, and the reading and writing of its fields."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from datamodel import XenAPIError, api
from datamodel.model import BoolType, EnumType, FloatType, IntType, MapType, RefType, SetType, Type
from datamodel.refs import NULL_REF

from xapi.xe import grammar, printing, selection, texts
from xapi.xe.declared import XeClass, XeField
from xapi.xe.desk import Desk, Record, message_of
from xapi.xe.failures import Failed, Unnamed

FILTERS_NOT = ("params",)


async def lines(
    desk: Desk, cls: XeClass, fields: list[XeField], ref: str, record: Record, *, whole: bool
) -> list[printing.Line]:
    """The fields of a record as they are printed; ``whole`` includes those that cost a call."""
    printed = []
    for field in fields:
        if field.expensive:
            text = await expensive(desk, cls, field, ref) if whole else texts.EXPENSIVE
        else:
            text = texts.text(desk, cls, field, record)
        mark = field.mark + (" [DEPRECATED]" if "d" in field.options else "")
        printed.append((field.name, mark, text))
    return printed


def chosen(
    cls: XeClass, params: str | None, columns: tuple[str, ...] | None = None
) -> list[XeField]:
    """The fields that ``params=`` asks for, in the order of the class."""
    wanted = (cls.columns if columns is None else columns) if params is None else params.split(",")
    if wanted in (["all"], ()):
        return list(cls.shown)
    return [field for name, field in cls.fields.items() if name in wanted]


async def list_(desk: Desk, cls: XeClass) -> None:
    await selection.check_database(desk)
    fields = chosen(cls, desk.said.get("params"))
    filters = [
        (key, value)
        for key, value in desk.said.params
        if key not in FILTERS_NOT and not key.startswith("database:")
    ]
    objects = await selection.matching(desk, cls, filters)
    await selection.prepare(desk, cls, fields)
    await printing.records(
        desk,
        [await lines(desk, cls, fields, ref, record, whole=False) for ref, record in objects],
    )


async def _object(desk: Desk, cls: XeClass) -> tuple[str, Record]:
    """The object that ``uuid=`` names, and its record; raises UUID_INVALID."""
    await selection.check_database(desk)
    ref = await desk.by_uuid(cls.cls, desk.said.require("uuid"))
    return ref, await desk.call(f"{cls.cls}.get_record", ref)


async def param_list(desk: Desk, cls: XeClass) -> None:
    ref, record = await _object(desk, cls)
    fields = list(cls.shown)
    await selection.prepare(desk, cls, fields)
    await printing.records(desk, [await lines(desk, cls, fields, ref, record, whole=True)])


def _named(cls: XeClass, name: str) -> XeField:
    field = cls.fields.get(name)
    if field is None:
        raise Unnamed("Missing parameter", name)
    return field


async def param_get(desk: Desk, cls: XeClass) -> None:
    name, key = desk.said.require("param-name"), desk.said.get("param-key")
    ref, record = await _object(desk, cls)
    field = _named(cls, name)
    await selection.prepare(desk, cls, [field])
    if key is None:
        text = (await lines(desk, cls, [field], ref, record, whole=True))[0][2]
    elif field.kind != "%":
        raise Failed("Parameter is not a map")
    else:
        value = texts.mapped(desk, cls, field, record).get(key)
        if value is None:
            raise Failed(f"Key {key} not found in map")
        text = value
    await printing.values(desk, [text])


async def param_set(desk: Desk, cls: XeClass) -> None:
    """Set fields, and keys of maps; all are checked before the first is set."""
    ref = await desk.by_uuid(cls.cls, desk.said.require("uuid"))
    steps: list[Coroutine[Any, Any, Any]] = []
    maps: dict[str, dict[str, str]] = {}
    for key, value in desk.said.params:
        if key == "uuid":
            continue
        field, inner = _settable(cls, key)
        if inner is None:
            steps.append(_set_scalar(desk, cls, field, ref, value))
        elif "*" in field.operations:
            maps.setdefault(field.name, {})[inner] = value
        elif "." in field.operations:
            steps.append(desk.call(f"{cls.cls}.set_property", ref, inner, value))
        else:
            steps.append(_set_key(desk, cls, field, ref, inner, value))
    for name, whole in maps.items():
        steps.append(desk.call(f"{cls.cls}.set_{cls.fields[name].path[-1]}", ref, whole))
    for place, step in enumerate(steps):
        try:
            await step
        except BaseException:
            for later in steps[place + 1 :]:
                later.close()
            raise


def _settable(cls: XeClass, key: str) -> tuple[XeField, str | None]:
    field, inner = selection.resolve(cls, key)
    if inner is None and "=" not in field.operations:
        if field.kind == "%" and field.operations:
            raise Failed(f"Field '{field.name}' is a map or set. use the 'name:key=value' syntax.")
        raise Failed(f"Field '{field.name}' is read-only.")
    if inner is not None and field.kind == "@":
        raise Failed("Cannot param-set on set fields")
    if inner is not None and not field.operations:
        raise Failed(f"Map field '{field.name}' is read-only.")
    return field, inner


async def _set_scalar(desk: Desk, cls: XeClass, field: XeField, ref: str, value: str) -> None:
    wire = f"{cls.cls}.{field.setter or 'set_' + field.path[-1]}"
    message = message_of(wire)
    await desk.call(wire, ref, await native(desk, message.params[-1].type, field.name, value))


async def _set_key(
    desk: Desk, cls: XeClass, field: XeField, ref: str, key: str, value: str
) -> None:
    name, pair = field.path[-1], await _pair(desk, cls, field, key, value)
    await desk.call(f"{cls.cls}.remove_from_{name}", ref, pair[0])
    await desk.call(f"{cls.cls}.add_to_{name}", ref, *pair)


async def param_add(desk: Desk, cls: XeClass) -> None:
    name = desk.said.require("param-name")
    ref = await desk.by_uuid(cls.cls, desk.said.require("uuid"))
    field = _named(cls, name)
    if not field.kind:
        raise Failed("Can only add to parameters of type Set or Map")
    if "+" not in field.operations and "." not in field.operations:
        raise Failed("Parameter is read-only")
    if field.kind == "@":
        key = desk.said.get("param-key")
        if key is None:
            raise Failed(
                "When adding a key to a set, use the syntax:"
                " *-param-add param-name=<name> param-key=<key>"
            )
        item = await _member(desk, cls, field, key)
        await desk.call(f"{cls.cls}.add_{field.path[-1]}", ref, item)
        return
    pairs = [
        await _pair(desk, cls, field, key, value)
        for key, value in desk.said.params
        if key not in ("uuid", "param-name", "param-key")
    ]
    for pair in pairs:
        await desk.call(f"{cls.cls}.add_to_{field.path[-1]}", ref, *pair)


async def _pair(desk: Desk, cls: XeClass, field: XeField, key: str, value: str) -> tuple[Any, Any]:
    """A key of a map and its value, as values for a call; raises Failed."""
    type_ = api.classes[cls.cls].fields[field.path[-1]].type
    if not isinstance(type_, MapType):
        return key, value
    return await native(desk, type_.key, field.name, key), await native(
        desk, type_.value, field.name, value
    )


async def _member(desk: Desk, cls: XeClass, field: XeField, said: str) -> Any:
    type_ = api.classes[cls.cls].fields[field.path[-1]].type
    return await native(desk, type_.item if isinstance(type_, SetType) else type_, field.name, said)


async def param_remove(desk: Desk, cls: XeClass) -> None:
    name, key = desk.said.require("param-name"), desk.said.require("param-key")
    ref, record = await _object(desk, cls)
    field = _named(cls, name)
    if not field.kind:
        raise Failed("Can only remove from parameters of type Set or Map")
    if "+" not in field.operations:
        raise Failed("Parameter is read-only")
    await selection.prepare(desk, cls, [field])
    if field.kind == "@":
        if key not in texts.items(desk, cls, field, record):
            raise Failed(f"Key {key} is not in the set")
        item = await _member(desk, cls, field, key)
        await desk.call(f"{cls.cls}.remove_{field.path[-1]}", ref, item)
        return
    if key not in texts.mapped(desk, cls, field, record):
        raise Failed(f"Key {key} is not in map")
    await desk.call(f"{cls.cls}.remove_from_{field.path[-1]}", ref, key)


async def param_clear(desk: Desk, cls: XeClass) -> None:
    name = desk.said.require("param-name")
    ref, record = await _object(desk, cls)
    field = _named(cls, name)
    if not field.operations:
        raise Failed("Can only clear RW parameters")
    step = field.path[-1]
    message = api.message(f"{cls.cls}.set_{step}")
    if field.kind == "":
        if message is None or str(message.params[-1].type) not in ("string", "secret_string"):
            raise Failed("Cannot clear this parameter")
        await desk.call(message.wire, ref, "")
    elif message is not None:
        await desk.call(message.wire, ref, {} if field.kind == "%" else [])
    else:
        remove = "remove_from_" if field.kind == "%" else "remove_"
        for key in list(record[step]):
            await desk.call(f"{cls.cls}.{remove}{step}", ref, key)


async def native(desk: Desk, type_: Type, name: str, said: str) -> Any:
    """A parameter's text as a value for a call; raises Failed, or UUID_INVALID for a reference."""
    match type_:
        case IntType():
            is_size = "memory" in name or name.endswith("-size") or name in SIZES
            return grammar.size(name, said) if is_size else grammar.integer(name, said)
        case BoolType():
            return grammar.boolean(name, said)
        case FloatType():
            try:
                return float(said)
            except ValueError:
                raise Failed(
                    f"Failed to parse parameter '{name}': expecting a floating-point number"
                ) from None
        case RefType(cls):
            if not said and name in CLEARED:
                return NULL_REF
            return await desk.by_uuid(cls, said)
        case SetType(item):
            return [await native(desk, item, name, each) for each in said.split(",") if each]
        case EnumType(_, values):
            for value in values:
                if value.lower() == said.lower():
                    return value
            known = ", ".join(f"'{value}'" for value in values)
            raise Failed(f"Expected one of {known}, got {said}")
        case MapType():
            pairs = (pair.partition("=") for pair in said.split(",") if pair)
            return {key.strip(): value for key, _, value in pairs}
    return said


SIZES = frozenset(
    {"total", "target", "min", "max", "static-min", "static-max", "dynamic-min", "dynamic-max"}
)
"""Numbers of bytes, which their names do not show."""

CLEARED = frozenset({"affinity", "appliance", "snapshot-schedule", "groups"})
"""References that an empty value clears."""


async def expensive(desk: Desk, cls: XeClass, field: XeField, ref: str) -> str:
    """The text of a field that costs a call."""
    fixed = UNMEASURED.get((cls.cls, field.name))
    if fixed is not None:
        return fixed
    ask = ASKED.get((cls.cls, field.name))
    if ask is None:
        return "" if not field.path else texts.ABSENT
    try:
        return await ask(desk, ref)
    except XenAPIError:
        return "<unknown>" if field.kind else texts.ABSENT


def _answer(wire: str, separator: str = "; ") -> Callable[[Desk, str], Awaitable[str]]:
    async def ask(desk: Desk, ref: str) -> str:
        message = message_of(wire)
        answer = await desk.call(wire, *([ref] if message.params else []))
        result = message.result
        if isinstance(result, SetType) and isinstance(result.item, RefType):
            await desk.prepare([result.item.cls])
        return "" if result is None else texts.value_text(desk, result, answer)

    return ask


async def _attachable(desk: Desk, ref: str) -> str:
    try:
        await desk.call("VBD.assert_attachable", ref)
    except XenAPIError as error:
        return f"false (error: {error})"
    return "true"


async def _last_boot(desk: Desk, ref: str) -> str:
    return f"'{(await desk.call('VM.get_record', ref))['last_booted_record']}'"


UNMEASURED = {
    ("VM", "memory-target"): "0",
    **{(cls, f"io_{way}_kbs"): "<unknown>" for cls in ("VBD", "VIF") for way in ("read", "write")},
}
"""The texts of figures that nobody measures."""

ASKED: dict[tuple[str, str], Callable[[Desk, str], Awaitable[str]]] = {
    ("pool", "license-state"): _answer("pool.get_license_state"),
    ("pool", "supported-sr-types"): _answer("SR.get_supported_types"),
    ("VM", "allowed-VBD-devices"): _answer("VM.get_allowed_VBD_devices"),
    ("VM", "allowed-VIF-devices"): _answer("VM.get_allowed_VIF_devices"),
    ("VM", "possible-hosts"): _answer("VM.get_possible_hosts"),
    ("VM", "cooperative"): _answer("VM.get_cooperative"),
    ("VM", "last-boot-record"): _last_boot,
    ("host", "memory-free-computed"): _answer("host.compute_free_memory"),
    ("host_cpu", "utilisation"): _answer("host_cpu.get_utilisation"),
    ("VBD", "attachable"): _attachable,
    ("network_sriov", "remaining-capacity"): _answer("network_sriov.get_remaining_capacity"),
}

Verb = Callable[[Desk, XeClass], Awaitable[None]]
VERBS: dict[str, tuple[Verb, tuple[str, ...], tuple[str, ...]]] = {
    "list": (list_, (), ("params", "database:")),
    "param-list": (param_list, ("uuid",), ("database:",)),
    "param-get": (param_get, ("uuid", "param-name"), ("param-key", "database:")),
    "param-set": (param_set, ("uuid",), ()),
    "param-add": (param_add, ("uuid", "param-name"), ("param-key",)),
    "param-remove": (param_remove, ("uuid", "param-name", "param-key"), ()),
    "param-clear": (param_clear, ("uuid", "param-name"), ()),
}
"""Each verb with its function, its required parameters and its optional ones."""


CLEARS_NOTHING = frozenset(
    ("patch", "update", "sm", "subject", "pvs-server", "cluster-host", "vtpm")
)
"""Classes that have a command to clear fields, but no field that it could clear."""


def verbs_of(cls: XeClass) -> list[str]:
    """The verbs of a class, from the operations of its fields."""
    fields = cls.fields.values()
    writable = any(field.operations for field in fields)
    grows = any("+" in field.operations for field in fields)
    has = {"list": True, "param-list": True, "param-get": True, "param-set": writable}
    has |= {
        "param-clear": writable or cls.name in CLEARS_NOTHING,
        "param-add": grows,
        "param-remove": grows,
    }
    return [verb for verb in VERBS if has[verb]]


def optional_of(cls: XeClass, verb: str) -> tuple[str, ...]:
    """The optional parameters of a class's command."""
    own = VERBS[verb][2]
    if verb == "list":
        sets = [f"{field.name}:contains" for field in cls.shown if field.kind == "@"]
        return (*own, *(field.name for field in cls.shown), *sets)
    if verb == "param-set":
        scalars = (field.name for field in cls.shown if "=" in field.operations)
        maps = (f"{each.name}:" for each in cls.shown if each.kind == "%" and each.operations)
        return (*own, *scalars, *maps)
    return own
