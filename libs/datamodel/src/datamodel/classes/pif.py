"""The XenAPI class ``PIF``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("PIF", create_role=POOL_OPERATOR, tags=("networking",))
class PIF:
    """A PIF."""

    DNS: A[str, field("DNS.", default="", since="miami")]
    IP: A[str, field("IP.", default="", since="miami")]
    IPv6: A[list[str], field("IPv6.", default=[], since="tampa")]
    MAC: A[str, field("MAC.", STATIC)]
    MTU: A[int, field("MTU.", STATIC)]
    PCI: A[Ref[L["PCI"]], field("PCI.", default="OpaqueRef:NULL", since="kolkata")]
    VLAN: A[int, field("VLAN.", STATIC)]
    VLAN_master_of: A[Ref[L["VLAN"]], field("VLAN master of.", default="", since="miami")]
    VLAN_slave_of: A[list[Ref[L["VLAN"]]], field("VLAN slave of.", since="miami")]
    bond_master_of: A[list[Ref[L["Bond"]]], field("Bond master of.", since="miami")]
    bond_slave_of: A[Ref[L["Bond"]], field("Bond slave of.", default="", since="miami")]
    capabilities: A[list[str], field("Capabilities.", default=[], since="dundee")]
    currently_attached: A[bool, field("Currently attached.", default=True, since="miami")]
    device: A[str, field("Device.", STATIC)]
    device_name: A[str, field("Device name.", RW, internal_only=True)]
    disallow_unplug: A[bool, field("Disallow unplug.", default=False, since="orlando")]
    gateway: A[str, field("Gateway.", default="", since="miami")]
    host: A[Ref[L["host"]], field("Host.", STATIC)]
    igmp_snooping_status: A[
        enums.PifIgmpStatus, field("Igmp snooping status.", default="unknown", since="inverness")
    ]
    ip_configuration_mode: A[
        enums.IpConfigurationMode, field("Ip configuration mode.", default="None", since="miami")
    ]
    ipv6_configuration_mode: A[
        enums.Ipv6ConfigurationMode,
        field("Ipv6 configuration mode.", default="None", since="tampa"),
    ]
    ipv6_gateway: A[str, field("Ipv6 gateway.", default="", since="tampa")]
    managed: A[bool, field("Managed.", STATIC, default=True, since="vgpu-productisation")]
    management: A[bool, field("Management.", default=False, since="miami")]
    metrics: A[Ref[L["PIF_metrics"]], field("Metrics.")]
    netmask: A[str, field("Netmask.", default="", since="miami")]
    network: A[Ref[L["network"]], field("Network.", STATIC)]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="miami")]
    physical: A[bool, field("Physical.", default=False, since="miami")]
    primary_address_type: A[
        enums.PrimaryAddressType, field("Primary address type.", default="IPv4", since="tampa")
    ]
    properties: A[dict[str, str], field("Properties.", default={}, since="creedence")]
    sriov_logical_PIF_of: A[
        list[Ref[L["network_sriov"]]], field("Sriov logical PIF of.", since="kolkata")
    ]
    sriov_physical_PIF_of: A[
        list[Ref[L["network_sriov"]]], field("Sriov physical PIF of.", since="kolkata")
    ]
    tunnel_access_PIF_of: A[list[Ref[L["tunnel"]]], field("Tunnel access PIF of.", since="cowley")]
    tunnel_transport_PIF_of: A[
        list[Ref[L["tunnel"]]], field("Tunnel transport PIF of.", since="cowley")
    ]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
        errors=("VLAN_TAG_INVALID",),
    )
    def create_VLAN(
        device: A[str, "Device"],
        network: A[Ref[L["network"]], "The network to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
        VLAN: A[int, "VLAN"],
    ) -> Ref[L["PIF"]]:
        """Create VLAN."""

    @message(role=POOL_OPERATOR, since="orlando")
    def db_forget(
        self: A[Ref[L["PIF"]], "The PIF to act on"],
    ) -> None:
        """Db forget."""

    @message(role=POOL_OPERATOR, since="orlando")
    def db_introduce(
        device: A[str, "Device"],
        network: A[Ref[L["network"]], "The network to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
        MAC: A[str, "MAC"],
        MTU: A[int, "MTU"],
        VLAN: A[int, "VLAN"],
        physical: A[bool, "Physical"],
        ip_configuration_mode: A[enums.IpConfigurationMode, "Ip configuration mode"],
        IP: A[str, "IP"],
        netmask: A[str, "Netmask"],
        gateway: A[str, "Gateway"],
        DNS: A[str, "DNS"],
        bond_slave_of: A[Ref[L["Bond"]], "Bond slave of"],
        VLAN_master_of: A[Ref[L["VLAN"]], "VLAN master of"],
        management: A[bool, "Management"],
        other_config: A[dict[str, str], "Other config"],
        disallow_unplug: A[bool, "Disallow unplug"] = False,
        ipv6_configuration_mode: A[
            enums.Ipv6ConfigurationMode, param("Ipv6 configuration mode", since="boston")
        ] = enums.Ipv6ConfigurationMode("None"),
        IPv6: A[list[str], param("IPv6", since="boston")] = [],
        ipv6_gateway: A[str, param("Ipv6 gateway", since="boston")] = "",
        primary_address_type: A[
            enums.PrimaryAddressType, param("Primary address type", since="boston")
        ] = enums.PrimaryAddressType("IPv4"),
        managed: A[bool, param("Managed", since="vgpu-productisation")] = True,
        properties: A[dict[str, str], param("Properties", since="creedence")] = {},
    ) -> Ref[L["PIF"]]:
        """Db introduce."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
        errors=("PIF_IS_PHYSICAL",),
    )
    def destroy(
        self: A[Ref[L["PIF"]], "The PIF to act on"],
    ) -> None:
        """Destroy."""

    @message(
        role=POOL_OPERATOR, since="miami", errors=("PIF_TUNNEL_STILL_EXISTS", "CLUSTERING_ENABLED")
    )
    def forget(
        self: A[Ref[L["PIF"]], "The PIF to act on"],
    ) -> None:
        """Forget."""

    @message(role=POOL_OPERATOR, since="miami")
    def introduce(
        host: A[Ref[L["host"]], "The host to act on"],
        MAC: A[str, "MAC"],
        device: A[str, "Device"],
        managed: A[bool, param("Managed", since="vgpu-productisation")] = True,
    ) -> Ref[L["PIF"]]:
        """Introduce."""

    @message(role=POOL_OPERATOR, since="miami", errors=("TRANSPORT_PIF_NOT_CONFIGURED",))
    def plug(
        self: A[Ref[L["PIF"]], "The PIF to act on"],
    ) -> None:
        """Plug."""

    @message(role=POOL_OPERATOR, hidden=True)
    def pool_introduce(
        device: A[str, param("Device", since="miami")],
        network: A[Ref[L["network"]], param("The network to act on", since="miami")],
        host: A[Ref[L["host"]], param("The host to act on", since="miami")],
        MAC: A[str, param("MAC", since="miami")],
        MTU: A[int, param("MTU", since="miami")],
        VLAN: A[int, param("VLAN", since="miami")],
        physical: A[bool, param("Physical", since="miami")],
        ip_configuration_mode: A[
            enums.IpConfigurationMode, param("Ip configuration mode", since="miami")
        ],
        IP: A[str, param("IP", since="miami")],
        netmask: A[str, param("Netmask", since="miami")],
        gateway: A[str, param("Gateway", since="miami")],
        DNS: A[str, param("DNS", since="miami")],
        bond_slave_of: A[Ref[L["Bond"]], param("Bond slave of", since="miami")],
        VLAN_master_of: A[Ref[L["VLAN"]], param("VLAN master of", since="miami")],
        management: A[bool, param("Management", since="miami")],
        other_config: A[dict[str, str], param("Other config", since="miami")],
        disallow_unplug: A[bool, param("Disallow unplug", since="orlando")] = False,
        ipv6_configuration_mode: A[
            enums.Ipv6ConfigurationMode, param("Ipv6 configuration mode", since="boston")
        ] = enums.Ipv6ConfigurationMode("None"),
        IPv6: A[list[str], param("IPv6", since="boston")] = [],
        ipv6_gateway: A[str, param("Ipv6 gateway", since="boston")] = "",
        primary_address_type: A[
            enums.PrimaryAddressType, param("Primary address type", since="boston")
        ] = enums.PrimaryAddressType("IPv4"),
        managed: A[bool, param("Managed", since="vgpu-productisation")] = True,
        properties: A[dict[str, str], param("Properties", since="creedence")] = {},
    ) -> Ref[L["PIF"]]:
        """Pool introduce."""

    @message(role=POOL_OPERATOR, since="miami", errors=("CLUSTERING_ENABLED",))
    def reconfigure_ip(
        self: A[Ref[L["PIF"]], "The PIF to act on"],
        mode: A[enums.IpConfigurationMode, "Mode"],
        IP: A[str, "IP"],
        netmask: A[str, "Netmask"],
        gateway: A[str, "Gateway"],
        DNS: A[str, "DNS"],
    ) -> None:
        """Reconfigure ip."""

    @message(role=POOL_OPERATOR, since="tampa", errors=("CLUSTERING_ENABLED",))
    def reconfigure_ipv6(
        self: A[Ref[L["PIF"]], "The PIF to act on"],
        mode: A[enums.Ipv6ConfigurationMode, "Mode"],
        IPv6: A[str, "IPv6"],
        gateway: A[str, "Gateway"],
        DNS: A[str, "DNS"],
    ) -> None:
        """Reconfigure ipv6."""

    @message(role=POOL_OPERATOR, since="miami")
    def scan(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Scan."""

    @message(
        role=POOL_OPERATOR,
        since="orlando",
        errors=("OTHER_OPERATION_IN_PROGRESS", "CLUSTERING_ENABLED"),
    )
    def set_disallow_unplug(
        self: A[Ref[L["PIF"]], "The PIF to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set disallow unplug."""

    @message(role=POOL_OPERATOR, since="tampa")
    def set_primary_address_type(
        self: A[Ref[L["PIF"]], "The PIF to act on"],
        primary_address_type: A[enums.PrimaryAddressType, "Primary address type"],
    ) -> None:
        """Set primary address type."""

    @message(role=POOL_OPERATOR, since="creedence")
    def set_property(
        self: A[Ref[L["PIF"]], "The PIF to act on"],
        name: A[str, "Name"],
        value: A[str, "Value"],
    ) -> None:
        """Set property."""

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
        self: A[Ref[L["PIF"]], "The PIF to act on"],
    ) -> None:
        """Unplug."""
