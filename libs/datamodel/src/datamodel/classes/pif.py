"""The XenAPI class ``PIF``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, tags=("networking",))
class PIF(Object[L["PIF"]]):
    """A physical network interface of a host, or a VLAN or bond on one."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    device: A[str, field("The name of the interface in dom0, such as eth0 or bond0.", STATIC)]
    network: A[Ref[L["network"]], field("The network that it connects its host to.", STATIC)]
    host: A[Ref[L["host"]], field("The host that the interface is on.", STATIC)]
    MAC: A[str, field("Its Ethernet address, six hexadecimal pairs with colons between.", STATIC)]
    MTU: A[int, field("The largest packet that it takes, in bytes.", STATIC)]
    VLAN: A[int, field("The tag of its VLAN; -1 for an untagged interface.", STATIC)]
    metrics: A[Ref[L["PIF_metrics"]], field("Its figures, which change often and are kept apart.")]
    physical: A[
        bool,
        field(
            "Whether it stands for a network card, not for a VLAN, bond or tunnel.",
            default=False,
            since="miami",
        ),
    ]
    currently_attached: A[
        bool,
        field(
            "Whether it is up, so that its network can be used on this host.",
            default=True,
            since="miami",
        ),
    ]
    ip_configuration_mode: A[
        enums.IpConfigurationMode,
        field(
            "Where its IPv4 address comes from: nowhere, DHCP, or the fields of this record.",
            default="None",
            since="miami",
        ),
    ]
    IP: A[str, field("The IPv4 address; empty while it has none.", default="", since="miami")]
    netmask: A[str, field("The IPv4 netmask in dotted form.", default="", since="miami")]
    gateway: A[str, field("The IPv4 gateway; empty for none.", default="", since="miami")]
    DNS: A[
        str,
        field(
            "Name servers, comma-separated, of a static configuration.", default="", since="miami"
        ),
    ]
    bond_slave_of: A[
        Ref[L["Bond"]],
        field(
            "The bond that it is a member of; null while it is in none.",
            default="",
            since="miami",
        ),
    ]
    bond_master_of: A[
        list[Ref[L["Bond"]]],
        field(
            "The bond that it stands for; empty unless it is a bond's own interface.", since="miami"
        ),
    ]
    VLAN_master_of: A[
        Ref[L["VLAN"]],
        field(
            "The VLAN of which it is the untagged side; null unless it stands for a VLAN.",
            default="",
            since="miami",
        ),
    ]
    VLAN_slave_of: A[
        list[Ref[L["VLAN"]]], field("The VLANs that are tagged onto it.", since="miami")
    ]
    management: A[
        bool,
        field(
            "Whether its host is managed through it; one interface of each host is.",
            default=False,
            since="miami",
        ),
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
    disallow_unplug: A[
        bool,
        field(
            "Whether it refuses to be unplugged, as an interface that storage is reached through should.",
            default=False,
            since="orlando",
        ),
    ]
    tunnel_access_PIF_of: A[
        list[Ref[L["tunnel"]]],
        field(
            "The tunnel that it is the near end of; empty unless it stands for one.", since="cowley"
        ),
    ]
    tunnel_transport_PIF_of: A[
        list[Ref[L["tunnel"]]],
        field("The tunnels whose frames it carries.", since="cowley"),
    ]
    ipv6_configuration_mode: A[
        enums.Ipv6ConfigurationMode,
        field(
            "Where its IPv6 address comes from: nowhere, DHCP, router advertisements, or the fields of this record.",
            default="None",
            since="tampa",
        ),
    ]
    IPv6: A[
        list[str],
        field(
            "The IPv6 addresses with their prefix lengths; empty while it has none.",
            default=[],
            since="tampa",
        ),
    ]
    ipv6_gateway: A[str, field("The IPv6 gateway; empty for none.", default="", since="tampa")]
    primary_address_type: A[
        enums.PrimaryAddressType,
        field(
            "The family of addresses that the host is reached by when it has both.",
            default="IPv4",
            since="tampa",
        ),
    ]
    managed: A[
        bool,
        field(
            "Whether the toolstack configures it; it leaves the others to the administrator.",
            STATIC,
            default=True,
            since="vgpu-productisation",
        ),
    ]
    properties: A[
        dict[str, str],
        field(
            "Settings of the link that a client may change, such as generic receive offload.",
            default={},
            since="creedence",
        ),
    ]
    capabilities: A[
        list[str],
        field(
            "What its hardware can do besides, such as sriov or fcoe.", default=[], since="dundee"
        ),
    ]
    igmp_snooping_status: A[
        enums.PifIgmpStatus,
        field(
            "Whether its bridge forwards multicast only to those that asked for it.",
            default="unknown",
            since="inverness",
        ),
    ]
    sriov_physical_PIF_of: A[
        list[Ref[L["network_sriov"]]],
        field(
            "The SR-IOV network whose virtual functions its hardware has; empty for none.",
            since="kolkata",
        ),
    ]
    sriov_logical_PIF_of: A[
        list[Ref[L["network_sriov"]]],
        field(
            "The SR-IOV network that it stands for; empty unless it is the logical side of one.",
            since="kolkata",
        ),
    ]
    PCI: A[
        Ref[L["PCI"]],
        field(
            "The PCI device of a physical interface; null for a VLAN, a bond or a tunnel.",
            default="OpaqueRef:NULL",
            since="kolkata",
        ),
    ]
    device_name: A[
        str, field("Name of the device as the host's network knows it.", RW, internal_only=True)
    ]

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
        errors=("VLAN_TAG_INVALID",),
    )
    def create_VLAN(
        device: A[str, "Name of the physical interface, such as eth0"],
        network: A[Ref[L["network"]], "The network to connect to the VLAN"],
        host: A[Ref[L["host"]], "The host that has the interface"],
        VLAN: A[int, "The tag, from 0 to 4094"],
    ) -> Ref[L["PIF"]]:
        """Make a VLAN on a host's interface, given by device name. VLAN.create has taken its place.
        Answers the VLAN's own interface.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
        errors=("PIF_IS_PHYSICAL",),
    )
    def destroy(
        self: A[Ref[L["PIF"]], "The interface to remove; it must not be physical"],
    ) -> None:
        """Remove the interface of a VLAN or bond with what it stands for. VLAN.destroy and
        Bond.destroy have taken its place.
        """

    @message(role=POOL_OPERATOR, since="miami", errors=("CLUSTERING_ENABLED",))
    def reconfigure_ip(
        self: A[Ref[L["PIF"]], "The interface to configure; it must not carry a cluster's traffic"],
        mode: A[
            enums.IpConfigurationMode,
            "Static to use the following, DHCP to ask for an address, None for no address",
        ],
        IP: A[str, "The address in dotted form; with Static alone"],
        netmask: A[str, "The netmask in dotted form; with Static alone"],
        gateway: A[str, "The gateway; empty for none"],
        DNS: A[str, "Name servers, comma-separated; empty for none"],
    ) -> None:
        """Change where an interface has its IPv4 address from; a plugged interface takes it at
        once, and the host may be unreachable for that moment.
        """

    @message(role=POOL_OPERATOR, since="tampa", errors=("CLUSTERING_ENABLED",))
    def reconfigure_ipv6(
        self: A[Ref[L["PIF"]], "The interface to configure; it must not carry a cluster's traffic"],
        mode: A[
            enums.Ipv6ConfigurationMode,
            "Static to use the following, DHCP or Autoconf to be given an address, None for no address",
        ],
        IPv6: A[str, "The address with its prefix length, such as fd00::2/64; with Static alone"],
        gateway: A[str, "The gateway; empty for none"],
        DNS: A[str, "Name servers, comma-separated; empty for none"],
    ) -> None:
        """Change where an interface has its IPv6 addresses from; a plugged interface takes them at
        once.
        """

    @message(role=POOL_OPERATOR, since="tampa")
    def set_primary_address_type(
        self: A[Ref[L["PIF"]], "The interface to change; it must have an address of that family"],
        primary_address_type: A[enums.PrimaryAddressType, "The family to be reached by"],
    ) -> None:
        """Choose the family of addresses that a host is reached by on its management interface."""

    @message(role=POOL_OPERATOR, since="miami")
    def scan(
        host: A[Ref[L["host"]], "The host to look at"],
    ) -> None:
        """Look for network cards on a host that the pool does not know yet, and record each on a
        new network.
        """

    @message(role=POOL_OPERATOR, since="miami")
    def introduce(
        host: A[Ref[L["host"]], "The host that has the card"],
        MAC: A[str, "Ethernet address of the card; empty to find it by its device name"],
        device: A[str, "Name of the card in dom0; empty to find it by its address"],
        managed: A[
            bool, param("Whether the toolstack is to configure it", since="vgpu-productisation")
        ] = True,
    ) -> Ref[L["PIF"]]:
        """Record a network card that a host has and the pool does not know yet, on a new network of
        its own.
        """

    @message(
        role=POOL_OPERATOR, since="miami", errors=("PIF_TUNNEL_STILL_EXISTS", "CLUSTERING_ENABLED")
    )
    def forget(
        self: A[
            Ref[L["PIF"]],
            "The interface to forget; neither VLANs, tunnels nor the management address may lie on it",
        ],
    ) -> None:
        """Remove the record of a physical interface after bringing it down; a later scan finds the
        card again.
        """

    @message(
        role=POOL_OPERATOR,
        since="miami",
        errors=(
            "HA_OPERATION_WOULD_BREAK_FAILOVER_PLAN",
            "VIF_IN_USE",
            "PIF_DOES_NOT_ALLOW_UNPLUG",
            "PIF_HAS_FCOE_SR_IN_USE",
        ),
    )
    def unplug(
        self: A[
            Ref[L["PIF"]],
            "The interface to bring down; neither the management interface nor one that disallows it",
        ],
    ) -> None:
        """Bring an interface down; nothing that runs may need its network."""

    @message(
        role=POOL_OPERATOR,
        since="orlando",
        errors=("OTHER_OPERATION_IN_PROGRESS", "CLUSTERING_ENABLED"),
    )
    def set_disallow_unplug(
        self: A[Ref[L["PIF"]], "The interface to change"],
        value: A[bool, "Whether to refuse"],
    ) -> None:
        """Choose whether an interface refuses to be unplugged, as one that storage or a cluster
        needs should.
        """

    @message(role=POOL_OPERATOR, since="miami", errors=("TRANSPORT_PIF_NOT_CONFIGURED",))
    def plug(
        self: A[
            Ref[L["PIF"]],
            "The interface to bring up; a tunnel's transport interface must have an address",
        ],
    ) -> None:
        """Bring an interface up as it is configured; it may be up already."""

    @message(role=POOL_OPERATOR, hidden=True)
    def pool_introduce(
        device: A[str, param("Name of the interface in dom0", since="miami")],
        network: A[Ref[L["network"]], param("The network that the interface is on", since="miami")],
        host: A[Ref[L["host"]], param("The host that the interface belongs to", since="miami")],
        MAC: A[str, param("Its Ethernet address", since="miami")],
        MTU: A[int, param("The largest packet that it takes, in bytes", since="miami")],
        VLAN: A[int, param("The VLAN's tag; -1 for an untagged interface", since="miami")],
        physical: A[bool, param("Whether it is a network card", since="miami")],
        ip_configuration_mode: A[
            enums.IpConfigurationMode, param("Where its IPv4 address comes from", since="miami")
        ],
        IP: A[str, param("IPv4 address of a static configuration, else empty", since="miami")],
        netmask: A[
            str,
            param(
                "IPv4 netmask of a static configuration in dotted form, else empty", since="miami"
            ),
        ],
        gateway: A[
            str, param("IPv4 gateway of a static configuration; empty for none", since="miami")
        ],
        DNS: A[
            str, param("Name servers of a static configuration, comma-separated", since="miami")
        ],
        bond_slave_of: A[
            Ref[L["Bond"]], param("The bond that it is a member of; null for none", since="miami")
        ],
        VLAN_master_of: A[
            Ref[L["VLAN"]], param("The VLAN that it stands for; null for none", since="miami")
        ],
        management: A[bool, param("Whether its host is managed through it", since="miami")],
        other_config: A[
            dict[str, str], param("Settings and notes of clients, by key", since="miami")
        ],
        disallow_unplug: A[
            bool, param("Whether it refuses to be unplugged", since="orlando")
        ] = False,
        ipv6_configuration_mode: A[
            enums.Ipv6ConfigurationMode, param("Where its IPv6 addresses come from", since="boston")
        ] = enums.Ipv6ConfigurationMode("None"),
        IPv6: A[
            list[str],
            param(
                "IPv6 addresses of a static configuration, each with its prefix length",
                since="boston",
            ),
        ] = [],
        ipv6_gateway: A[
            str, param("IPv6 gateway of a static configuration; empty for none", since="boston")
        ] = "",
        primary_address_type: A[
            enums.PrimaryAddressType,
            param("The family of addresses that the host is reached by", since="boston"),
        ] = enums.PrimaryAddressType("IPv4"),
        managed: A[
            bool, param("Whether the toolstack configures it", since="vgpu-productisation")
        ] = True,
        properties: A[
            dict[str, str], param("Settings of the link by name, such as gro", since="creedence")
        ] = {},
    ) -> Ref[L["PIF"]]:
        """Write the record of an interface of a host that joins the pool, as given. Answers its
        reference.
        """

    @message(role=POOL_OPERATOR, since="orlando")
    def db_introduce(
        device: A[str, "Name of the interface in dom0"],
        network: A[Ref[L["network"]], "The network that the interface is on"],
        host: A[Ref[L["host"]], "The host that the interface belongs to"],
        MAC: A[str, "Its Ethernet address"],
        MTU: A[int, "The largest packet that it takes, in bytes"],
        VLAN: A[int, "The VLAN's tag; -1 for an untagged interface"],
        physical: A[bool, "Whether it is a network card"],
        ip_configuration_mode: A[enums.IpConfigurationMode, "Where its IPv4 address comes from"],
        IP: A[str, "IPv4 address of a static configuration, else empty"],
        netmask: A[str, "IPv4 netmask of a static configuration in dotted form, else empty"],
        gateway: A[str, "IPv4 gateway of a static configuration; empty for none"],
        DNS: A[str, "Name servers of a static configuration, comma-separated"],
        bond_slave_of: A[Ref[L["Bond"]], "The bond that it is a member of; null for none"],
        VLAN_master_of: A[Ref[L["VLAN"]], "The VLAN that it stands for; null for none"],
        management: A[bool, "Whether its host is managed through it"],
        other_config: A[dict[str, str], "Settings and notes of clients, by key"],
        disallow_unplug: A[bool, "Whether it refuses to be unplugged"] = False,
        ipv6_configuration_mode: A[
            enums.Ipv6ConfigurationMode, param("Where its IPv6 addresses come from", since="boston")
        ] = enums.Ipv6ConfigurationMode("None"),
        IPv6: A[
            list[str],
            param(
                "IPv6 addresses of a static configuration, each with its prefix length",
                since="boston",
            ),
        ] = [],
        ipv6_gateway: A[
            str, param("IPv6 gateway of a static configuration; empty for none", since="boston")
        ] = "",
        primary_address_type: A[
            enums.PrimaryAddressType,
            param("The family of addresses that the host is reached by", since="boston"),
        ] = enums.PrimaryAddressType("IPv4"),
        managed: A[
            bool, param("Whether the toolstack configures it", since="vgpu-productisation")
        ] = True,
        properties: A[
            dict[str, str], param("Settings of the link by name, such as gro", since="creedence")
        ] = {},
    ) -> Ref[L["PIF"]]:
        """Write the record of an interface as given; nothing is done on its host and nothing is
        checked against it. Answers its reference.
        """

    @message(role=POOL_OPERATOR, since="orlando")
    def db_forget(
        self: A[Ref[L["PIF"]], "The interface to strike out"],
    ) -> None:
        """Remove the record of an interface; nothing is done on its host."""

    @message(role=POOL_OPERATOR, since="creedence")
    def set_property(
        self: A[
            Ref[L["PIF"]],
            "The interface to change; VLANs, tunnels and members of bonds have no settings of their own",
        ],
        name: A[str, "The setting; `gro` is the one that is known"],
        value: A[str, "`on` or `off`"],
    ) -> None:
        """Set one setting of an interface's link."""


PIFRef = Ref[L["PIF"]]
