"""Commands about VMs, their templates and snapshots."""

import re
from typing import Any

from datamodel import api
from datamodel.refs import NULL_REF

from xapi.xe import selection, simple
from xapi.xe.commands.registry import does
from xapi.xe.declared import XeCommand
from xapi.xe.desk import Desk
from xapi.xe.failures import Failed, GaveUp, Missing

DANGEROUS = (
    "This operation is dangerous and may cause data loss."
    " This operation must be forced (use --force)."
)
CREATED_MEMORY = 256 << 20

DISKS = "disks"
"""The key of a template's ``other_config`` for the disks to make."""
DISK_SR = re.compile(r'\bsr="[^"]*"')


def forced(desk: Desk) -> None:
    """Raise Failed unless the command has ``--force``."""
    if not desk.said.flag("force"):
        raise Failed(DANGEROUS)


RECOVERIES = ("assert-can-be-recovered", "recover")


@does(*(f"{cls}-{way}" for cls in ("appliance", "vm") for way in RECOVERIES))
async def recover(desk: Desk, command: XeCommand) -> None:
    if "vdi-uuid" not in desk.said.mapped("database"):
        raise Failed(
            "A parameter of the form 'database:vdi-uuid=<uuid>' must be specified"
            " to run this command."
        )
    await selection.check_database(desk)


@does("hostdriver-deselect", "vtpm-destroy")
async def only_forced(desk: Desk, command: XeCommand) -> None:
    forced(desk)
    await simple.run(desk, command)


@does("vm-start")
async def start(desk: Desk, command: XeCommand) -> None:
    where = desk.said.get("on")
    paused, force = desk.said.flag("paused"), desk.said.flag("force")

    async def act(vm: str) -> None:
        if where is None:
            await desk.call("VM.start", vm, paused, force)
        else:
            host = await selection.host_named(desk, where)
            await desk.call("VM.start_on", vm, host, paused, force)

    await simple.each(desk, command, act)


@does("vm-resume")
async def resume(desk: Desk, command: XeCommand) -> None:
    where, force = desk.said.get("on"), desk.said.flag("force")

    async def act(vm: str) -> None:
        if where is None:
            await desk.call("VM.resume", vm, False, force)
        else:
            host = await selection.host_named(desk, where)
            await desk.call("VM.resume_on", vm, host, False, force)

    await simple.each(desk, command, act)


@does("vm-shutdown", "vm-reboot")
async def stop(desk: Desk, command: XeCommand) -> None:
    word = command.name.removeprefix("vm-")
    way = "hard" if desk.said.flag("force") else "clean"
    await simple.each(desk, command, lambda vm: desk.call(f"VM.{way}_{word}", vm))


@does("vm-reset-powerstate", "snapshot-reset-powerstate")
async def reset_powerstate(desk: Desk, command: XeCommand) -> None:
    forced(desk)
    if command.name.startswith("snapshot"):
        await desk.call("VM.power_state_reset", await _snapshot(desk))
        return
    await simple.each(desk, command, lambda vm: desk.call("VM.power_state_reset", vm))


@does("vm-clone", "vm-copy", "vm-snapshot", "vm-checkpoint", "vm-snapshot-with-quiesce")
async def copy(desk: Desk, command: XeCommand) -> None:
    """Make a new VM from another one."""
    await simple.each(desk, command, lambda vm: _copied(desk, command.name, vm))


@does("snapshot-clone", "snapshot-copy")
async def copy_snapshot(desk: Desk, command: XeCommand) -> None:
    await _copied(desk, command.name, await _snapshot(desk))


async def _copied(desk: Desk, name: str, vm: str) -> None:
    word = name.partition("-")[2].replace("-", "_")
    label = desk.said.require("new-name-label")
    more: list[Any] = []
    if word == "copy":
        more = [await desk.optional("SR", "sr-uuid")]
    elif word == "snapshot":
        ignored = (desk.said.get("ignore-vdi-uuids") or "").split(",")
        more = [[await desk.by_uuid("VDI", uuid) for uuid in ignored if uuid]]
    new = await desk.call(f"VM.{word}", vm, label, *more)
    description = desk.said.get("new-name-description")
    if description is not None:
        await desk.call("VM.set_name_description", new, description)
    await desk.print(await desk.uuid_of("VM", new))


async def _snapshot(desk: Desk) -> str:
    uuid = desk.said.get("snapshot-uuid") or desk.said.get("uuid")
    if uuid is None:
        raise Missing("snapshot-uuid")
    return await desk.by_uuid("VM", uuid)


@does("snapshot-revert")
async def revert(desk: Desk, command: XeCommand) -> None:
    await desk.call("VM.revert", await _snapshot(desk))


@does("snapshot-destroy")
async def destroy_snapshot(desk: Desk, command: XeCommand) -> None:
    await desk.call("VM.destroy", await _snapshot(desk))


@does("vm-create")
async def create(desk: Desk, command: XeCommand) -> None:
    declared = api.classes["VM"]
    record: dict[str, Any] = {name: declared.fields[name].empty for name in declared.ctor_fields}
    sizes = ("static_max", "dynamic_max", "dynamic_min", "static_min")
    record |= {f"memory_{size}": CREATED_MEMORY for size in sizes}
    record |= {
        "name_label": desk.said.require("name-label"),
        "name_description": desk.said.get("name-description") or "",
        "VCPUs_max": 1,
        "VCPUs_at_startup": 1,
        "HVM_boot_policy": "BIOS order",
        "HVM_shadow_multiplier": 1.0,
        "actions_after_shutdown": "destroy",
        "actions_after_reboot": "restart",
        "actions_after_crash": "restart",
    }
    vm = await desk.call("VM.create", record)
    await desk.print(await desk.uuid_of("VM", vm))


TEMPLATE_WORDS = ("template-uuid", "template-name", "template-name-label", "template")


@does("vm-install")
async def install(desk: Desk, command: XeCommand) -> None:
    label = desk.said.require("new-name-label")
    named = next((value for key, value in desk.said.params if key in TEMPLATE_WORDS), None)
    if named is None:
        words = ", ".join(f"'{word}'" for word in TEMPLATE_WORDS[:-1])
        raise Failed(f"Template must be specified by parameter {words} or 'template'")
    records = await desk.records("VM")
    templates = [
        ref
        for ref, record in records.items()
        if record["is_a_template"]
        and not record["is_a_snapshot"]
        and named in (record["uuid"], record["name_label"])
    ]
    if not templates:
        raise Failed("No templates matched")
    if len(templates) > 1:
        raise Failed("Multiple templates matched")
    sr = await _sr(desk)
    word = "clone" if sr == NULL_REF else "copy"
    vm = await desk.call(f"VM.{word}", templates[0], label, *([sr] if word == "copy" else []))
    try:
        bios = desk.said.get("copy-bios-strings-from")
        if bios is not None:
            await desk.call("VM.copy_bios_strings", vm, await desk.by_uuid("host", bios))
        if sr != NULL_REF:
            await desk.call("VM.set_suspend_SR", vm, sr)
        await _place_disks(desk, vm, sr)
        await desk.call("VM.provision", vm)
    except Exception:
        await desk.call("VM.destroy", vm)
        raise
    await desk.print(await desk.uuid_of("VM", vm))


async def _place_disks(desk: Desk, vm: str, sr: str) -> None:
    """Have a template's disks made on the SR that the command names, else on the default SR."""
    wanted = (await desk.call("VM.get_other_config", vm)).get(DISKS, "")
    if DISK_SR.search(wanted) is None:
        return
    if sr == NULL_REF:
        sr = (await desk.pool())[1]["default_SR"]
    if (await desk.records("SR")).get(sr) is None:
        raise Failed(
            "Failed to find a valid default SR for the Pool."
            " Please provide an sr-name-label or sr-uuid parameter."
        )
    placed = DISK_SR.sub(f'sr="{await desk.uuid_of("SR", sr)}"', wanted)
    await desk.call("VM.remove_from_other_config", vm, DISKS)
    await desk.call("VM.add_to_other_config", vm, DISKS, placed)


async def _sr(desk: Desk) -> str:
    label = desk.said.get("sr-name-label")
    if label is None:
        return await desk.optional("SR", "sr-uuid")
    srs = await desk.call("SR.get_by_name_label", label)
    if not srs:
        raise Failed("No SR with that name-label found")
    return str(srs[0])


@does("vm-uninstall", "template-uninstall", "snapshot-uninstall")
async def uninstall(desk: Desk, command: XeCommand) -> None:
    """Destroy VMs, with the disks that nothing else uses, once the user has agreed."""
    if command.name == "vm-uninstall":
        doomed = [ref for ref, _ in await selection.selected(desk, "v", simple.spoken(command))]
    elif command.name == "template-uninstall":
        doomed = [await desk.by_uuid("VM", desk.said.require("template-uuid"))]
    else:
        doomed = [await _snapshot(desk)]
    vms, vbds = await desk.records("VM"), await desk.records("VBD")
    vdis = await desk.records("VDI")
    disks = {
        vbds[vbd]["VDI"]
        for vm in doomed
        for vbd in vms[vm]["VBDs"]
        if vbd in vbds and vbds[vbd]["type"] != "CD" and vbds[vbd]["VDI"] in vdis
    }
    own = [
        disk
        for disk in sorted(disks)
        if all(vbds[vbd]["VM"] in doomed for vbd in vdis[disk]["VBDs"] if vbd in vbds)
        and not vdis[disk]["sharable"]
    ]
    await desk.print("The following items are about to be destroyed")
    for vm in doomed:
        await desk.print(f"VM : {vms[vm]['uuid']} ({vms[vm]['name_label']})")
    for disk in own:
        await desk.print(f"VDI: {vdis[disk]['uuid']} ({vdis[disk]['name_label']}) ")
    if not desk.said.flag("force"):
        await agreed(desk)
    for vm in doomed:
        if vms[vm]["power_state"] != "Halted":
            await desk.call("VM.hard_shutdown", vm)
        await desk.call("VM.destroy", vm)
    for disk in own:
        await desk.call("VDI.destroy", disk)
    await desk.print("All objects destroyed")


async def agreed(desk: Desk) -> None:
    """Ask the user; raises GaveUp unless they say yes."""
    await desk.print("Type 'yes' to continue")
    if (await desk.terminal.ask()).strip().lower() not in ("yes", "y"):
        await desk.print("Aborted")
        raise GaveUp


@does("vm-is-bios-customized")
async def is_bios_customized(desk: Desk, command: XeCommand) -> None:
    async def act(vm: str) -> None:
        strings = (await desk.call("VM.get_record", vm))["bios_strings"]
        known = {"": "", "Xen": "generic"}
        vendor = strings.get("bios-vendor", "")
        kind = "not customized" if not strings else known.get(vendor, "customized")
        words = {"generic": "This VM is BIOS-generic.", "customized": "This VM is BIOS-customized."}
        await desk.print(words.get(kind, "The BIOS strings of this VM have not yet been set."))

    await simple.each(desk, command, act)


@does("vm-migrate")
async def migrate(desk: Desk, command: XeCommand) -> None:
    options = {
        name: desk.said.get(name) or ""
        for name in ("live", "force", "copy", "compress")
        if desk.said.get(name) is not None
    }
    remote = desk.said.get("remote-master")
    where = desk.said.get("host") or desk.said.get("host-uuid")
    if remote is not None:
        raise Failed("A VM is moved to another pool by its own gateway")
    if where is None:
        raise Failed("No destination host specified")
    taken = (*simple.spoken(command), "host", "host-uuid")
    vms = await selection.selected(desk, "v", taken)
    host = await selection.host_named(desk, where)
    for vm, _ in vms:
        await desk.call("VM.pool_migrate", vm, host, options)
