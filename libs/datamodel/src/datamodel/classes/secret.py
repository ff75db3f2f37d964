"""The XenAPI class ``secret``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    "secret",
    create_role=POOL_OPERATOR,
    read_role=POOL_OPERATOR,
    since="midnight-ride",
    events=False,
    constructor=("value", "other_config"),
)
class Secret:
    """A secret."""

    other_config: A[dict[str, str], field("Other config.", RW, default={})]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, read_role=POOL_OPERATOR)]
    value: A[str, field("Value.", RW, read_role=POOL_OPERATOR)]

    @message(
        role=POOL_OPERATOR, since="midnight-ride", asynchronous=False, secret=True, hidden=True
    )
    def introduce(
        uuid: A[str, "Uuid"],
        value: A[str, "Value"],
        other_config: A[dict[str, str], param("Other config", since="boston")] = {},
    ) -> Ref[L["secret"]]:
        """Introduce."""
