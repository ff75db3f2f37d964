"""The XenAPI class ``Certificate``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, DateTime, Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, READ_ONLY


@xenapi_class(create_role=READ_ONLY, since="stockholm")
class Certificate(Object[L["Certificate"]]):
    """A certificate that a host or the pool uses or trusts."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="stockholm",
        ),
    ]
    name: A[
        str,
        field(
            "The name under which the pool keeps it; empty for a host's own.",
            default="",
            since="1.294.0",
        ),
    ]
    type: A[
        enums.CertificateType,
        field(
            "Whether it is an authority, a host's certificate, or one for use within the pool.",
            default="host",
            since="1.294.0",
        ),
    ]
    host: A[
        Ref[L["host"]],
        field(
            "The host that presents it; null for one of the pool.",
            STATIC,
            default="OpaqueRef:NULL",
            since="stockholm",
        ),
    ]
    not_before: A[
        DateTime,
        field(
            "The moment from which it is valid.",
            STATIC,
            default="19700101T00:00:00Z",
            since="stockholm",
        ),
    ]
    not_after: A[
        DateTime,
        field(
            "The moment from which it is not valid any more.",
            STATIC,
            default="19700101T00:00:00Z",
            since="stockholm",
        ),
    ]
    fingerprint: A[
        str,
        field(
            "SHA-256 of the certificate in hexadecimal pairs; the older name of fingerprint_sha256.",
            STATIC,
            default="",
            history=(
                ("Published", "stockholm"),
                ("Deprecated", "24.19.0"),
            ),
        ),
    ]
    fingerprint_sha256: A[
        str,
        field(
            "SHA-256 of the certificate in hexadecimal pairs.",
            STATIC,
            default="",
            history=(("Prototyped", "24.20.0"),),
        ),
    ]
    fingerprint_sha1: A[
        str,
        field(
            "SHA-1 of the certificate in hexadecimal pairs.",
            STATIC,
            default="",
            history=(("Prototyped", "24.20.0"),),
        ),
    ]
    purpose: A[
        list[enums.CertificatePurpose],
        field(
            "What the pool trusts it for; empty for everything that its type allows.",
            STATIC,
            default=[],
            history=(("Prototyped", "26.13.0"),),
        ),
    ]


CertificateRef = Ref[L["Certificate"]]
