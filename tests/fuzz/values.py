"""Values of each declared type, good and hostile, drawn without knowing the pool.

What only the pool knows stands as a symbol, which `tests.fuzz.world` resolves when the call is
sent: ``{"$live": [class, which]}`` a reference and ``{"$uuid": …}`` its uuid, where ``which`` is a
number or the name of one of the world's objects; ``{"$session": …}``; ``{"$text": [parts]}`` and
``{"$map": [[key, value]]}`` of symbols. All else stands for itself, so JSON carries a drawn call.
"""

from random import Random
from typing import Any

from datamodel import api
from datamodel.model import (
    MISSING,
    BoolType,
    Class,
    DateTimeType,
    EnumType,
    FloatType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    RefType,
    SecretType,
    SetType,
    StringType,
    Type,
)

Symbol = Any
MIB = 1024 * 1024
LONG = 20_000

CLASSES = tuple(name for name, cls in api.classes.items() if cls.in_database)
DEAD = "OpaqueRef:00000000-dead-0000-0000-000000000000"
NULL = "OpaqueRef:NULL"

WORDS = ("", "a", "fuzz", "web", "Other install media", "true", "false", "0", "1", "5", "user")
ADDRESSES = ("", "192.0.2.5", "192.0.2.5/24", "2001:db8::5", "2001:db8::5/64", "255.255.255.0")
DATES = ("20260101T00:00:00Z", "2026-01-01T00:00:00Z", "19700101T00:00:00Z", "20300101T12:00:00Z")
EXPRESSIONS = (
    "true",
    'field "name__label" = "web"',
    'not field "uuid" = ""',
    '(field "uuid" = "x") or true',
)
URLS = ("https://updates.example.org/base", "http://192.0.2.5/", "https://192.0.2.5/a?b=c")

TEXTS: dict[str, tuple[str, ...]] = {
    "userdevice": ("0", "1", "2", "3", "7", "15", "autodetect", "xvdd", "hdc"),
    "device": ("0", "1", "2", "5", "eth0", "xvda", "hdc", ""),
    "MAC": ("", "02:00:00:00:00:05", "aa:bb:cc:dd:ee:f0"),
    "MTU": ("1500", "9000"),
    "cls": ("VM", "Host", "host", "SR", "Pool", "VDI", "PBD"),
    "class": ("VM", "host", "task", "SR"),
    "classes": ("*", "vm", "VM", "task", "host", "vm/OpaqueRef:NULL"),
    "expr": EXPRESSIONS,
    "since": DATES,
    "token": ("", "00000000000000000001,00000000000000000000", "1,0"),
    "type": ("dummy", "nfs", "user"),
    "content_type": ("user", "iso", ""),
    "protocol": ("TCP", "udp"),
    "ntp_mode": ("DHCP", "Disabled"),
    "schedule": ("hour", "min", "days"),
    "actions_after_crash": ("restart", "destroy"),
    **dict.fromkeys(("binary_url", "source_url", "url", "wlb_url", "dest"), URLS),
    **dict.fromkeys(
        ("address", "addresses", "gateway", "ipv6_gateway", "IP", "IPv6", "netmask"), ADDRESSES
    ),
    **dict.fromkeys(("DNS", "ipv4_allowed", "ipv6_allowed", "host_address"), ADDRESSES),
}
"""What fits text parameters and fields of these names."""

PROVISION = {
    "$text": [
        '<provision><disk device="3" size="1048576" sr="',
        {"$uuid": ["SR", "shared"]},
        '" bootable="false" type="user"/></provision>',
    ]
}
ENTRIES: tuple[tuple[str, Symbol], ...] = (
    *(("disks", PROVISION), ("cores-per-socket", "1"), ("timeoffset", "60"), ("live", "true")),
    *(("weight", "256"), ("cap", "50"), ("mask", "0,1"), ("kbps", "100"), ("k", "v"), ("", "")),
    *(("auto_poweron", "true"), ("folder", "/a"), ("class", "rt"), ("before", DATES[0])),
    *(("priority", "1"), ("after", DATES[1]), ("SCSIid", "x"), ("order", "cd"), ("viridian", "1")),
    *(("bios-vendor", "a"), ("mac_seed", "5"), ("nested-virt", "false"), ("ethtool-gso", "on")),
    *(("static-routes", "192.0.2.0/24/192.0.2.1/0"), ("hour", "5"), ("min", "30"), ("days", "1")),
)
"""Entries of maps of texts; many are looked at by somebody."""

NAMES = ("device", "userdevice", "bridge", "interface", "VLAN", "name", "mode", "hostname")
ODD_NAMES = (
    *("xvda", "xvdaa", "xvdzz", "hdz", "sd", "xvd", "d0", "xvda1", "autodetect", "eth999999999"),
    *("-1", "0", "00", "255", "256", "65536", "9999999999", "9" * 30, "٣", "１", "²", " 7", "5\n"),
)
ODD_ADDRESSES = (
    *("192.0.2.256", "1.2.3", "::1%eth0", "0.0.0.0/0", "192.0.2.1/33", "2001:db8::/129", ":"),
    *("192.0.2.1/", "192.0.2.1/x", "/24", "::", "::ffff:192.0.2.1", "192.0.2.5/-1", "١٩٢.0.2.1"),
    *("a" * 300, "localhost", "256", "0x7f000001", "192.0.2.5,192.0.2.6", ",", "192.0.2.5\n"),
)
ODD_URLS = (
    *("http://", "http://[", "https://[::1", "http://a:b@c:99999999/", "https://192.0.2.5:x/"),
    *("http://℀/", "http://a]b/", "https://[x]/", "https://192.0.2.5:99999/repository/enabled"),
    *("file:///etc/passwd", "http:///x", "//x", "HTTP://X", "http://a b/", "javascript:x"),
)
ODD_DATES = (
    *("", "today", "20260230T00:00:00Z", "20261301T00:00:00Z", "20260101T25:61:61Z", "2026-01-01"),
    *("00000000T00:00:00Z", "99999999T99:99:99Z", "20260101T00:00:00.5+01:00"),
    *("٢٠٢٦٠١٠١T00:00:00Z", "2026-0101T00:00:00Z", "20260101T00:00:00", "20260101T000000Z"),
    *("20260101T00:00:00+99:99", "20260101T00:00:60Z", "99991231T23:59:59Z", "00010101T00:00:00Z"),
)
ODD_DOCUMENTS = (
    *("&amp;", "<a>", "]]>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<provision>", "<a/>"),
    *("<provision><disk size='8GiB'/></provision>", "<provision><disk/></provision>"),
    *("<a>" * 3000, "{", "{}", "[]", "5", "null", '{"method": 5}', '{"method": {}}', '["method"]'),
    *('{"a": ' * 3000, "[" * 9000, '{"a": 1e999}', "-----BEGIN CERTIFICATE-----"),
    *("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----", ".pem", "a.pem", "a\n.pem"),
)
ODD_EXPRESSIONS = (
    *('field "uuid"', 'field "nosuch" = "x"', '"a" = "b" and', "(" * 3000, "not " * 3000, "()"),
    *("true or " * 3000 + "true", '"', 'field "_ref" = field "uuid"', 'field "other_config" = ""'),
)
ODD_EVENTS = (
    *("task/", "/x", "*", "vm/", "a,b", "-1,-1", "99999999999999999999,0", "٣,٣", "1,1,1", ","),
)
# No half of a surrogate pair is here: neither wire has a form for it.
ODD_TEXTS = (
    *("", " ", "\n", "\t", "\r", "a\rb\r\nc", "\x00", "a\x01b", "\x1b[31m", "\ufffe"),
    *("é", "日本語", "🙂", "a\u0301", "\u202eabc", "\u2028", "\u00a0", "ſ", "İ", "x" * LONG),
    *("٣.٥", "Ⅷ", "৫", "+1", "1_000", "0x10", "1e3", "1e999", "nan", "inf", "-Infinity"),
    *("9" * 5000, "-9223372036854775809", "1.5", "-0", "true", "TRUE", "é" * LONG),
    *("//disk[@sr='x']", "/domain/0/../1", "../../../../etc/passwd", "/dev/sda", "C:\\x"),
    *("a/b", "/", "local/domain", "%s%n%d", "%(a)s", "{0}", "{a.b}", "$(id)", "`id`", "${a}"),
    *("'; drop table rows; --", "'", "\\", "\\N", "None", "undefined", "a=b", "a:b,c:d", "|"),
    *("00000000-0000-0000-0000-000000000000", "x" * 36, "VM", "Host", "vm", "OpaqueRef:"),
)
FAMILIES = (
    *(ODD_TEXTS, ODD_TEXTS, ODD_NAMES, ODD_ADDRESSES, ODD_URLS),
    *(ODD_DATES, ODD_DOCUMENTS, ODD_EXPRESSIONS, ODD_EVENTS),
)
ODD: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(NAMES, ODD_NAMES),
    **dict.fromkeys(("since", "before", "after"), ODD_DATES),
    **dict.fromkeys(("call", "cert", "crl", "certificate", "disks", "args"), ODD_DOCUMENTS),
    **dict.fromkeys(("private_key", "certificate_chain", "unattend", "contents"), ODD_DOCUMENTS),
    **dict.fromkeys(("classes", "token"), ODD_EVENTS),
    "expr": ODD_EXPRESSIONS,
}
"""What is odd for text of these names; `TEXTS` says which names are addresses and URLs."""

HOSTILE_INTS: tuple[Symbol, ...] = (
    *(0, -1, 1, 255, 256, 2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**62, 2**63 - 1, -(2**63)),
    *(2**63, -(2**63) - 1, 2**64, 10**30, 10**400),
    *("0", "-1", "0x10", "-0x1", "１２", "٣", "+5", " 5", "5 ", "", "1.0", "1e3", "9" * 5000),
    *("9223372036854775807", "9223372036854775808", "1_000"),
)
NAN, INF = float("nan"), float("inf")
HOSTILE_FLOATS: tuple[Symbol, ...] = (
    *(NAN, INF, -INF, 1e308, -1e308, 5e-324, -0.0, -1.0, 1e-300, 0.1 + 0.2, 2**53 + 1, 10**400),
    *(
        "nan",
        "inf",
        "-inf",
        "NaN",
        "Infinity",
        "1e999",
        "٣.٥",
        "1_0.0",
        "",
        " 1 ",
        "0x1p3",
        "9" * 400,
    ),
)
WRONG: tuple[Symbol, ...] = (
    *(None, True, False, 0, 7, -1, 1.5, "x", [], ["x"], [[]], {"$map": []}),
    *({"$map": [["a", "b"]]}, {"$map": [["", None]]}, [None], [{"$map": []}]),
)
"""Some of each kind of value: of most types they are none."""


class Drawer:
    """Draws values; the same numbers give the same values."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def good(self, type_: Type, name: str) -> Symbol:
        """A value that fits the type and, as far as names tell, the meaning."""
        rng = self.rng
        match type_:
            case StringType() | SecretType():
                return self._text(name)
            case IntType():
                found = self._int(name)
                return str(found) if rng.random() < 0.4 else found
            case FloatType():
                return rng.choice((0.0, 0.1, 0.5, 1.0, 2.0, 100.0))
            case BoolType():
                return rng.random() < 0.5
            case DateTimeType():
                return rng.choice(DATES)
            case EnumType(_, values):
                return rng.choice(values)
            case RefType(cls):
                return self.live(cls)
            case SetType(item):
                return [self.good(item, name) for _ in range(rng.choice((0, 1, 1, 2)))]
            case MapType(StringType(), StringType()):
                return {"$map": [list(rng.choice(ENTRIES)) for _ in range(rng.choice((0, 1, 2)))]}
            case MapType(key, value):
                pairs = range(rng.choice((0, 1, 1, 2)))
                return {"$map": [[self.good(key, name), self.good(value, name)] for _ in pairs]}
            case RecordType(cls):
                return self._record(api.classes[cls], hostile=False)
            case OptionType(item):
                return None if rng.random() < 0.3 else self.good(item, name)

    def hostile(self, type_: Type, name: str) -> Symbol:
        """A value that is wrong, or right and odd."""
        rng = self.rng
        if rng.random() < 0.12:
            return rng.choice(WRONG)
        match type_:
            case StringType() | SecretType():
                return rng.choice((self._odd_text(name), self._odd_text(name), self._other(name)))
            case IntType():
                return rng.choice(HOSTILE_INTS)
            case FloatType():
                return rng.choice(HOSTILE_FLOATS)
            case BoolType():
                return rng.choice(("true", "1", 1, 0, "", None))
            case DateTimeType():
                return rng.choice(ODD_DATES)
            case EnumType(_, values):
                known = rng.choice(values)
                return rng.choice((known.upper(), known.swapcase(), known + " ", "", "x", 0))
            case RefType(cls):
                return self._odd_ref(cls)
            case SetType(item):
                one = self.hostile(item, name)
                many = [self.hostile(item, name) for _ in range(3)]
                return rng.choice(([one], [one, one], many, [self.good(item, name), one]))
            case MapType(key, value):
                pairs = [
                    [self.hostile(key, name), self.good(value, name)],
                    [self.good(key, name), self.hostile(value, name)],
                    [rng.choice(ENTRIES)[0], self.hostile(value, name)],
                ]
                return {"$map": rng.sample(pairs, rng.choice((1, 1, 3)))}
            case RecordType(cls):
                return self._record(api.classes[cls], hostile=True)
            case OptionType(item):
                return self.hostile(item, name)

    def live(self, cls: str) -> Symbol:
        return {"$live": [cls, self.rng.randrange(1 << 16)]}

    def _text(self, name: str) -> Symbol:
        if name in ("uuid", "obj_uuid", "host_uuid", "base_build_id"):
            return {"$uuid": [self.rng.choice(CLASSES), self.rng.randrange(1 << 16)]}
        if name in ("ref", "permission"):
            return self.live(self.rng.choice(CLASSES))
        return self.rng.choice(TEXTS.get(name, WORDS))

    def _odd_text(self, name: str = "") -> str:
        family = ODD.get(name)
        if TEXTS.get(name) in (ADDRESSES, URLS):
            family = ODD_ADDRESSES if TEXTS[name] is ADDRESSES else ODD_URLS
        if family is None or self.rng.random() < 0.4:
            family = self.rng.choice(FAMILIES)
        return self.rng.choice(family)

    def _other(self, name: str) -> Symbol:
        """Text that is right elsewhere: of another name, a reference, a uuid."""
        cls = self.rng.choice(CLASSES)
        uuid = {"$uuid": [cls, self.rng.randrange(1 << 16)]}
        words = self.rng.choice(tuple(TEXTS.values()))
        return self.rng.choice((self.rng.choice(words), self.live(cls), uuid))

    def _odd_ref(self, cls: str) -> Symbol:
        other = self.rng.choice(CLASSES)
        return self.rng.choice(
            (
                *(DEAD, DEAD, NULL, NULL, "", "OpaqueRef:", "x", "\x00"),
                *(self.live(other), self.live(other), {"$uuid": [cls, 0]}),
                self._odd_text(),
            )
        )

    def _int(self, name: str) -> int:
        rng = self.rng
        low = name.lower()
        if "memory" in low or name in ("static_min", "static_max", "dynamic_min", "dynamic_max"):
            return rng.choice((16, 32, 64, 64, 64, 128)) * MIB
        if "size" in low or "utilisation" in low:
            return rng.choice((1, 1, 2, 16)) * MIB
        return rng.choice((0, 1, 1, 2, 3, 5, 100, 1500))

    def _record(self, cls: Class, *, hostile: bool) -> Symbol:
        """A constructor's record; a hostile one has fields too few, too many or of odd values."""
        rng = self.rng
        pairs = {}
        for name in cls.ctor_fields or tuple(cls.fields):
            field = cls.fields[name]
            if field.default is MISSING or rng.random() < 0.3:
                pairs[name] = self.good(field.type, name)
        if hostile:
            for name in rng.sample(sorted(pairs), min(len(pairs), rng.choice((1, 1, 2)))):
                if rng.random() < 0.2:
                    del pairs[name]
                else:
                    pairs[name] = self.hostile(cls.fields[name].type, name)
            if rng.random() < 0.3:
                name = rng.choice(tuple(cls.fields))
                pairs[name] = self.hostile(cls.fields[name].type, name)
            if rng.random() < 0.2:
                pairs[rng.choice(("nosuch", "", "uuid", "_ref"))] = self._odd_text()
        return {"$map": [[name, value] for name, value in pairs.items()]}
