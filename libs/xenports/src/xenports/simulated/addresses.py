"""The addresses of a simulated guest's interface: those of a network of its own."""

from collections.abc import Mapping

STATIC = "static-ip-setting"
"""The folder in which a toolstack says which addresses an interface is to have."""


def addresses(mac: str, setting: Mapping[str, str]) -> dict[str, str]:
    """What an agent says below ``attr/vif/N``; ``setting`` has the nodes of STATIC.

    An address that was not set is computed from the MAC, and is as unique as the MAC is.
    """
    nodes = {
        "ipv4/0": _static(setting, "") or _leased(mac),
        "ipv6/0": _static(setting, "6") or _link_local(mac),
    }
    return {path: address for path, address in nodes.items() if address}


def _static(setting: Mapping[str, str], family: str) -> str:
    if setting.get(f"enabled{family}") != "1":
        return ""
    return setting.get(f"address{family}", "").partition("/")[0]


def _bytes(mac: str) -> list[int]:
    """The six numbers of a MAC; empty if it is not a MAC."""
    try:
        octets = list(bytes.fromhex(mac.replace(":", "")))
    except ValueError:
        return []
    return octets if len(octets) == 6 else []


def _leased(mac: str) -> str:
    """An address in 10.0.0.0/8, from the second half of the MAC."""
    octets = _bytes(mac)
    return ".".join(map(str, (10, *octets[3:5], octets[5] % 254 + 1))) if octets else ""


def _link_local(mac: str) -> str:
    """RFC 4291, appendix A."""
    octets = _bytes(mac)
    if not octets:
        return ""
    words = [octets[0] ^ 2, *octets[1:3], 0xFF, 0xFE, *octets[3:]]
    pairs = zip(words[::2], words[1::2], strict=True)
    return "fe80::" + ":".join(f"{high << 8 | low:x}" for high, low in pairs)
