"""The XenAPI class ``VLAN``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="miami", tags=("networking",))
class VLAN(Object[L["VLAN"]]):
    """A network tagged onto another interface."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    tagged_PIF: A[
        Ref[L["PIF"]],
        field(
            "The interface whose frames carry the tag on the wire.",
            STATIC,
            default="",
            since="miami",
        ),
    ]
    untagged_PIF: A[
        Ref[L["PIF"]],
        field(
            "The interface on which the VLAN's frames appear without a tag.",
            default="",
            since="miami",
        ),
    ]
    tag: A[int, field("The VLAN's number, 0 to 4094.", STATIC, default=-1, since="miami")]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="miami",
        ),
    ]

    @message(role=POOL_OPERATOR, since="inverness", hidden=True)
    def pool_introduce(
        tagged_PIF: A[Ref[L["PIF"]], "The interface whose frames carry the tag"],
        untagged_PIF: A[Ref[L["PIF"]], "The interface on which they appear without it"],
        tag: A[int, "The VLAN's number"],
        other_config: A[dict[str, str], "Settings and notes of clients, by key"],
    ) -> Ref[L["VLAN"]]:
        """Write the record of a VLAN of a host that joins the pool, as given. Answers its
        reference.
        """

    @message(role=POOL_OPERATOR, since="miami")
    def create(
        tagged_PIF: A[
            Ref[L["PIF"]],
            "The interface to carry the tagged frames: a card or a bond, no member of one",
        ],
        tag: A[int, "The VLAN's number, from 0 to 4094; once for each interface"],
        network: A[
            Ref[L["network"]],
            "The network to connect to the VLAN; it must have no interface on this host yet",
        ],
    ) -> Ref[L["VLAN"]]:
        """Tag a VLAN onto an interface of one host, and put the untagged side on a network.
        pool.create_VLAN_from_PIF does it on every host.
        """

    @message(role=POOL_OPERATOR, since="miami")
    def destroy(
        self: A[Ref[L["VLAN"]], "The VLAN to remove"],
    ) -> None:
        """Remove a VLAN with its interface, which is unplugged first."""


VLANRef = Ref[L["VLAN"]]
