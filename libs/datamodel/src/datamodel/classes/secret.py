"""The XenAPI class ``secret``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    create_role=POOL_OPERATOR,
    read_role=POOL_OPERATOR,
    since="midnight-ride",
    events=False,
    constructor=("value", "other_config"),
)
class Secret(Object[L["secret"]]):
    """A secret kept by the pool, named by its uuid."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            read_role=POOL_OPERATOR,
        ),
    ]
    value: A[str, field("The secret itself, such as a password.", RW, read_role=POOL_OPERATOR)]
    other_config: A[
        dict[str, str],
        field("Settings and notes of clients, by key; unknown keys are kept.", RW, default={}),
    ]

    @message(
        role=POOL_OPERATOR, since="midnight-ride", asynchronous=False, secret=True, hidden=True
    )
    def introduce(
        uuid: A[str, "Uuid by which others name the secret"],
        value: A[str, "The secret itself"],
        other_config: A[
            dict[str, str], param("Settings and notes of clients, by key", since="boston")
        ] = {},
    ) -> Ref[L["secret"]]:
        """Write the record of a secret of a host that joins the pool, as given."""


SecretRef = Ref[L["secret"]]
