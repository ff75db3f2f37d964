"""The XenAPI class ``VTPM``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, VM_ADMIN


@xenapi_class(create_role=POOL_ADMIN, history=(("Prototyped", "22.26.0"),))
class VTPM(Object[L["VTPM"]]):
    """A virtual trusted platform module."""

    uuid: A[str, field("Identifies the object for ever, on every pool that it may travel to.")]
    allowed_operations: A[
        list[enums.VtpmOperations],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.VtpmOperations],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
    ]
    VM: A[Ref[L["VM"]], field("The VM that the TPM is for.", STATIC)]
    backend: A[
        Ref[L["VM"]],
        field("The domain that plays it; null for dom0.", default="OpaqueRef:NULL"),
    ]
    persistence_backend: A[
        enums.PersistenceBackend,
        field(
            "Where its state is kept while its VM is off.",
            default="xapi",
            history=(("Prototyped", "22.26.0"),),
        ),
    ]
    is_unique: A[
        bool,
        field(
            "Whether its contents may exist only once, so that a clone starts with an empty one.",
            STATIC,
            default=False,
            history=(("Prototyped", "22.26.0"),),
        ),
    ]
    is_protected: A[
        bool,
        field(
            "Whether its contents are encrypted by the host.",
            default=False,
            history=(("Prototyped", "22.26.0"),),
        ),
    ]
    contents: A[
        Ref[L["secret"]],
        field(
            "The secret that holds its state.",
            history=(("Prototyped", "22.26.0"),),
            internal_only=True,
        ),
    ]

    @message(role=VM_ADMIN, history=(("Prototyped", "22.26.0"),))
    def create(
        vM: A[
            Ref[L["VM"]],
            param("The VM to give it to; halted and without one", since=None),
        ],
        is_unique: A[bool, param("Whether its contents may exist only once", since=None)],
    ) -> Ref[L["VTPM"]]:
        """Give a VM a virtual TPM with nothing in it, from its next start."""

    @message(role=VM_ADMIN, history=(("Prototyped", "22.26.0"),))
    def destroy(
        self: A[Ref[L["VTPM"]], param("The TPM to remove; its VM must be halted", since=None)],
    ) -> None:
        """Remove a virtual TPM with all that the guest has stored in it; disks that are sealed by
        it may never be opened again.
        """

    @message(role=LOCAL_ROOT, history=(("Prototyped", "22.26.0"),), secret=True, hidden=True)
    def get_contents(
        self: A[Ref[L["VTPM"]], param("The TPM to read", since=None)],
    ) -> str:
        """Tell the state of a virtual TPM in Base64; called by the daemon that plays it."""

    @message(role=LOCAL_ROOT, history=(("Prototyped", "22.26.0"),), secret=True, hidden=True)
    def set_contents(
        self: A[Ref[L["VTPM"]], param("The TPM to write", since=None)],
        contents: A[str, param("The whole state, in Base64", since=None)],
    ) -> None:
        """Store the state of a virtual TPM; called by the daemon that plays it."""


VTPMRef = Ref[L["VTPM"]]
