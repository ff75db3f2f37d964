"""The XenAPI class ``vdi_nbd_server_info``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Object, Ref, field, xenapi_class
from datamodel.roles import LOCAL_ROOT


@xenapi_class(
    create_role=LOCAL_ROOT,
    since="inverness",
    in_database=False,
    persistent=False,
    events=False,
    get_all=False,
)
class VdiNbdServerInfo(Object[L["vdi_nbd_server_info"]]):
    """How to read a disk over the network."""

    address: A[
        str, field("An address that the server listens on, IPv4 or IPv6.", since="inverness")
    ]
    cert: A[str, field("The certificate that the server presents.", since="inverness")]
    exportname: A[
        str,
        field(
            "The name of the export to ask for; a secret, as it grants access.", since="inverness"
        ),
    ]
    port: A[int, field("TCP port that the server listens on.", since="inverness")]
    subject: A[
        str,
        field(
            "The name that the server's certificate carries and that a client checks.",
            since="inverness",
        ),
    ]


VdiNbdServerInfoRef = Ref[L["vdi_nbd_server_info"]]
