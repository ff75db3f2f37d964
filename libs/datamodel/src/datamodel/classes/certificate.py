"""The XenAPI class ``Certificate``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, DateTime, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, READ_ONLY


@xenapi_class("Certificate", create_role=READ_ONLY, since="stockholm")
class Certificate:
    """A certificate that a host or the pool uses or trusts."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="stockholm",
        ),
    ]
    fingerprint: A[
        str,
        field(
            "Its fingerprint, as text.",
            STATIC,
            default="",
            history=(
                ("Published", "stockholm"),
                ("Deprecated", "24.19.0"),
            ),
        ),
    ]
    fingerprint_sha1: A[
        str,
        field(
            "Its fingerprint sha1, as text.",
            STATIC,
            default="",
            history=(("Prototyped", "24.20.0"),),
        ),
    ]
    fingerprint_sha256: A[
        str,
        field(
            "Its fingerprint sha256, as text.",
            STATIC,
            default="",
            history=(("Prototyped", "24.20.0"),),
        ),
    ]
    host: A[
        Ref[L["host"]],
        field("The host that it belongs to.", STATIC, default="OpaqueRef:NULL", since="stockholm"),
    ]
    name: A[str, field("Its name, as text.", default="", since="1.294.0")]
    not_after: A[
        DateTime,
        field(
            "The time of its not after.", STATIC, default="19700101T00:00:00Z", since="stockholm"
        ),
    ]
    not_before: A[
        DateTime,
        field(
            "The time of its not before.", STATIC, default="19700101T00:00:00Z", since="stockholm"
        ),
    ]
    purpose: A[
        list[enums.CertificatePurpose],
        field("All of its purpose.", STATIC, default=[], history=(("Prototyped", "26.13.0"),)),
    ]
    type: A[enums.CertificateType, field("What kind it is.", default="host", since="1.294.0")]
