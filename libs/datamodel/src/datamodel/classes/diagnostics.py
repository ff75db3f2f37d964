"""The XenAPI class ``Diagnostics``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Ref, message, xenapi_class
from datamodel.roles import POOL_OPERATOR


@xenapi_class(
    "Diagnostics",
    create_role=POOL_OPERATOR,
    since="stockholm",
    in_database=False,
    persistent=False,
    events=False,
    get_all=False,
)
class Diagnostics:
    """Looks into the toolstack itself."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def db_stats() -> dict[str, str]:
        """Change the record of the Diagnostics alone: stats."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def gc_compact(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the Diagnostics do this: gc compact."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def gc_stats(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> dict[str, str]:
        """Have the Diagnostics do this: gc stats."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def network_stats(
        host: A[Ref[L["host"]], "The host that is meant"],
        params: A[dict[str, str], "The params, by key"],
    ) -> list[list[str]]:
        """Have the Diagnostics do this: network stats."""
