"""The types of SR that need no host: for each there is a module here, and a row in the table.

All other types are served by the hosts' storage daemons; see `forwarder.storage.hosted`.
"""

from typing import Any

from datamodel import XenAPIError

from forwarder.drivers.driver import Driver
from forwarder.drivers.dummy import Dummy

DUMMY = "dummy"

DRIVERS: dict[str, Driver] = {DUMMY: Dummy()}
"""By type of SR."""

VERSION, INTERFACE = "1.0", "1.1"
"""The drivers' own version, and the release of the interface that they follow."""


def backend_failure(number: int, text: str) -> XenAPIError:
    """A driver's own failure as clients see it, who know such failures by their numbers."""
    return XenAPIError(f"SR_BACKEND_FAILURE_{number}", "", text, "")


def record(type_: str) -> dict[str, Any]:
    """A driver as the fields of its ``SM`` record, without those that clients set."""
    described = DRIVERS[type_].description
    return {
        "type": type_,
        "name_label": described.name_label,
        "name_description": described.name_description,
        "vendor": "Warren",
        "copyright": "",
        "version": VERSION,
        "required_api_version": INTERFACE,
        "configuration": dict(described.configuration),
        "capabilities": list(described.features),
        "features": dict.fromkeys(described.features, 1),
        # Drivers are part of Warren, not programs of their own with a file.
        "driver_filename": "",
        "required_cluster_stack": list(described.required_cluster_stack),
        "supported_image_formats": list(described.image_formats),
    }
