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
    """A Diagnostics."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def db_stats() -> dict[str, str]:
        """Db stats."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def gc_compact(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Gc compact."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def gc_stats(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> dict[str, str]:
        """Gc stats."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def network_stats(
        host: A[Ref[L["host"]], "The host to act on"],
        params: A[dict[str, str], "Params"],
    ) -> list[list[str]]:
        """Network stats."""
