"""Commands that move files, whose bytes the client moves by HTTP or by the protocol."""

from urllib.parse import urlencode

from datamodel import XenAPIError

from xapi.xe import selection, simple
from xapi.xe.commands.registry import does
from xapi.xe.declared import XeCommand
from xapi.xe.desk import Desk
from xapi.xe.failures import Failed, GaveUp
from xapi.xe.protocol import Tag


async def transfer(
    desk: Desk, tag: Tag, filename: str, path: str, done: str = "", **params: str
) -> None:
    """Have the client move a file, with a task that tells of a failure's reason."""
    task = await desk.call("task.create", desk.said.command, f"{path} by xe")
    query = urlencode({"session_id": desk.session, "task_id": task, **params})
    try:
        moved = await desk.terminal.transfer(tag, filename, f"{path}?{query}")
        record = await desk.call("task.get_record", task)
        if record["status"] in ("failure", "cancelled"):
            raise XenAPIError(*(record["error_info"] or ["TASK_CANCELLED", task]))
        if not moved:
            raise GaveUp
    finally:
        await desk.call("task.destroy", task)
    if done:
        await desk.print(done)


def _said(value: bool) -> str:
    return "true" if value else "false"


@does("vm-export", "template-export", "snapshot-export-to-template")
async def export(desk: Desk, command: XeCommand) -> None:
    said = desk.said
    filename = said.require("filename")
    if command.name == "vm-export":
        vm = (await selection.selected(desk, "v", simple.spoken(command)))[0][0]
    else:
        uuid = said.get("template-uuid") or said.require("snapshot-uuid")
        vm = await desk.by_uuid("VM", uuid)
    path = "/export_metadata" if said.flag("metadata") else "/export"
    await transfer(
        desk,
        Tag.HTTP_GET,
        filename,
        path,
        "Export succeeded" if filename else "",
        ref=vm,
        use_compression=said.get("compress") or "false",
        preserve_power_state=_said(said.flag("preserve-power-state")),
        export_snapshots=_said(said.flag("include-snapshots")),
    )


@does("vm-import")
async def import_(desk: Desk, command: XeCommand) -> None:
    said = desk.said
    sr = await desk.optional("SR", "sr-uuid")
    filename = said.get("filename")
    if filename is None:
        raise Failed("Required parameter not found: filename")
    path = "/import_metadata" if said.flag("metadata") else "/import"
    await transfer(
        desk,
        Tag.HTTP_PUT,
        filename,
        path,
        restore=_said(said.flag("preserve")),
        force=_said(said.flag("force")),
        dry_run=_said(said.flag("dry-run")),
        sr_id=sr,
    )


@does("vdi-export", "vdi-import")
async def vdi(desk: Desk, command: XeCommand) -> None:
    disk = await desk.by_uuid("VDI", desk.said.require("uuid"))
    imports = command.name == "vdi-import"
    tag, path = (Tag.HTTP_PUT, "/import_raw_vdi") if imports else (Tag.HTTP_GET, "/export_raw_vdi")
    format_ = desk.said.get("format") or "raw"
    await transfer(desk, tag, desk.said.require("filename"), path, vdi=disk, format=format_)


@does("blob-get", "blob-put")
async def blob(desk: Desk, command: XeCommand) -> None:
    ref = await desk.by_uuid("blob", desk.said.require("uuid"))
    word = command.name[5:]
    tag = Tag.HTTP_GET if word == "get" else Tag.HTTP_PUT
    done = f"Blob {word} succeeded"
    await transfer(desk, tag, desk.said.require("filename"), "/blob", done, ref=ref)


DOWNLOADS = {
    "audit-log-get": ("/audit_log", "filename"),
    "pool-dump-database": ("/pool/xmldbdump", "file-name"),
    "host-backup": ("/host_backup", "file-name"),
    "host-logs-download": ("/host_logs_download", "file-name"),
    "host-get-system-status": ("/system-status", "filename"),
}
UPLOADS = {
    "pool-restore-database": ("/pool/xmldbdump", "file-name"),
    "host-restore": ("/host_restore", "file-name"),
    "patch-upload": ("/pool_patch_upload", "file-name"),
    "update-upload": ("/update", "file-name"),
}


@does(*DOWNLOADS)
async def download(desk: Desk, command: XeCommand) -> None:
    path, param = DOWNLOADS[command.name]
    since = {"since": desk.said.get("since") or ""} if command.name == "audit-log-get" else {}
    filename = desk.said.get(param) or command.name
    await transfer(desk, Tag.HTTP_GET, filename, path, **since)


@does(*UPLOADS)
async def upload(desk: Desk, command: XeCommand) -> None:
    path, param = UPLOADS[command.name]
    await transfer(desk, Tag.HTTP_PUT, desk.said.require(param), path)


async def _contents(desk: Desk, param: str) -> str:
    name = desk.said.require(param)
    contents = await desk.terminal.load(name)
    if contents is None:
        raise Failed(f"file '{name}' does not exist")
    return contents.decode("utf-8", "replace")


CERTIFICATES = {
    "pool-certificate-install": "pool.certificate_install",
    "pool-install-ca-certificate": "pool.install_ca_certificate",
    "pool-crl-install": "pool.crl_install",
}


@does(*CERTIFICATES)
async def install_certificate(desk: Desk, command: XeCommand) -> None:
    name = desk.said.require("filename").rpartition("/")[2]
    await desk.call(CERTIFICATES[command.name], name, await _contents(desk, "filename"))


@does("host-license-add")
async def add_licence(desk: Desk, command: XeCommand) -> None:
    uuid = desk.said.get("host-uuid")
    host = await desk.by_uuid("host", uuid) if uuid else await desk.the_host()
    await desk.call("host.license_add", host, await _contents(desk, "license-file"))
