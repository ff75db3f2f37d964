"""The XenAPI class ``Certificate``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, DateTime, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, READ_ONLY


@xenapi_class("Certificate", create_role=READ_ONLY, since="stockholm")
class Certificate:
    """A Certificate."""

    fingerprint: A[
        str,
        field(
            "Fingerprint.",
            STATIC,
            default="",
            history=(
                ("Published", "stockholm"),
                ("Deprecated", "24.19.0"),
            ),
        ),
    ]
    fingerprint_sha1: A[
        str, field("Fingerprint sha1.", STATIC, default="", history=(("Prototyped", "24.20.0"),))
    ]
    fingerprint_sha256: A[
        str, field("Fingerprint sha256.", STATIC, default="", history=(("Prototyped", "24.20.0"),))
    ]
    host: A[Ref[L["host"]], field("Host.", STATIC, default="OpaqueRef:NULL", since="stockholm")]
    name: A[str, field("Name.", default="", since="1.294.0")]
    not_after: A[
        DateTime, field("Not after.", STATIC, default="19700101T00:00:00Z", since="stockholm")
    ]
    not_before: A[
        DateTime, field("Not before.", STATIC, default="19700101T00:00:00Z", since="stockholm")
    ]
    purpose: A[
        list[enums.CertificatePurpose],
        field("Purpose.", STATIC, default=[], history=(("Prototyped", "26.13.0"),)),
    ]
    type: A[enums.CertificateType, field("Type.", default="host", since="1.294.0")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="stockholm")]
