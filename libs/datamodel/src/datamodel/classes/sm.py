"""The XenAPI class ``SM``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR)
class SM(Object[L["SM"]]):
    """A storage driver."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.", default="", column="name__label"
        ),
    ]
    name_description: A[
        str, field("What people wrote about it.", default="", column="name__description")
    ]
    type: A[str, field("The type of SR that the driver serves.")]
    vendor: A[str, field("Who made the driver.")]
    copyright: A[str, field("Who holds the copyright of the driver.")]
    version: A[str, field("The driver's own version.")]
    required_api_version: A[
        str, field("The lowest release of the interface that the driver needs of the toolstack.")
    ]
    configuration: A[
        dict[str, str],
        field(
            "What a device_config may or must name for this driver, with an explanation of each."
        ),
    ]
    capabilities: A[
        list[str],
        field(
            "What the driver can do, as words such as VDI_CREATE or SR_PROBE.",
            default=[],
            history=(
                ("Published", "miami"),
                ("Deprecated", "clearwater"),
            ),
        ),
    ]
    features: A[
        dict[str, int],
        field(
            "What the driver can do, with the version of each capability.",
            default={},
            history=(
                ("Published", "clearwater"),
                ("Changed", "24.37.0"),
            ),
        ),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="miami",
        ),
    ]
    driver_filename: A[str, field("Path of the driver on the hosts.", default="", since="orlando")]
    required_cluster_stack: A[
        list[str],
        field(
            "Cluster stacks of which one must run before the driver can be used; empty for none.",
            default=[],
            since="dundee",
        ),
    ]
    supported_image_formats: A[
        list[enums.ImageFormatType],
        field(
            "Formats in which the driver can keep a VDI, the preferred one first.",
            default=[],
            history=(("Prototyped", "26.15.0"),),
        ),
    ]
    host_pending_features: A[
        dict[Ref[L["host"]], list[str]],
        field(
            "Capabilities that some hosts have and the others do not have yet, by host.",
            default={},
            history=(("Prototyped", "24.37.0"),),
            internal_only=True,
        ),
    ]


SMRef = Ref[L["SM"]]
