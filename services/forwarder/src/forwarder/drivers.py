"""The types of SRs that Warren serves: one row for each, which ``SM`` records are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DUMMY = "dummy"


@dataclass(frozen=True)
class Driver:
    """What serves SRs of one type; ``configuration`` explains the keys of a ``device_config``."""

    name_label: str
    name_description: str
    features: tuple[str, ...]
    configuration: Mapping[str, str] = field(default_factory=dict)
    required_cluster_stack: tuple[str, ...] = ()
    image_formats: tuple[str, ...] = ()


DRIVERS: Mapping[str, Driver] = {
    DUMMY: Driver(
        name_label="dummy",
        name_description="Disks that are records without bytes",
        features=(
            *("SR_PROBE", "SR_UPDATE", "VDI_ACTIVATE", "VDI_ATTACH", "VDI_CLONE", "VDI_CREATE"),
            *("VDI_DEACTIVATE", "VDI_DELETE", "VDI_DETACH", "VDI_RESIZE", "VDI_SNAPSHOT"),
        ),
    ),
}

VERSION, INTERFACE = "1.0", "1.1"
"""Of the drivers themselves, and the release of the interface that they are written to."""


def record(type_: str) -> dict[str, Any]:
    """A driver as the fields of its ``SM`` record, without those that clients set."""
    driver = DRIVERS[type_]
    return {
        "type": type_,
        "name_label": driver.name_label,
        "name_description": driver.name_description,
        "vendor": "Warren",
        "copyright": "",
        "version": VERSION,
        "required_api_version": INTERFACE,
        "configuration": dict(driver.configuration),
        "capabilities": list(driver.features),
        "features": dict.fromkeys(driver.features, 1),
        # They are part of xenopsd, not a program of their own that a client could run.
        "driver_filename": "",
        "required_cluster_stack": list(driver.required_cluster_stack),
        "supported_image_formats": list(driver.image_formats),
    }
