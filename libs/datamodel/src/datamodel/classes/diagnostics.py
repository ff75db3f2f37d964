"""The XenAPI class ``Diagnostics``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Object, Ref, message, xenapi_class
from datamodel.roles import POOL_OPERATOR


@xenapi_class(
    create_role=POOL_OPERATOR,
    since="stockholm",
    in_database=False,
    persistent=False,
    events=False,
    get_all=False,
)
class Diagnostics(Object[L["Diagnostics"]]):
    """Looks into the toolstack itself."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def gc_compact(
        host: A[Ref[L["host"]], "The host whose toolstack is meant"],
    ) -> None:
        """Have the toolstack of a host give memory back that it does not need."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def gc_stats(
        host: A[Ref[L["host"]], "The host whose toolstack is meant"],
    ) -> dict[str, str]:
        """Tell how the toolstack of a host uses its memory, as figures by name."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def db_stats() -> dict[str, str]:
        """Tell how long calls waited for the pool database, as figures by name."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def network_stats(
        host: A[Ref[L["host"]], "The host whose toolstack is meant"],
        params: A[
            dict[str, str], "Names and values that narrow down what is told; empty for everything"
        ],
    ) -> list[list[str]]:
        """Tell of the connections between the toolstack of a host and others, one list of texts for
        each.
        """


DiagnosticsRef = Ref[L["Diagnostics"]]
