"""Commands about virtual disks and devices."""

from typing import Any

from datamodel import api
from datamodel.refs import NULL_REF

from xapi.xe import generic, grammar, printing, selection, simple
from xapi.xe.commands.registry import does
from xapi.xe.commands.vms import forced
from xapi.xe.declared import XeCommand, classes
from xapi.xe.desk import Desk, Record
from xapi.xe.failures import Failed

VDI_TYPES = ("system", "user", "suspend", "crashdump", "ha_statefile", "metadata")


def _record(cls: str, **values: Any) -> dict[str, Any]:
    declared = api.classes[cls]
    return {name: declared.fields[name].empty for name in declared.ctor_fields} | values


@does("vdi-create")
async def create_vdi(desk: Desk, command: XeCommand) -> None:
    said = desk.said
    sr = await desk.by_uuid("SR", said.require("sr-uuid"))
    kind = (said.get("type") or "user").lower()
    if kind not in VDI_TYPES:
        raise Failed(f"Unknown vdi type: {kind}")
    record = _record(
        "VDI",
        name_label=said.require("name-label"),
        SR=sr,
        virtual_size=grammar.size("virtual-size", said.require("virtual-size")),
        type=kind,
        sharable=said.flag("sharable"),
        read_only=False,
        sm_config=said.mapped("sm-config"),
        tags=list(said.mapped("tags")),
    )
    await desk.print(await desk.uuid_of("VDI", await desk.call("VDI.create", record)))


@does("vdi-resize")
async def resize(desk: Desk, command: XeCommand) -> None:
    vdi = await desk.by_uuid("VDI", desk.said.require("uuid"))
    bytes_ = grammar.size("disk-size", desk.said.require("disk-size"))
    word = "resize_online" if desk.said.flag("online") else "resize"
    await desk.call(f"VDI.{word}", vdi, bytes_)


@does("vdi-clone")
async def clone(desk: Desk, command: XeCommand) -> None:
    vdi = await desk.by_uuid("VDI", desk.said.require("uuid"))
    new = await desk.call("VDI.clone", vdi, desk.said.mapped("driver-params"))
    for field in ("name_label", "name_description"):
        value = desk.said.get(f"new-{field.replace('_', '-')}")
        if value is not None:
            await desk.call(f"VDI.set_{field}", new, value)
    await desk.print(await desk.uuid_of("VDI", new))


@does("vdi-copy")
async def copy(desk: Desk, command: XeCommand) -> None:
    vdi = await desk.by_uuid("VDI", desk.said.require("uuid"))
    sr, into = desk.said.get("sr-uuid"), desk.said.get("into-vdi-uuid")
    if (sr is None) == (into is None):
        raise Failed(
            "Please specify one but not both of: a destination sr-uuid (I will create a fresh VDI);"
            " or a destination into-vdi-uuid (I will copy blocks into it)"
        )
    base = await desk.optional("VDI", "base-vdi-uuid")
    target = await desk.optional("VDI", "into-vdi-uuid")
    new = await desk.call("VDI.copy", vdi, await desk.optional("SR", "sr-uuid"), base, target)
    await desk.print(await desk.uuid_of("VDI", new))


@does("vdi-pool-migrate")
async def migrate(desk: Desk, command: XeCommand) -> None:
    vdi = await desk.by_uuid("VDI", desk.said.require("uuid"))
    sr = await desk.by_uuid("SR", desk.said.require("sr-uuid"))
    await desk.print(await desk.uuid_of("VDI", await desk.call("VDI.pool_migrate", vdi, sr, {})))


@does("vdi-unlock")
async def unlock(desk: Desk, command: XeCommand) -> None:
    vdi = await desk.by_uuid("VDI", desk.said.require("uuid"))
    forced(desk)
    await desk.call("VDI.force_unlock", vdi)


@does("vbd-create")
async def create_vbd(desk: Desk, command: XeCommand) -> None:
    said = desk.said
    vm = await desk.by_uuid("VM", said.require("vm-uuid"))
    kind, mode = (said.get("type") or "Disk").lower(), (said.get("mode") or "RW").upper()
    if kind not in ("cd", "disk", "floppy"):
        raise Failed(f'"Unknown type: {kind} (should be "cd", "disk" or "floppy"')
    empty = said.get("vdi-uuid") is None
    if empty and kind != "cd":
        raise Failed("Empty VBDs can only be made for type=CD")
    record = _record(
        "VBD",
        VM=vm,
        VDI=await desk.optional("VDI", "vdi-uuid"),
        userdevice=said.require("device"),
        bootable=said.flag("bootable"),
        mode=mode,
        type={"cd": "CD", "disk": "Disk", "floppy": "Floppy"}[kind],
        unpluggable=said.get("unpluggable") is None or said.flag("unpluggable"),
        empty=empty,
    )
    await desk.print(await desk.uuid_of("VBD", await desk.call("VBD.create", record)))


@does("vbd-unplug", "vif-unplug")
async def unplug(desk: Desk, command: XeCommand) -> None:
    cls = "VBD" if command.name.startswith("vbd") else "VIF"
    device = await desk.by_uuid(cls, desk.said.require("uuid"))
    word = "unplug_force" if desk.said.flag("force") else "unplug"
    await desk.call(f"{cls}.{word}", device)


@does("cd-list")
async def list_cds(desk: Desk, command: XeCommand) -> None:
    """List the disks in SRs that hold images of CDs."""
    cls, srs = classes()["vdi"], await desk.records("SR")
    fields = generic.chosen(cls, desk.said.get("params"), ("uuid", "name-label"))
    await selection.prepare(desk, cls, fields)
    vdis = [
        (ref, record)
        for ref, record in (await desk.records("VDI")).items()
        if record["SR"] in srs and srs[record["SR"]]["content_type"] == "iso"
    ]
    rows = [await generic.lines(desk, cls, fields, ref, vdi, whole=False) for ref, vdi in vdis]
    await printing.records(desk, rows)


def _devices(vbds: Any, vm: Record, *, cds: bool) -> list[tuple[str, Record]]:
    attached = [(ref, vbds[ref]) for ref in vm["VBDs"] if ref in vbds]
    return [(ref, vbd) for ref, vbd in attached if (vbd["type"] == "CD") == cds]


@does("vm-disk-list", "vm-cd-list", "snapshot-disk-list")
async def list_devices(desk: Desk, command: XeCommand) -> None:
    """List the VBDs of VMs, each with its VDI."""
    cds = command.name == "vm-cd-list"
    word, own = ("CD", ("empty", "userdevice")) if cds else ("Disk", ("userdevice",))
    if command.name == "snapshot-disk-list":
        uuid = desk.said.get("snapshot-uuid") or desk.said.require("uuid")
        ref = await desk.by_uuid("VM", uuid)
        vms = [(ref, await desk.call("VM.get_record", ref))]
    else:
        vms = await selection.selected(desk, "v", simple.spoken(command))
    vbds, vdis = await desk.records("VBD"), await desk.records("VDI")
    minimal: list[str] = []
    for _, vm in vms:
        for place, (ref, vbd) in enumerate(_devices(vbds, vm, cds=cds)):
            columns = ("uuid", "vm-name-label", *own)
            await _part(
                desk, "vbd", "vbd-params", columns, ref, vbd, f"{word} {place} VBD:", minimal
            )
            vdi = vdis.get(vbd["VDI"])
            if vdi is not None:
                columns = ("uuid", "name-label", "sr-name-label", "virtual-size")
                title = f"{word} {place} VDI:"
                await _part(desk, "vdi", "vdi-params", columns, vbd["VDI"], vdi, title, minimal)
    if "minimal" in desk.said.flags:
        await desk.print(",".join(minimal))


async def _part(
    desk: Desk,
    name: str,
    params: str,
    columns: tuple[str, ...],
    ref: str,
    record: Record,
    title: str,
    minimal: list[str],
) -> None:
    cls = classes()[name]
    fields = generic.chosen(cls, desk.said.get(params), columns)
    await selection.prepare(desk, cls, fields)
    rows = await generic.lines(desk, cls, fields, ref, record, whole=False)
    if "minimal" in desk.said.flags:
        minimal.extend(printing.escaped(row[2]) for row in rows[:1])
        return
    await desk.print(title)
    await desk.print(printing.record_text(rows))


@does("vm-vif-list")
async def list_vifs(desk: Desk, command: XeCommand) -> None:
    cls = classes()["vif"]
    vms = await selection.selected(desk, "v", (*simple.spoken(command), "params"))
    columns = ("uuid", "device", "MAC", "network-uuid", "network-name-label", "vm-name-label")
    fields = generic.chosen(cls, desk.said.get("params"), columns)
    await selection.prepare(desk, cls, fields)
    vifs = await desk.records("VIF")
    rows = [
        await generic.lines(desk, cls, fields, ref, vifs[ref], whole=False)
        for _, vm in vms
        for ref in vm["VIFs"]
        if ref in vifs
    ]
    await printing.records(desk, rows)


@does("vm-disk-add")
async def add_disk(desk: Desk, command: XeCommand) -> None:
    size = grammar.size("disk-size", desk.said.require("disk-size"))
    device = desk.said.require("device")

    async def act(vm: str) -> None:
        sr = await desk.optional("SR", "sr-uuid")
        if sr == NULL_REF:
            sr = (await desk.pool())[1]["default_SR"]
        label = f"Disk {device} VDI"
        vdi = await desk.call(
            "VDI.create",
            _record("VDI", name_label=label, SR=sr, virtual_size=size, type="user"),
        )
        values = {"mode": "RW", "type": "Disk", "unpluggable": True}
        try:
            await desk.call(
                "VBD.create", _record("VBD", VM=vm, VDI=vdi, userdevice=device, **values)
            )
        except Exception:
            await desk.call("VDI.destroy", vdi)
            raise

    await simple.each(desk, command, act)


@does("vm-disk-remove")
async def remove_disk(desk: Desk, command: XeCommand) -> None:
    device = desk.said.require("device")

    async def act(vm: str) -> None:
        vbds, record = await desk.records("VBD"), (await desk.records("VM"))[vm]
        for ref, vbd in _devices(vbds, record, cds=False):
            if vbd["userdevice"] == device:
                await desk.call("VBD.destroy", ref)
                await desk.call("VDI.destroy", vbd["VDI"])
                return
        raise Failed("Disk not found")

    await simple.each(desk, command, act)


async def _cd(desk: Desk, name: str) -> str:
    srs = await desk.records("SR")
    for ref, vdi in (await desk.records("VDI")).items():
        known = vdi["name_label"] == name and vdi["SR"] in srs
        if known and srs[vdi["SR"]]["content_type"] == "iso":
            return ref
    raise Failed(f"CD {name} not found")


@does("vm-cd-add")
async def add_cd(desk: Desk, command: XeCommand) -> None:
    async def act(vm: str) -> None:
        vdi = await _cd(desk, desk.said.require("cd-name"))
        values = {"mode": "RO", "type": "CD", "bootable": True, "unpluggable": True}
        device = desk.said.require("device")
        await desk.call("VBD.create", _record("VBD", VM=vm, VDI=vdi, userdevice=device, **values))

    await simple.each(desk, command, act)


@does("vm-cd-remove")
async def remove_cd(desk: Desk, command: XeCommand) -> None:
    async def act(vm: str) -> None:
        vdi = await _cd(desk, desk.said.require("cd-name"))
        vbds, record = await desk.records("VBD"), (await desk.records("VM"))[vm]
        for ref, vbd in _devices(vbds, record, cds=True):
            if vbd["VDI"] == vdi:
                await desk.call("VBD.destroy", ref)
                return
        raise Failed("Disk not found")

    await simple.each(desk, command, act)


@does("vm-cd-eject", "vm-cd-insert")
async def change_cd(desk: Desk, command: XeCommand) -> None:
    async def act(vm: str) -> None:
        vbds, record = await desk.records("VBD"), (await desk.records("VM"))[vm]
        drives = _devices(vbds, record, cds=True)
        if command.name == "vm-cd-insert":
            drives = [drive for drive in drives if drive[1]["empty"]] or drives
            vdi = [await _cd(desk, desk.said.require("cd-name"))]
        else:
            vdi = []
        if not drives:
            raise Failed("No CDs found")
        if len(drives) > 1:
            raise Failed("Two or more CDs found. Please use vbd-eject or vbd-insert")
        await desk.call(f"VBD.{command.name[6:]}", drives[0][0], *vdi)

    await simple.each(desk, command, act)
