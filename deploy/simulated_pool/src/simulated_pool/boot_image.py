"""A small CD that boots: an ISO 9660 image whose El Torito boot sector says a few words."""

import struct

SECTOR = 2048
(VOLUME, BOOT_RECORD, TERMINATOR, PATHS, PATHS_BIG_ENDIAN, ROOT, CATALOG, BOOT) = range(16, 24)
SECTORS = 24
DATE = bytes([126, 1, 1, 0, 0, 0, 0])
"""The first of January 2026; an image is always the same."""
NO_DATE = b"0" * 16 + b"\0"

# xor ax, ax; mov ds, ax; mov si, the text; cld; next: lodsb; test al, al; jz end;
# mov ah, 14; mov bx, 7; int 16; jmp next; end: cli; hlt; jmp end
PRINT_AND_HALT = bytes.fromhex("31c08ed8be1a7cfcac84c07409b40ebb0700cd10ebf2faf4ebfc")


def boot_image(label: str, said: str) -> bytes:
    """An image named ``label`` (capitals, digits, ``_``) that says ``said`` when it is booted."""
    sectors = {
        VOLUME: _volume(label),
        BOOT_RECORD: b"\0CD001\1" + b"EL TORITO SPECIFICATION".ljust(64, b"\0") + _little(CATALOG),
        TERMINATOR: b"\xffCD001\1",
        PATHS: struct.pack("<BBIH", 1, 0, ROOT, 1) + b"\0\0",
        PATHS_BIG_ENDIAN: struct.pack(">BBIH", 1, 0, ROOT, 1) + b"\0\0",
        ROOT: _directory(b"\0") + _directory(b"\1"),
        CATALOG: _catalog(),
        BOOT: _boot_sector(said),
    }
    return b"".join(sectors.get(number, b"").ljust(SECTOR, b"\0") for number in range(SECTORS))


def _little(number: int) -> bytes:
    return struct.pack("<I", number)


def _both(number: int, size: str = "I") -> bytes:
    """A number in both orders of bytes, as ISO 9660 has it."""
    return struct.pack(f"<{size}", number) + struct.pack(f">{size}", number)


def _volume(label: str) -> bytes:
    return b"".join(
        [
            b"\1CD001\1\0",
            b" " * 32,
            label.encode("ascii").ljust(32),
            bytes(8),
            _both(SECTORS),
            bytes(32),
            *(_both(number, "H") for number in (1, 1, SECTOR)),
            _both(10),  # the length of a table of paths
            _little(PATHS),
            _little(0),
            struct.pack(">II", PATHS_BIG_ENDIAN, 0),
            _directory(b"\0"),
            b" " * (4 * 128 + 3 * 37),
            NO_DATE * 4,
            b"\1",
        ]
    )


def _directory(name: bytes) -> bytes:
    """The root folder, as itself or as its own parent."""
    place = _both(ROOT) + _both(SECTOR)
    return bytes([34, 0]) + place + DATE + bytes([2, 0, 0]) + _both(1, "H") + b"\1" + name


def _catalog() -> bytes:
    words = [1, 0, *[0] * 12, 0, 0xAA55]
    words[14] = -sum(words) & 0xFFFF
    # Bootable without emulation: four sectors of 512 bytes, loaded at the usual place.
    return struct.pack("<16H", *words) + struct.pack("<BBHBBHI", 0x88, 0, 0, 0, 0, 4, BOOT)


def _boot_sector(said: str) -> bytes:
    return PRINT_AND_HALT + said.encode("ascii") + b"\r\n\0"
