"""The XenAPI class ``console``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, VM_ADMIN


@xenapi_class("console", create_role=VM_ADMIN, constructor=("other_config", "port"))
class Console:
    """A console."""

    VM: A[Ref[L["VM"]], field("VM.")]
    location: A[str, field("Location.")]
    other_config: A[dict[str, str], field("Other config.", RW)]
    port: A[int, field("Port.", RW, internal_only=True)]
    protocol: A[enums.ConsoleProtocol, field("Protocol.")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
