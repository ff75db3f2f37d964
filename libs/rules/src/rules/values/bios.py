"""The strings that a VM's firmware shows to its guest."""

from collections.abc import Mapping

from datamodel import XenAPIError

LENGTH_MAX = 512

GENERIC_BIOS_STRINGS = {
    "bios-vendor": "Xen",
    "bios-version": "",
    "system-manufacturer": "Xen",
    "system-product-name": "HVM domU",
    "system-version": "",
    "system-serial-number": "",
    "baseboard-manufacturer": "",
    "baseboard-product-name": "",
    "baseboard-version": "",
    "baseboard-serial-number": "",
    "baseboard-asset-tag": "",
    "baseboard-location-in-chassis": "",
    "enclosure-asset-tag": "",
    "hp-rombios": "",
    "oem-1": "Xen",
    "oem-2": "MS_VM_CERT/SHA1/bdbeb6e0a816d43fa6d3fe8aaef04c2bad9d3e3d",
}
"""What a VM has that was given none; clients cannot set the last three."""

FIXED = ("hp-rombios", "oem-1", "oem-2")


def check(value: Mapping[str, str]) -> None:
    """Raise INVALID_VALUE[key, reason] for strings that no firmware can show."""
    for key, text in value.items():
        if key not in GENERIC_BIOS_STRINGS or key in FIXED:
            raise XenAPIError("INVALID_VALUE", key, "Unknown key")
        if text == "":
            raise XenAPIError("INVALID_VALUE", key, "Value provided is empty")
        if len(text.encode()) > LENGTH_MAX:
            reason = f"{text} has length more than {LENGTH_MAX} characters"
            raise XenAPIError("INVALID_VALUE", key, reason)
        if not all(" " <= character <= "~" for character in text):
            raise XenAPIError("INVALID_VALUE", key, f"{text} has non-printable ASCII characters")
