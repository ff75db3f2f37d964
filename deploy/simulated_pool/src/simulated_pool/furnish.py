"""SRs with bytes for a pool that is up: a shared one, one of each host, and a library of ISOs.

Tests that want them ask for them: ``furnish(layout)``.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import XenAPI

from simulated_pool.boot_image import boot_image
from simulated_pool.layout import Layout

USERNAME = "root"
SHARED, LOCAL, ISOS = "Shared storage", "Local storage of", "ISO library"
IMAGE = "hello.iso"
REPORT_MAX_S = 60.0


@dataclass(frozen=True)
class Wanted:
    """An SR of one folder; the hosts of a simulated pool are one machine and see it all."""

    name: str
    folder: Path
    host: str
    type: str = "file"
    content_type: str = "user"
    shared: bool = False
    more: Mapping[str, str] | None = None


def furnish(layout: Layout) -> None:
    """Make what is missing; the shared SR takes over from the one whose disks have no bytes.

    Raises XenAPI.Failure, and TimeoutError if no host serves the types of SR that it takes.
    """
    session = XenAPI.Session(layout.url, ignore_ssl=True)
    session.xenapi.login_with_password(USERNAME, layout.secret("root"), "1.0", "warren-demo")
    try:
        _await_types(session.xenapi, {"file", "iso"})
        _furnish(session.xenapi, layout)
    finally:
        session.xenapi.logout()


def _furnish(api: XenAPI.xapi_local, layout: Layout) -> None:
    ((pool, said),) = api.pool.get_all_records().items()
    master = said["master"]
    shared = _made(api, Wanted(SHARED, _folder(layout, "shared"), master, shared=True))
    for host, record in api.host.get_all_records().items():
        name = record["name_label"]
        _made(api, Wanted(f"{LOCAL} {name}", _folder(layout, name), host))
    isos = _folder(layout, "isos")
    (isos / IMAGE).write_bytes(boot_image("HELLO", "Hello from Warren."))
    legacy = {"legacy_mode": "true"}
    library = _made(api, Wanted(ISOS, isos, master, "iso", "iso", shared=True, more=legacy))
    api.SR.scan(library)
    if api.SR.get_type(said["default_SR"]) == "dummy":
        api.pool.set_suspend_image_SR(pool, shared)
        api.pool.set_crash_dump_SR(pool, shared)
        api.pool.set_default_SR(pool, shared)


def _await_types(api: XenAPI.xapi_local, types: set[str]) -> None:
    """Wait until the hosts of a pool that has just come up have told that they serve these."""
    token, deadline = "", time.monotonic() + REPORT_MAX_S
    while missing := types - {record["type"] for record in api.SM.get_all_records().values()}:
        if time.monotonic() > deadline:
            raise TimeoutError(f"no host serves SRs of type {', '.join(sorted(missing))}")
        token = api.event.from_(["sm"], token, 5.0)["token"]


def _folder(layout: Layout, name: str) -> Path:
    folder = layout.path("srs", name, "x").parent
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _made(api: XenAPI.xapi_local, wanted: Wanted) -> str:
    found: list[str] = api.SR.get_by_name_label(wanted.name)
    if found:
        return found[0]
    config = {"location": str(wanted.folder), **(wanted.more or {})}
    named = (wanted.name, "", wanted.type, wanted.content_type)
    made: str = api.SR.create(wanted.host, config, "0", *named, wanted.shared, {})
    return made
