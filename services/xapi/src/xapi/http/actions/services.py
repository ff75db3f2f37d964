"""What else speaks HTTP behind this address."""

from fastapi import Response
from fastapi.responses import JSONResponse

from xapi.http.asked import Asked
from xapi.http.pages import CLOSING, bare
from xapi.http.registry import serves

PLACE = "/services"
DRIVERS = f"{PLACE}/SM"
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
"""What a storage driver says of itself; this one stands for all that have a place of their own."""


@serves("get_services")
async def get_services(asked: Asked) -> Response:
    """Describe the services; below there is nothing but the actions of their own."""
    if asked.request.scope["path"].rstrip("/") != PLACE:
        return bare(404)
    return JSONResponse(MULTIPLEXOR, headers=CLOSING)
