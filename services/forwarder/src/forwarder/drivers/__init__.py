"""The types of SRs that Warren serves: each is a module of this folder, and a row of the table."""

from typing import Any

from datamodel import XenAPIError

from forwarder.drivers.driver import Driver
from forwarder.drivers.dummy import Dummy

DUMMY = "dummy"

DRIVERS: dict[str, Driver] = {DUMMY: Dummy()}
"""By type of SR."""

VERSION, INTERFACE = "1.0", "1.1"
"""Of the drivers themselves, and the release of the interface that they are written to."""


def of(type_: str) -> Driver:
    """What serves SRs of a type; raises SR_UNKNOWN_DRIVER[type]."""
    if type_ not in DRIVERS:
        raise XenAPIError("SR_UNKNOWN_DRIVER", type_)
    return DRIVERS[type_]


def features(type_: str) -> tuple[str, ...]:
    """What can be asked of SRs of a type: nothing of one that no driver serves."""
    return DRIVERS[type_].description.features if type_ in DRIVERS else ()


def backend_failure(number: int, text: str) -> XenAPIError:
    """What a driver's own failures look like to clients, who know them by their numbers."""
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
        # They are part of Warren, not programs of their own that a client could run.
        "driver_filename": "",
        "required_cluster_stack": list(described.required_cluster_stack),
        "supported_image_formats": list(described.image_formats),
    }
