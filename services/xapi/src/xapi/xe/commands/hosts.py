"""Commands about hosts, storage repositories, networks and the pool."""

from datamodel import api

from xapi.xe import generic, grammar, printing, selection, simple
from xapi.xe.commands.registry import does
from xapi.xe.commands.vms import agreed
from xapi.xe.declared import XeCommand, classes
from xapi.xe.desk import Desk
from xapi.xe.failures import Failed


@does("sr-create")
async def create_sr(desk: Desk, command: XeCommand) -> None:
    said = desk.said
    shared = said.flag("shared")
    uuid = said.get("host-uuid")
    host = await desk.by_uuid("host", uuid) if uuid else await desk.the_host()
    physical = said.get("physical-size")
    sr = await desk.call(
        "SR.create",
        host,
        said.mapped("device-config"),
        int(physical) if physical and physical.isdecimal() else 0,
        said.require("name-label"),
        said.get("name-description") or "",
        said.require("type"),
        said.get("content-type") or "",
        shared,
        said.mapped("sm-config"),
    )
    await desk.print(await desk.uuid_of("SR", sr))


@does("network-create")
async def create_network(desk: Desk, command: XeCommand) -> None:
    said, declared = desk.said, api.classes["network"]
    record = {name: declared.fields[name].empty for name in declared.ctor_fields}
    mtu, managed = said.get("MTU"), said.get("managed")
    record |= {
        "name_label": said.require("name-label"),
        "name_description": said.get("name-description") or "",
        "MTU": 1500 if mtu is None else grammar.integer("MTU", mtu),
        "bridge": said.get("bridge") or "",
        "managed": managed is None or grammar.boolean("managed", managed),
    }
    await desk.print(await desk.uuid_of("network", await desk.call("network.create", record)))


@does("host-forget")
async def forget_host(desk: Desk, command: XeCommand) -> None:
    host = await desk.by_uuid("host", desk.said.require("uuid"))
    if not desk.said.flag("force"):
        await desk.print("WARNING: A host should only be forgotten if it is dead for good")
        await agreed(desk)
    await desk.call("host.destroy", host)


@does("host-cpu-info", "host-get-cpu-features")
async def cpu_info(desk: Desk, command: XeCommand) -> None:
    uuid = desk.said.get("uuid")
    host = await desk.by_uuid("host", uuid) if uuid else await desk.the_host()
    info = (await desk.call("host.get_record", host))["cpu_info"]
    if command.name == "host-get-cpu-features":
        await desk.print(info.get("features", ""))
        return
    await printing.records(desk, [[(key, " RO", value) for key, value in info.items()]])


@does("host-get-vms-which-prevent-evacuation")
async def preventing(desk: Desk, command: XeCommand) -> None:
    host = await desk.by_uuid("host", desk.said.require("uuid"))
    reasons = await desk.call("host.get_vms_which_prevent_evacuation", host)
    rows = [
        (await desk.uuid_of("VM", vm), " RO", ", ".join(map(desk.name, why)))
        for vm, why in reasons.items()
    ]
    await printing.records(desk, [rows] if rows else [])


@does("pool-join")
async def join(desk: Desk, command: XeCommand) -> None:
    words = (desk.said.require(f"master-{each}") for each in ("address", "username", "password"))
    await desk.call("pool.join_force" if desk.said.flag("force") else "pool.join", *words)


@does("host-apply-edition", "pool-apply-edition")
async def apply_edition(desk: Desk, command: XeCommand) -> None:
    edition = desk.said.require("edition")
    if command.name == "pool-apply-edition":
        await desk.call("pool.apply_edition", (await desk.pool())[0], edition)
        return
    uuid = desk.said.get("host-uuid")
    host = await desk.by_uuid("host", uuid) if uuid else await desk.the_host()
    await desk.call("host.apply_edition", host, edition, False)


@does("host-license-view")
async def licence(desk: Desk, command: XeCommand) -> None:
    uuid = desk.said.get("host-uuid")
    host = await desk.by_uuid("host", uuid) if uuid else await desk.the_host()
    params = (await desk.call("host.get_record", host))["license_params"]
    await printing.records(desk, [[(key, " RO", value) for key, value in params.items()]])


@does("host-data-source-list", "vm-data-source-list", "sr-data-source-list")
async def data_sources(desk: Desk, command: XeCommand) -> None:
    cls = {"h": "host", "v": "VM", "r": "SR"}[command.options[-1]]

    async def act(ref: str) -> None:
        sources = await desk.call(f"{cls}.get_data_sources", ref)
        rows = [[(key, " RO", str(value)) for key, value in each.items()] for each in sources]
        await printing.records(desk, rows)

    await simple.each(desk, command, act)


@does("diagnostic-vm-status")
async def vm_status(desk: Desk, command: XeCommand) -> None:
    """Print where a VM could run, and whether its disks could be attached there."""
    ref = await desk.by_uuid("VM", desk.said.require("uuid"))
    record = await desk.call("VM.get_record", ref)
    for name, columns in (("vm", ("uuid", "name-label", "power-state", "possible-hosts")),):
        cls = classes()[name]
        fields = [cls.fields[column] for column in columns]
        await selection.prepare(desk, cls, fields)
        rows = await generic.lines(desk, cls, fields, ref, record, whole=True)
        await printing.records(desk, [rows])
    await desk.print("Checking to see whether disks are attachable")
    cls, vbds = classes()["vbd"], await desk.records("VBD")
    fields = [cls.fields[name] for name in ("uuid", "vdi-uuid", "empty", "device", "attachable")]
    await selection.prepare(desk, cls, fields)
    for vbd in record["VBDs"]:
        rows = await generic.lines(desk, cls, fields, vbd, vbds[vbd], whole=True)
        await printing.records(desk, [rows])


@does("subject-role-add", "subject-role-remove")
async def change_role(desk: Desk, command: XeCommand) -> None:
    name, uuid = desk.said.get("role-name"), desk.said.get("role-uuid")
    if name is None and uuid is None:
        raise Failed("Required parameter not found: role-uuid or role-name")
    subject = await desk.by_uuid("subject", desk.said.require("uuid"))
    if uuid is not None:
        role = await desk.by_uuid("role", uuid)
    else:
        roles = await desk.call("role.get_by_name_label", name)
        if not roles:
            raise Failed(f"Role {name} not found")
        role = roles[0]
    word = "add_to_roles" if command.name.endswith("add") else "remove_from_roles"
    await desk.call(f"subject.{word}", subject, role)


@does("diagnostic-vdi-status")
async def vdi_status(desk: Desk, command: XeCommand) -> None:
    ref = await desk.by_uuid("VDI", desk.said.require("uuid"))
    cls = classes()["vdi"]
    names = ("uuid", "name-label", "sr-uuid", "sr-name-label", "read-only", "sharable")
    fields = [cls.fields[name] for name in names]
    await selection.prepare(desk, cls, fields)
    record = await desk.call("VDI.get_record", ref)
    await desk.prepare(["VBD"])
    await printing.records(desk, [await generic.lines(desk, cls, fields, ref, record, whole=False)])
    attached = [
        vbd for vbd in record["VBDs"] if (desk.known("VBD", vbd) or {}).get("currently_attached")
    ]
    await desk.print(f"VDI is attached by {len(attached)} VBDs")


@does("pool-get-cpu-features")
async def pool_features(desk: Desk, command: XeCommand) -> None:
    await desk.print((await desk.pool())[1]["cpu_info"].get("features", ""))


@does("session-subject-identifier-list", "session-subject-identifier-logout-all")
async def subjects(desk: Desk, command: XeCommand) -> None:
    identifiers = await desk.call("session.get_all_subject_identifiers")
    if command.name.endswith("list"):
        await printing.values(desk, identifiers)
        return
    for each in identifiers:
        await desk.call("session.logout_subject_identifier", each)
