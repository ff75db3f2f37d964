"""The other services behind this address, and the pool's storage drivers."""

from typing import Any

from datamodel.classes import PBD, SM, SR, VM, Host
from fastapi import Response
from fastapi.responses import JSONResponse
from pooldb import View

from xapi.http.asked import Asked
from xapi.http.pages import CLOSING, bare
from xapi.http.registry import serves

PLACE = "/services"
DRIVERS = f"{PLACE}/SM"
RUNNING = f"{PLACE}/driver"
MULTIPLEXOR = {
    "smapi_version": "SMAPIv2",
    "supported_image_formats": [],
    "required_cluster_stack": [],
    "configuration": {},
    "features": [DRIVERS],
    "required_api_version": "2.0",
    "version": "2.0",
    "copyright": "see the source code",
    "vendor": "XCP",
    "description": "forwards calls to other plugins",
    "name": "storage multiplexor",
    "driver": "mux",
}
"""How a storage driver describes itself; this description serves for all in `DRIVERS`."""


@serves("get_services")
async def get_services(asked: Asked) -> Response:
    """Describe the multiplexor, or list the drivers at work; there is nothing else."""
    path = asked.request.scope["path"].rstrip("/")
    if path == RUNNING:
        return _json(_running(asked.view))
    return _json(MULTIPLEXOR) if path == PLACE else bare(404)


@serves("get_services_sm")
async def get_services_sm(asked: Asked) -> Response:
    """Describe all storage drivers; there is nothing below."""
    if asked.request.scope["path"].rstrip("/") != DRIVERS:
        return bare(404)
    return _json([_described(driver) for driver in asked.view.all(SM).values()])


def _json(value: Any) -> Response:
    return JSONResponse(value, headers=CLOSING)


def _described(driver: SM) -> dict[str, Any]:
    return {
        "smapi_version": "SMAPIv1",
        "supported_image_formats": driver.supported_image_formats,
        "required_cluster_stack": driver.required_cluster_stack,
        "configuration": driver.configuration,
        "features": [f"{name}/{version}" for name, version in sorted(driver.features.items())],
        "required_api_version": driver.required_api_version,
        "version": driver.version,
        "copyright": driver.copyright,
        "vendor": driver.vendor,
        "description": driver.name_description,
        "name": driver.name_label,
        "driver": driver.type,
    }


def _running(view: View) -> list[dict[str, str]]:
    """A driver for each type of SR plugged on a host, named after the host's dom0."""
    running: dict[tuple[str, str], None] = {}
    for pbd in view.all(PBD).values():
        host = view.find(Host, pbd.host)
        domain = None if host is None else view.find(VM, host.control_domain)
        sr = view.find(SR, pbd.SR)
        if pbd.currently_attached and domain is not None and sr is not None:
            running[domain.uuid, sr.type] = None
    return [
        {"uuid": uuid, "ty": "SM", "instance": type_, "url": f"{RUNNING}/{uuid}/SM/{type_}"}
        for uuid, type_ in running
    ]
