"""The XenAPI class ``VTPM``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, VM_ADMIN


@xenapi_class("VTPM", create_role=POOL_ADMIN, history=(("Prototyped", "22.26.0"),))
class VTPM:
    """A VTPM."""

    VM: A[Ref[L["VM"]], field("VM.", STATIC)]
    allowed_operations: A[
        list[enums.VtpmOperations], field("Allowed operations.", default=[], persist=False)
    ]
    backend: A[Ref[L["VM"]], field("Backend.", default="OpaqueRef:NULL")]
    contents: A[
        Ref[L["secret"]],
        field("Contents.", history=(("Prototyped", "22.26.0"),), internal_only=True),
    ]
    current_operations: A[
        dict[str, enums.VtpmOperations], field("Current operations.", default={}, persist=False)
    ]
    is_protected: A[
        bool, field("Is protected.", default=False, history=(("Prototyped", "22.26.0"),))
    ]
    is_unique: A[
        bool, field("Is unique.", STATIC, default=False, history=(("Prototyped", "22.26.0"),))
    ]
    persistence_backend: A[
        enums.PersistenceBackend,
        field("Persistence backend.", default="xapi", history=(("Prototyped", "22.26.0"),)),
    ]
    uuid: A[str, field("Uuid.")]

    @message(role=VM_ADMIN, history=(("Prototyped", "22.26.0"),))
    def create(
        vM: A[Ref[L["VM"]], param("VM", since=None)],
        is_unique: A[bool, param("Is unique", since=None)],
    ) -> Ref[L["VTPM"]]:
        """Create."""

    @message(role=VM_ADMIN, history=(("Prototyped", "22.26.0"),))
    def destroy(
        self: A[Ref[L["VTPM"]], param("The VTPM to act on", since=None)],
    ) -> None:
        """Destroy."""

    @message(role=LOCAL_ROOT, history=(("Prototyped", "22.26.0"),), secret=True, hidden=True)
    def get_contents(
        self: A[Ref[L["VTPM"]], param("The VTPM to act on", since=None)],
    ) -> str:
        """Get contents."""

    @message(role=LOCAL_ROOT, history=(("Prototyped", "22.26.0"),), secret=True, hidden=True)
    def set_contents(
        self: A[Ref[L["VTPM"]], param("The VTPM to act on", since=None)],
        contents: A[str, param("Contents", since=None)],
    ) -> None:
        """Set contents."""
