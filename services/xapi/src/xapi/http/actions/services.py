"""What else speaks HTTP behind this address."""

from fastapi import Response
from fastapi.responses import JSONResponse

from xapi.http.asked import Asked
from xapi.http.pages import CLOSING, bare
from xapi.http.registry import serves

PLACE = "/services"
DRIVERS = f"{PLACE}/SM"
MULTIPLEXOR = {
    "driver": "mux",
    "name": "storage multiplexor",
    "description": "forwards calls to other plugins",
    "vendor": "XCP",
    "copyright": "see the source code",
    "version": "2.0",
    "required_api_version": "2.0",
    "features": [DRIVERS],
    "configuration": {},
    "required_cluster_stack": [],
    "supported_image_formats": [],
    "smapi_version": "SMAPIv2",
}
"""What a storage driver says of itself; this one stands for all that have a place of their own."""


@serves("get_services")
async def get_services(asked: Asked) -> Response:
    """Describe the services; below there is nothing but the actions of their own."""
    if asked.request.scope["path"].rstrip("/") != PLACE:
        return bare(404)
    return JSONResponse(MULTIPLEXOR, headers=CLOSING)
