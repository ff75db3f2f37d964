"""Commands about messages and events."""

import re

from xapi.xe import printing, selection
from xapi.xe.commands.registry import does
from xapi.xe.declared import XeCommand, classes
from xapi.xe.desk import Desk
from xapi.xe.failures import Failed, Missing

ABOUT = {"vm-uuid": "VM", "host-uuid": "Host", "sr-uuid": "SR", "pool-uuid": "Pool"}
DATE = re.compile(r"\d{4}-?\d\d-?\d\dT\d\d:?\d\d:?\d\dZ")
WAIT_S = 30.0


@does("message-create")
async def create(desk: Desk, command: XeCommand) -> None:
    said = desk.said
    name, priority, body = (said.require(each) for each in ("name", "priority", "body"))
    if not priority.lstrip("-").isdecimal():
        raise Failed("Priority field should be an integer")
    for param, cls in ABOUT.items():
        uuid = said.get(param)
        if uuid is not None:
            await desk.call("message.create", name, int(priority), cls, uuid, body)
            return
    raise Failed("Need one of: vm-uuid, host-uuid, sr-uuid or pool-uuid")


@does("message-destroy")
async def destroy(desk: Desk, command: XeCommand) -> None:
    uuids = desk.said.get("uuids")
    if uuids is not None:
        refs = [await desk.by_uuid("message", uuid) for uuid in uuids.split(",")]
        await desk.call("message.destroy_many", refs)
        return
    uuid = desk.said.get("uuid")
    if uuid is None:
        raise Missing("uuid")
    await desk.call("message.destroy", await desk.by_uuid("message", uuid))


@does("message-destroy-all")
async def destroy_all(desk: Desk, command: XeCommand) -> None:
    filters = {}
    for name in ("before", "after"):
        said = desk.said.get(name)
        if said is not None and not DATE.fullmatch(said):
            raise Failed(
                f"invalid timestamp format for '{name}'"
                " (expected RFC3339, for example, 2025-01-01T00:00:00Z)"
            )
        if said is not None:
            filters[name] = said
    priority = desk.said.get("priority")
    if priority is not None:
        filters["priority"] = priority
    await desk.call("message.destroy_all", filters)


@does("event-wait")
async def wait(desk: Desk, command: XeCommand) -> None:
    """Wait until an object's fields have the given values, or, after ``/=``, other ones."""
    name = desk.said.require("class")
    cls = classes().get(name)
    if cls is None:
        raise Failed(f"Unknown class: {name}")
    filters = [each for each in desk.said.params if each[0] != "class"]
    token = ""
    while True:
        told = await desk.call("event.from", [cls.cls], token, WAIT_S if token else 0.0)
        token = told["token"]
        desk.forget()
        for record in (await desk.records(cls.cls)).values():
            fits = True
            for key, value in filters:
                wanted = not key.endswith("/")
                field, _ = selection.resolve(cls, key.removesuffix("/"))
                await selection.prepare(desk, cls, [field])
                filter_ = (key.removesuffix("/"), value)
                fits &= selection.holds(desk, cls, record, filter_) == wanted
            if fits:
                return


@does("vm-crashdump-list")
async def crashdumps(desk: Desk, command: XeCommand) -> None:
    await printing.records(desk, [])
