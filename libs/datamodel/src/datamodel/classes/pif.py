"""The XenAPI class ``PIF``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("PIF", create_role=POOL_OPERATOR, tags=("networking",))
class PIF:
    """A physical network interface of a host, or a VLAN or bond on one."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    DNS: A[
        str,
        field(
            "Name servers, comma-separated, of a static configuration.", default="", since="miami"
        ),
    ]
    IP: A[str, field("The IPv4 address; empty while it has none.", default="", since="miami")]
    IPv6: A[
        list[str], field("The IPv6 addresses with their prefix lengths.", default=[], since="tampa")
    ]
    MAC: A[str, field("Its Ethernet address.", STATIC)]
    MTU: A[int, field("The largest packet that it takes, in bytes.", STATIC)]
    PCI: A[
        Ref[L["PCI"]],
        field(
            "The PCI device of a physical interface; null for a VLAN, a bond or a tunnel.",
            default="OpaqueRef:NULL",
            since="kolkata",
        ),
    ]
    VLAN: A[int, field("The tag of its VLAN; -1 for an untagged interface.", STATIC)]
    VLAN_master_of: A[
        Ref[L["VLAN"]],
        field(
            "The VLAN whose untagged traffic it carries; null unless it is a VLAN itself.",
            default="",
            since="miami",
        ),
    ]
    VLAN_slave_of: A[
        list[Ref[L["VLAN"]]], field("Every VLAN that is among its VLAN slave of.", since="miami")
    ]
    bond_master_of: A[
        list[Ref[L["Bond"]]], field("Every Bond that is among its bond master of.", since="miami")
    ]
    bond_slave_of: A[
        Ref[L["Bond"]],
        field(
            "The bond that it is a member of; null while it is in none.",
            default="",
            since="miami",
        ),
    ]
    capabilities: A[list[str], field("What its hypervisor can do.", default=[], since="dundee")]
    currently_attached: A[
        bool, field("Whether it is plugged in right now.", default=True, since="miami")
    ]
    device: A[str, field("The name of the device as its guest or host sees it.", STATIC)]
    device_name: A[str, field("Name of the device.", RW, internal_only=True)]
    disallow_unplug: A[
        bool,
        field(
            "Whether it refuses to be unplugged, as an interface that storage is reached through should.",
            default=False,
            since="orlando",
        ),
    ]
    gateway: A[str, field("The IPv4 gateway; empty for none.", default="", since="miami")]
    host: A[Ref[L["host"]], field("The host that the interface is on.", STATIC)]
    igmp_snooping_status: A[
        enums.PifIgmpStatus,
        field(
            "Whether its bridge forwards multicast only to those that asked for it.",
            default="unknown",
            since="inverness",
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
    ipv6_configuration_mode: A[
        enums.Ipv6ConfigurationMode,
        field(
            "Where its IPv6 address comes from: nowhere, DHCP, router advertisements, or the fields of this record.",
            default="None",
            since="tampa",
        ),
    ]
    ipv6_gateway: A[str, field("The IPv6 gateway; empty for none.", default="", since="tampa")]
    managed: A[
        bool,
        field(
            "Whether the storage driver manages it.",
            STATIC,
            default=True,
            since="vgpu-productisation",
        ),
    ]
    management: A[
        bool,
        field(
            "Whether its host is managed through it; one interface of each host is.",
            default=False,
            since="miami",
        ),
    ]
    metrics: A[Ref[L["PIF_metrics"]], field("Its figures, which change often and are kept apart.")]
    netmask: A[str, field("The IPv4 netmask in dotted form.", default="", since="miami")]
    network: A[Ref[L["network"]], field("The network that its cable leads to.", STATIC)]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="miami",
        ),
    ]
    physical: A[
        bool,
        field(
            "Whether it stands for a network card, not for a VLAN, bond or tunnel.",
            default=False,
            since="miami",
        ),
    ]
    primary_address_type: A[
        enums.PrimaryAddressType,
        field(
            "The family of addresses that the host is reached by when it has both.",
            default="IPv4",
            since="tampa",
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
    sriov_logical_PIF_of: A[
        list[Ref[L["network_sriov"]]],
        field("Every network_sriov that is among its sriov logical PIF of.", since="kolkata"),
    ]
    sriov_physical_PIF_of: A[
        list[Ref[L["network_sriov"]]],
        field("Every network_sriov that is among its sriov physical PIF of.", since="kolkata"),
    ]
    tunnel_access_PIF_of: A[
        list[Ref[L["tunnel"]]],
        field("Every tunnel that is among its tunnel access PIF of.", since="cowley"),
    ]
    tunnel_transport_PIF_of: A[
        list[Ref[L["tunnel"]]],
        field("Every tunnel that is among its tunnel transport PIF of.", since="cowley"),
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
        device: A[str, "The device"],
        network: A[Ref[L["network"]], "The network that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
        VLAN: A[int, "The VLAN"],
    ) -> Ref[L["PIF"]]:
        """Make the PIF a new VLAN."""

    @message(role=POOL_OPERATOR, since="orlando")
    def db_forget(
        self: A[Ref[L["PIF"]], "The PIF that is meant"],
    ) -> None:
        """Change the record of the PIF alone: forget."""

    @message(role=POOL_OPERATOR, since="orlando")
    def db_introduce(
        device: A[str, "The device"],
        network: A[Ref[L["network"]], "The network that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
        MAC: A[str, "The MAC"],
        MTU: A[int, "The MTU"],
        VLAN: A[int, "The VLAN"],
        physical: A[bool, "Whether to: physical"],
        ip_configuration_mode: A[enums.IpConfigurationMode, "The ip configuration mode"],
        IP: A[str, "The IP"],
        netmask: A[str, "The netmask"],
        gateway: A[str, "The gateway"],
        DNS: A[str, "The DNS"],
        bond_slave_of: A[Ref[L["Bond"]], "The Bond to take as bond slave of"],
        VLAN_master_of: A[Ref[L["VLAN"]], "The VLAN to take as VLAN master of"],
        management: A[bool, "Whether to: management"],
        other_config: A[dict[str, str], "The other config, by key"],
        disallow_unplug: A[bool, "Whether to: disallow unplug"] = False,
        ipv6_configuration_mode: A[
            enums.Ipv6ConfigurationMode, param("The ipv6 configuration mode", since="boston")
        ] = enums.Ipv6ConfigurationMode("None"),
        IPv6: A[list[str], param("All the IPv6", since="boston")] = [],
        ipv6_gateway: A[str, param("The ipv6 gateway", since="boston")] = "",
        primary_address_type: A[
            enums.PrimaryAddressType, param("The primary address type", since="boston")
        ] = enums.PrimaryAddressType("IPv4"),
        managed: A[bool, param("Whether to: managed", since="vgpu-productisation")] = True,
        properties: A[dict[str, str], param("The properties, by key", since="creedence")] = {},
    ) -> Ref[L["PIF"]]:
        """Change the record of the PIF alone: introduce."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
        errors=("PIF_IS_PHYSICAL",),
    )
    def destroy(
        self: A[Ref[L["PIF"]], "The PIF that is meant"],
    ) -> None:
        """Remove the PIF."""

    @message(
        role=POOL_OPERATOR, since="miami", errors=("PIF_TUNNEL_STILL_EXISTS", "CLUSTERING_ENABLED")
    )
    def forget(
        self: A[Ref[L["PIF"]], "The PIF that is meant"],
    ) -> None:
        """Let the pool forget the PIF, which stays as it is."""

    @message(role=POOL_OPERATOR, since="miami")
    def introduce(
        host: A[Ref[L["host"]], "The host that is meant"],
        MAC: A[str, "The MAC"],
        device: A[str, "The device"],
        managed: A[bool, param("Whether to: managed", since="vgpu-productisation")] = True,
    ) -> Ref[L["PIF"]]:
        """Tell the pool of a PIF that exists already."""

    @message(role=POOL_OPERATOR, since="miami", errors=("TRANSPORT_PIF_NOT_CONFIGURED",))
    def plug(
        self: A[Ref[L["PIF"]], "The PIF that is meant"],
    ) -> None:
        """Connect it while its VM runs."""

    @message(role=POOL_OPERATOR, hidden=True)
    def pool_introduce(
        device: A[str, param("The device", since="miami")],
        network: A[Ref[L["network"]], param("The network that is meant", since="miami")],
        host: A[Ref[L["host"]], param("The host that is meant", since="miami")],
        MAC: A[str, param("The MAC", since="miami")],
        MTU: A[int, param("The MTU", since="miami")],
        VLAN: A[int, param("The VLAN", since="miami")],
        physical: A[bool, param("Whether to: physical", since="miami")],
        ip_configuration_mode: A[
            enums.IpConfigurationMode, param("The ip configuration mode", since="miami")
        ],
        IP: A[str, param("The IP", since="miami")],
        netmask: A[str, param("The netmask", since="miami")],
        gateway: A[str, param("The gateway", since="miami")],
        DNS: A[str, param("The DNS", since="miami")],
        bond_slave_of: A[Ref[L["Bond"]], param("The Bond to take as bond slave of", since="miami")],
        VLAN_master_of: A[
            Ref[L["VLAN"]], param("The VLAN to take as VLAN master of", since="miami")
        ],
        management: A[bool, param("Whether to: management", since="miami")],
        other_config: A[dict[str, str], param("The other config, by key", since="miami")],
        disallow_unplug: A[bool, param("Whether to: disallow unplug", since="orlando")] = False,
        ipv6_configuration_mode: A[
            enums.Ipv6ConfigurationMode, param("The ipv6 configuration mode", since="boston")
        ] = enums.Ipv6ConfigurationMode("None"),
        IPv6: A[list[str], param("All the IPv6", since="boston")] = [],
        ipv6_gateway: A[str, param("The ipv6 gateway", since="boston")] = "",
        primary_address_type: A[
            enums.PrimaryAddressType, param("The primary address type", since="boston")
        ] = enums.PrimaryAddressType("IPv4"),
        managed: A[bool, param("Whether to: managed", since="vgpu-productisation")] = True,
        properties: A[dict[str, str], param("The properties, by key", since="creedence")] = {},
    ) -> Ref[L["PIF"]]:
        """For the whole pool: introduce."""

    @message(role=POOL_OPERATOR, since="miami", errors=("CLUSTERING_ENABLED",))
    def reconfigure_ip(
        self: A[Ref[L["PIF"]], "The PIF that is meant"],
        mode: A[enums.IpConfigurationMode, "The mode"],
        IP: A[str, "The IP"],
        netmask: A[str, "The netmask"],
        gateway: A[str, "The gateway"],
        DNS: A[str, "The DNS"],
    ) -> None:
        """Have the PIF do this: reconfigure ip."""

    @message(role=POOL_OPERATOR, since="tampa", errors=("CLUSTERING_ENABLED",))
    def reconfigure_ipv6(
        self: A[Ref[L["PIF"]], "The PIF that is meant"],
        mode: A[enums.Ipv6ConfigurationMode, "The mode"],
        IPv6: A[str, "The IPv6"],
        gateway: A[str, "The gateway"],
        DNS: A[str, "The DNS"],
    ) -> None:
        """Have the PIF do this: reconfigure ipv6."""

    @message(role=POOL_OPERATOR, since="miami")
    def scan(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Look at the storage again and make the records true."""

    @message(
        role=POOL_OPERATOR,
        since="orlando",
        errors=("OTHER_OPERATION_IN_PROGRESS", "CLUSTERING_ENABLED"),
    )
    def set_disallow_unplug(
        self: A[Ref[L["PIF"]], "The PIF that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the disallow unplug of the PIF."""

    @message(role=POOL_OPERATOR, since="tampa")
    def set_primary_address_type(
        self: A[Ref[L["PIF"]], "The PIF that is meant"],
        primary_address_type: A[enums.PrimaryAddressType, "The primary address type"],
    ) -> None:
        """Set the primary address type of the PIF."""

    @message(role=POOL_OPERATOR, since="creedence")
    def set_property(
        self: A[Ref[L["PIF"]], "The PIF that is meant"],
        name: A[str, "The name"],
        value: A[str, "The new value"],
    ) -> None:
        """Set the property of the PIF."""

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
        self: A[Ref[L["PIF"]], "The PIF that is meant"],
    ) -> None:
        """Disconnect it while its VM runs."""
