"""The XenAPI class ``blob``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, DateTime, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("blob", create_role=POOL_OPERATOR, since="orlando")
class Blob:
    """A blob."""

    last_updated: A[DateTime, field("Last updated.", STATIC)]
    mime_type: A[str, field("Mime type.", STATIC)]
    name_description: A[str, field("Name description.", RW, default="", column="name__description")]
    name_label: A[str, field("Name label.", RW, default="", column="name__label")]
    public: A[bool, field("Public.", RW, default=False, since="tampa")]
    size: A[int, field("Size.")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def create(
        mime_type: A[str, "Mime type"],
        public: A[bool, param("Public", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Create."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def destroy(
        self: A[Ref[L["blob"]], "The blob to act on"],
    ) -> None:
        """Destroy."""
