"""The XenAPI class ``console``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, VM_ADMIN


@xenapi_class(create_role=VM_ADMIN, constructor=("other_config", "port"))
class Console(Object[L["console"]]):
    """A way to see and type at a VM."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    protocol: A[
        enums.ConsoleProtocol,
        field("What is spoken there: VNC (rfb), a serial terminal (vt100) or RDP."),
    ]
    location: A[str, field("The address to open it at, by HTTPS and with a session.")]
    VM: A[Ref[L["VM"]], field("The VM that the console shows.")]
    other_config: A[
        dict[str, str], field("Settings and notes of clients, by key; unknown keys are kept.", RW)
    ]
    port: A[
        int,
        field(
            "TCP port in dom0 that the console's server listens on; -1 where there is none.",
            RW,
            internal_only=True,
        ),
    ]


ConsoleRef = Ref[L["console"]]
