"""The XenAPI class ``blob``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, DateTime, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="orlando")
class Blob(Object[L["blob"]]):
    """Binary data kept beside an object."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            RW,
            default="",
            column="name__label",
        ),
    ]
    name_description: A[
        str, field("What people wrote about it.", RW, default="", column="name__description")
    ]
    size: A[int, field("Length of its contents, in bytes.")]
    public: A[
        bool,
        field(
            "Whether its contents may be read without a session.", RW, default=False, since="tampa"
        ),
    ]
    last_updated: A[DateTime, field("When its contents were last written.", STATIC)]
    mime_type: A[str, field("The media type that its contents are served as.", STATIC)]

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def create(
        mime_type: A[str, "The media type of what it will hold; empty for unknown"],
        public: A[bool, param("Whether it may be read without a session", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Make an empty piece of binary data that belongs to no object; HTTP fills and reads it."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def destroy(
        self: A[Ref[L["blob"]], "The blob to remove"],
    ) -> None:
        """Remove a piece of binary data with its contents."""


BlobRef = Ref[L["blob"]]
