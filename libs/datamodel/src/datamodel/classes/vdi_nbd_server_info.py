"""The XenAPI class ``vdi_nbd_server_info``."""

from typing import Annotated as A

from datamodel.idl import field, xenapi_class
from datamodel.roles import LOCAL_ROOT


@xenapi_class(
    "vdi_nbd_server_info",
    create_role=LOCAL_ROOT,
    since="inverness",
    in_database=False,
    persistent=False,
    events=False,
    get_all=False,
)
class VdiNbdServerInfo:
    """A vdi nbd server info."""

    address: A[str, field("Address.", since="inverness")]
    cert: A[str, field("Cert.", since="inverness")]
    exportname: A[str, field("Exportname.", since="inverness")]
    port: A[int, field("Port.", since="inverness")]
    subject: A[str, field("Subject.", since="inverness")]
