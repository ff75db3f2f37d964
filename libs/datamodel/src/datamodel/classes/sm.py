"""The XenAPI class ``SM``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("SM", create_role=POOL_OPERATOR)
class SM:
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
    capabilities: A[
        list[str],
        field(
            "What its hypervisor can do.",
            default=[],
            history=(
                ("Published", "miami"),
                ("Deprecated", "clearwater"),
            ),
        ),
    ]
    configuration: A[dict[str, str], field("Its configuration, by key.")]
    copyright: A[str, field("Its copyright, as text.")]
    driver_filename: A[str, field("Its driver filename, as text.", default="", since="orlando")]
    features: A[
        dict[str, int],
        field(
            "Its features, by key.",
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
            "Its host pending features, by key.",
            default={},
            history=(("Prototyped", "24.37.0"),),
            internal_only=True,
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
    required_api_version: A[str, field("Its required api version, as text.")]
    required_cluster_stack: A[
        list[str], field("All of its required cluster stack.", default=[], since="dundee")
    ]
    supported_image_formats: A[
        list[enums.ImageFormatType],
        field(
            "All of its supported image formats.", default=[], history=(("Prototyped", "26.15.0"),)
        ),
    ]
    type: A[str, field("What kind it is.")]
    vendor: A[str, field("Its vendor, as text.")]
    version: A[str, field("How often it was recovered.")]
