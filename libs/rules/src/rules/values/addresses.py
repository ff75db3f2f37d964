"""Addresses, tags and limits that an interface may be given: the same rule for all messages."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.values import invalid_value

IP = {"ipv4": ipaddress.IPv4Address, "ipv6": ipaddress.IPv6Address}
LONGEST = {"ipv4": 32, "ipv6": 128}
CIDR = re.compile(r"([0-9a-fA-F.:]+)/([0-9]{1,3})")
MAC = re.compile("([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}")
TAGS = range(4095)
MTUS = range(68, 65536)
"""Besides these, 0 means none in particular."""

NODE_MAX = 3500
"""How many bytes a list may have, so that its host can write it into one node of xenstore."""


def check_interface(values: Mapping[str, Any]) -> None:
    """Raise for a new interface with values that the interface's setters would refuse."""
    check_mac(values["MAC"])
    if values["MTU"] != 0 and values["MTU"] not in MTUS:
        raise invalid_value("MTU", values["MTU"])
    for family in IP:
        check_allowed(family, values[f"{family}_allowed"])
    check_trunks(values["trunks"])


def check_mac(said: str) -> None:
    """Raise MAC_INVALID unless it is the address of one interface, not a multicast address."""
    if not MAC.fullmatch(said) or int(said[:2], 16) & 1 or said == "00:00:00:00:00:00":
        raise XenAPIError("MAC_INVALID", said)


def check_allowed(family: str, addresses: Iterable[str]) -> None:
    """Raise INVALID_IP_ADDRESS_SPECIFIED unless all the addresses to let through are of the family.

    INVALID_VALUE for a list that is too long.
    """
    addresses, field = list(addresses), f"{family}_allowed"
    for address in addresses:
        _check_address(family, address, field)
    _check_length(field, addresses)


def check_trunks(tags: Iterable[int]) -> None:
    """Raise INVALID_VALUE for a tag that no VLAN can have, or for a list that is too long."""
    tags = list(tags)
    for tag in tags:
        if tag not in TAGS:
            raise invalid_value("trunks", tag)
    _check_length("trunks", [str(tag) for tag in tags])


def check_static(family: str, address: str, gateway: str) -> None:
    """Raise unless the address is a CIDR, and the gateway, if there is one, an address."""
    match = CIDR.fullmatch(address)
    if match is None or not _is_address(family, match[1]) or int(match[2]) > LONGEST[family]:
        raise XenAPIError("INVALID_CIDR_ADDRESS_SPECIFIED", "address")
    if gateway:
        _check_address(family, gateway, "gateway")


def check_unlocked(family: str, address: str, allowed: Iterable[str]) -> None:
    """Raise ADDRESS_VIOLATES_LOCKING_CONSTRAINT unless ``allowed`` has the CIDR's address."""
    kind = IP[family]
    let_through = [kind(one) for one in allowed if _is_address(family, one)]
    if kind(address.partition("/")[0]) not in let_through:
        raise XenAPIError("ADDRESS_VIOLATES_LOCKING_CONSTRAINT", address)


def _check_address(family: str, text: str, field: str) -> None:
    if not _is_address(family, text):
        raise XenAPIError("INVALID_IP_ADDRESS_SPECIFIED", field)


def _is_address(family: str, text: str) -> bool:
    """Whether it is an address; one with a zone is not, as only one machine can understand it."""
    try:
        IP[family](text)
    except ValueError:
        return False
    return "%" not in text


def _check_length(field: str, items: list[str]) -> None:
    if len(",".join(items)) > NODE_MAX:
        raise XenAPIError("INVALID_VALUE", f"{field}: the list is too long", len(items))
