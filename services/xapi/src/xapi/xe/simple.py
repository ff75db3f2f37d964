"""Commands of one call each: the table names it, and its declaration says what it takes."""

from collections.abc import Sequence
from typing import Any

from datamodel import api
from datamodel.model import EnumType, MapType, RefType, SetType, Type, empty_value

from xapi.xe import generic, printing, selection, texts
from xapi.xe.declared import XeCommand
from xapi.xe.desk import Desk, message_of
from xapi.xe.failures import GaveUp
from xapi.xe.tell import sentence

SELECTORS = {"@vm": "v", "@host": "h", "@sr": "r"}


async def run(desk: Desk, command: XeCommand) -> None:
    """Make the call, once for each object if the command selects objects."""
    assert command.message is not None
    selector = next((each for each in command.sources if each in SELECTORS), None)
    if selector is None:
        await _once(desk, command, None)
        return
    await each(desk, command, lambda ref: _once(desk, command, ref))


async def each(desk: Desk, command: XeCommand, act: Any) -> None:
    """Do something for every selected object; a failure is printed in its place."""
    kind = next(option for option in command.options if option in "vhr")
    objects = await selection.selected(desk, kind, spoken(command))
    if len(objects) == 1:
        await act(objects[0][0])
        return
    failed = False
    for ref, record in objects:
        try:
            await act(ref)
        except Exception as error:  # the failure is printed, then the next object has its turn
            failed = True
            await desk.print(f"operation failed on {record['uuid']}: {sentence(desk, error)}")
    if failed:
        raise GaveUp


def spoken(command: XeCommand) -> tuple[str, ...]:
    """The parameters that do not select objects."""
    progress = ("progress",) if command.name in WITH_PROGRESS else ()
    return (*command.required, *command.optional, *progress)


WITH_PROGRESS = frozenset({"vm-start", "vm-suspend", "vm-resume", "vm-shutdown", "vm-migrate"})


async def _once(desk: Desk, command: XeCommand, selected: str | None) -> None:
    message = message_of(str(command.message))
    if command.sources and command.sources[0].startswith("{"):
        given = [await _record(desk, message.cls, command.sources[0])]
    else:
        given = []
        for source, param in zip(command.sources, message.params, strict=False):
            given.append(await value(desk, param.type, source, selected))
    await show(desk, message.result, await desk.call(message.wire, *given))


async def value(desk: Desk, type_: Type, source: str, selected: str | None) -> Any:
    """A parameter of the call, from the source that the table names."""
    if source in SELECTORS:
        return selected
    if source == "$pool":
        return (await desk.pool())[0]
    if source.endswith(":"):
        return desk.said.mapped(source[:-1])
    name, optional, default = source.partition("?")
    text = desk.said.get(name)
    if text is not None:
        return await generic.native(desk, type_, name, text)
    if not optional:
        return await generic.native(desk, type_, name, desk.said.require(name))
    if default == "host":
        return await desk.the_host()
    if default:
        return await generic.native(desk, type_, name, default[1:])
    return empty_value(type_)


async def _record(desk: Desk, cls: str, said: str) -> dict[str, Any]:
    """The record of a new object: the given fields, and the empty values of all others."""
    declared = api.classes[cls]
    record: dict[str, Any] = {name: declared.fields[name].empty for name in declared.ctor_fields}
    for source in said[1:-1].split(","):
        plain = source.rstrip("?:").replace("-", "_").removesuffix("_uuid").lower()
        name = next(each for each in declared.ctor_fields if each.lower() == plain)
        record[name] = await value(desk, declared.fields[name].type, source, None)
    return record


async def show(desk: Desk, type_: Type | None, result: Any) -> None:
    """Print the result of a call; an object is printed as its uuid."""
    match type_:
        case None:
            return
        case RefType(cls):
            await desk.print(await desk.uuid_of(cls, result))
        case SetType(RefType(cls)):
            await printing.values(desk, [await desk.uuid_of(cls, ref) for ref in result])
        case SetType() | EnumType():
            found: Sequence[Any] = result if isinstance(result, list) else [result]
            await printing.values(desk, [str(said) for said in found])
        case MapType():
            rows = [
                (key, "MRO", texts.value_text(desk, type_.value, said))
                for key, said in result.items()
            ]
            await printing.records(desk, [rows])
        case _:
            await desk.print(texts.value_text(desk, type_, result))
