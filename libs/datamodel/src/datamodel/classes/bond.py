"""The XenAPI class ``Bond``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="miami", tags=("networking",))
class Bond(Object[L["Bond"]]):
    """Several physical interfaces used as one."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    master: A[
        Ref[L["PIF"]],
        field(
            "The interface that stands for the bond as a whole.", STATIC, default="", since="miami"
        ),
    ]
    slaves: A[
        list[Ref[L["PIF"]]], field("The interfaces that are joined in the bond.", since="miami")
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="miami",
        ),
    ]
    primary_slave: A[
        Ref[L["PIF"]],
        field(
            "The bonded PIF whose MAC address and configuration the bond took over.",
            default="OpaqueRef:NULL",
            since="boston",
        ),
    ]
    mode: A[
        enums.BondMode,
        field(
            "How traffic is spread over the members, and what happens when one fails.",
            default="balance-slb",
            since="boston",
        ),
    ]
    properties: A[
        dict[str, str],
        field(
            "Settings of the bond's mode, for instance the hashing_algorithm of lacp.",
            default={},
            since="tampa",
        ),
    ]
    links_up: A[
        int, field("How many of the bonded PIFs have a link now.", default=0, since="tampa")
    ]
    auto_update_mac: A[
        bool,
        field(
            "Whether its MAC address follows the primary member's when that one changes.",
            default=True,
            since="quebec",
        ),
    ]

    @message(role=POOL_OPERATOR, since="miami")
    def create(
        network: A[
            Ref[L["network"]],
            "The network that the bond's interface is put on; it must have no interface on this host yet",
        ],
        members: A[
            list[Ref[L["PIF"]]],
            "The interfaces to join; all on one host, physical, and in no other bond",
        ],
        MAC: A[str, "The bond's Ethernet address; empty for that of its primary member"],
        mode: A[
            enums.BondMode, param("How traffic is spread over the members", since="boston")
        ] = enums.BondMode("balance-slb"),
        properties: A[
            dict[str, str],
            param(
                "Settings of the mode by name, such as hashing_algorithm of lacp; empty for its defaults",
                since="tampa",
            ),
        ] = {},
    ) -> Ref[L["Bond"]]:
        """Join two or more physical interfaces of one host into a bond, on which then lie the
        management address, VLANs and VIFs that the members had. Answers the bond; its own interface
        is in its field `master`.
        """

    @message(role=POOL_OPERATOR, since="miami")
    def destroy(
        self: A[Ref[L["Bond"]], "The bond to take apart"],
    ) -> None:
        """Take a bond apart; what lay on it returns to its primary member."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_mode(
        self: A[Ref[L["Bond"]], "The bond to change"],
        value: A[enums.BondMode, "The mode that it has from now on"],
    ) -> None:
        """Change how a bond spreads its traffic; the link may pause for a moment."""

    @message(role=POOL_OPERATOR, since="tampa")
    def set_property(
        self: A[Ref[L["Bond"]], "The bond to change"],
        name: A[str, "The setting; one that its mode does not know is refused"],
        value: A[str, "What it is set to, as text"],
    ) -> None:
        """Set one setting of a bond's mode, such as hashing_algorithm, lacp-time or
        lacp-fallback-ports.
        """


BondRef = Ref[L["Bond"]]
