"""The XenAPI class ``SM``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("SM", create_role=POOL_OPERATOR)
class SM:
    """A SM."""

    capabilities: A[
        list[str],
        field(
            "Capabilities.",
            default=[],
            history=(
                ("Published", "miami"),
                ("Deprecated", "clearwater"),
            ),
        ),
    ]
    configuration: A[dict[str, str], field("Configuration.")]
    copyright: A[str, field("Copyright.")]
    driver_filename: A[str, field("Driver filename.", default="", since="orlando")]
    features: A[
        dict[str, int],
        field(
            "Features.",
            default={},
            history=(
                ("Published", "clearwater"),
                ("Changed", "24.37.0"),
            ),
        ),
    ]
    host_pending_features: A[
        dict[Ref[L["host"]], list[str]],
        field(
            "Host pending features.",
            default={},
            history=(("Prototyped", "24.37.0"),),
            internal_only=True,
        ),
    ]
    name_description: A[str, field("Name description.", default="", column="name__description")]
    name_label: A[str, field("Name label.", default="", column="name__label")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="miami")]
    required_api_version: A[str, field("Required api version.")]
    required_cluster_stack: A[
        list[str], field("Required cluster stack.", default=[], since="dundee")
    ]
    supported_image_formats: A[
        list[enums.ImageFormatType],
        field("Supported image formats.", default=[], history=(("Prototyped", "26.15.0"),)),
    ]
    type: A[str, field("Type.")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
    vendor: A[str, field("Vendor.")]
    version: A[str, field("Version.")]
