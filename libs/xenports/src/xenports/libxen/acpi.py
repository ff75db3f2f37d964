"""The ACPI tables that a PVH guest finds its processors with: RSDP, XSDT, FADT, MADT, DSDT.

Layouts: ACPI 6.4, sections 5.2.5 to 5.2.12. The machine is "hardware-reduced": it has no devices
of the PC. Processors are numbered as Xen numbers local APICs: twice the vCPU's number.
"""

import struct

SIZE = 0x4000
LOCAL_APIC = 0xFEE00000
# FADT flags: WBINVD works; no power or sleep button (bits 4, 5); hardware-reduced (bit 20).
FADT_FLAGS = 1 | 1 << 4 | 1 << 5 | 1 << 20
FADT_LENGTH, FADT_DSDT, FADT_BOOT_FLAGS, FADT_FLAGS_AT, FADT_MINOR, FADT_X_DSDT = (
    *(276, 40, 109, 112, 131, 140),
)
# No VGA (bit 2) and no CMOS clock (bit 4) are to be looked for.
BOOT_FLAGS = 1 << 2 | 1 << 4


def tables(base: int, vcpus: int) -> bytes:
    """``SIZE`` bytes for the guest address ``base``, where the RSDP comes first.

    All vCPUs are enabled: Linux never brings up one that was not, and xenstore says which may run.
    """
    image = bytearray(SIZE)
    end = 64

    def place(table: bytes) -> int:
        nonlocal end
        start = end
        image[start : start + len(table)] = table
        end = (start + len(table) + 63) & ~63
        return base + start

    dsdt = place(_table(b"DSDT", 2, b""))
    processors = b"".join(
        struct.pack("<BBBBI", 0, 8, number, number * 2, 1) for number in range(vcpus)
    )
    madt = place(_table(b"APIC", 4, struct.pack("<II", LOCAL_APIC, 0) + processors))
    fadt = place(_fadt(dsdt))
    xsdt = place(_table(b"XSDT", 1, struct.pack("<QQ", fadt, madt)))
    rsdp = bytearray(struct.pack("<8sB6sBIIQB3x", b"RSD PTR ", 0, b"Warren", 2, 0, 36, xsdt, 0))
    rsdp[8] = _complement(rsdp[:20])
    rsdp[32] = _complement(rsdp)
    image[: len(rsdp)] = rsdp
    return bytes(image)


def _complement(data: bytes | bytearray) -> int:
    """The byte that makes the sum of all bytes 0."""
    return -sum(data) & 0xFF


def _table(signature: bytes, revision: int, body: bytes) -> bytes:
    head = struct.pack(
        "<4sIBB6s8sI4sI",
        *(signature, 36 + len(body), revision, 0, b"Warren", b"PVHGUEST", 1, b"WARR", 1),
    )
    table = bytearray(head + body)
    table[9] = _complement(table)
    return bytes(table)


def _fadt(dsdt: int) -> bytes:
    body = bytearray(FADT_LENGTH)
    struct.pack_into("<I", body, FADT_DSDT, dsdt)
    struct.pack_into("<H", body, FADT_BOOT_FLAGS, BOOT_FLAGS)
    struct.pack_into("<I", body, FADT_FLAGS_AT, FADT_FLAGS)
    body[FADT_MINOR] = 1
    struct.pack_into("<Q", body, FADT_X_DSDT, dsdt)
    return _table(b"FACP", 6, bytes(body[36:]))
