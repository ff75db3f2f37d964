"""What is read as a call, what is refused, and in which character set."""

import codecs
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from xmlrpc_fastapi import Limits, XMLRPCRouter
from xmlrpc_fastapi.faults import ParseError, UnknownCharset
from xmlrpc_fastapi.parser import CallParser, parse_call


def document(value: str) -> str:
    params = f"<params><param>{value}</param></params>"
    return f"<methodCall><methodName>a</methodName>{params}</methodCall>"


def read(value: str) -> Any:
    _, [found] = parse_call(document(value).encode())
    return found


@pytest.mark.parametrize(
    "inside, value",
    [
        ("<boolean>1</boolean>", True),
        ("<boolean>true</boolean>", True),
        ("<boolean> False\n</boolean>", False),
        ("<int> 5 </int>", 5),
        ("<i4>+5</i4>", 5),
        ("<i8>-9223372036854775808</i8>", -(2**63)),
        ("<int>-0</int>", 0),
        ("<int>000000000000000000000000000007</int>", 7),
        ("<double>1e3</double>", 1000.0),
        ("<double> -.5 </double>", -0.5),
        ("<double>1.</double>", 1.0),
        ("<double>-inf</double>", float("-inf")),
        ("<nil/>", None),
        ("<nil></nil>", None),
        ('<ex:nil xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions"/>', None),
        ("<base64> aGk=\n</base64>", b"hi"),
        ("<base64/>", b""),
        ("<dateTime.iso8601> 20260102T03:04:05Z </dateTime.iso8601>", "20260102T03:04:05Z"),
        ("<string/>", ""),
        ("<string>a<![CDATA[<b>]]>c<!-- d -->e<?f g?></string>", "a<b>ce"),
        ("a&#13;&#10;b&#13;c", "a\r\nb\rc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("", ""),
        (" ", " "),
        (" <int>5</int>\n", 5),
        ("<!-- a --><int>5</int><?b?>", 5),
        ("<array/>", []),
        ("<array><data/></array>", []),
        ("<struct/>", {}),
        ("<struct> <member> <name>a</name> <value>1</value> </member> </struct>", {"a": "1"}),
        (
            "<struct><member><name>a</name><value>1</value></member>"
            "<member><name>b</name><value>2</value></member>"
            "<member><name>a</name><value>3</value></member></struct>",
            {"a": "1", "b": "2"},
        ),
    ],
)
def test_spellings_that_are_taken(inside: str, value: object) -> None:
    assert read(f"<value>{inside}</value>") == value


REFUSED = [
    *(f"<boolean>{text}</boolean>" for text in ("", "2", "yes", "t", "١", "true false", "1.0")),
    *(
        f"<{name}>{text}</{name}>"
        for name in ("int", "i4", "i8")
        for text in (
            "",
            "٥",
            "५",
            "²",
            "1_0",
            "0x1",
            "1.0",
            "1e3",
            "--1",
            "5 5",
            "9" * 5000,
            "0" * 99_999 + "x",
        )
    ),
    "<i8>9223372036854775808</i8>",
    "<int>\u00a05</int>",
    *(
        f"<double>{text}</double>"
        for text in ("", "٥", "1_0", "1,5", "0x1p3", "e3", ".", "n", "1e", "1" * 300_000 + "x")
    ),
    "<nil>x</nil>",
    "<base64>a</base64>",
    "<base64>****</base64>",
    "<base64>é</base64>",
    "<integer>5</integer>",
    "<INT>5</INT>",
    "<int>5</int>5",
    "5<int>5</int>",
    "<int>5</int><int>5</int>",
    "<int><int>5</int></int>",
    "<value>5</value>",
    "<string><b>5</b></string>",
    "<array><value>5</value></array>",
    "<array><data/><data/></array>",
    "<array><data>5</data></array>",
    "<array><data><int>5</int></data></array>",
    "<struct><member/></struct>",
    "<struct><member><name>a</name></member></struct>",
    "<struct><member><value>5</value></member></struct>",
    "<struct><member><value>5</value><name>a</name></member></struct>",
    "<struct><member><name>a</name><name>b</name><value>5</value></member></struct>",
    "<struct><member><name>a</name><value>5</value><value>6</value></member></struct>",
    "<struct><name>a</name><value>5</value></struct>",
    "<struct>a</struct>",
    "<params/>",
    "<methodName>b</methodName>",
    "&x;",
    "&#0;",
    "&#1;",
    "&#xD800;",
    "&#xFFFE;",
    "\x01",
    "]]>",
    "<x:int>5</x:int>",
]


@pytest.mark.parametrize("inside", REFUSED, ids=lambda inside: ascii(inside)[:40])
def test_what_is_misspelt_is_refused(inside: str) -> None:
    with pytest.raises(ParseError):
        read(f"<value>{inside}</value>")


@pytest.mark.parametrize(
    "body",
    [
        "<methodCall/>",
        "<methodCall><params/></methodCall>",
        "<methodCall><params/><methodName>a</methodName></methodCall>",
        "<methodCall><methodName>a</methodName><methodName>a</methodName></methodCall>",
        "<methodCall><methodName>a</methodName><params/><params/></methodCall>",
        "<methodCall><methodName>a</methodName><params><value>5</value></params></methodCall>",
        "<methodCall><methodName>a</methodName><value>5</value></methodCall>",
        "<methodCall>a<methodName>a</methodName></methodCall>",
        "<methodResponse><methodName>a</methodName></methodResponse>",
        "<!DOCTYPE methodCall><methodCall><methodName>a</methodName></methodCall>",
        document("<value>5</value><value>5</value>"),
        document("5"),
        document(""),
        document("<int>5</int>"),
        document("<value>5</value>") + "<a/>",
        document("<value>5</value>")[:-1],
    ],
)
def test_what_is_no_call_is_refused(body: str) -> None:
    with pytest.raises(ParseError):
        parse_call(body.encode())


def test_a_call_may_have_no_params() -> None:
    assert parse_call(b"<methodCall><methodName>a</methodName></methodCall>") == ("a", [])


WORDS = "café €" + "ж"
XML = '<?xml version="1.0"?>'


@pytest.mark.parametrize(
    "head, encoding, charset, text",
    [
        ("", "utf-8", None, WORDS),
        ("", "utf-8", "UTF-8", WORDS),
        ("", "utf-8", "us-ascii", WORDS),  # what is no ASCII can only be UTF-8
        (XML, "latin-1", "ISO-8859-1", "café"),
        ("", "cp1252", "windows-1252", "café €"),
        ("", "koi8-r", "koi8-r", "ж"),
        ("", "shift_jis", "Shift_JIS", "日本"),
        ("", "gb18030", "GB18030", WORDS),
        ("", "utf-16-le", "utf-16le", WORDS),
        ("", "utf-16", None, WORDS),
        ("", "utf-16", "ISO-8859-1", WORDS),  # its mark says more than HTTP
        ("\ufeff", "utf-8", "ISO-8859-1", WORDS),
        ('<?xml version="1.0" encoding="utf-8"?>', "utf-8", "ISO-8859-1", WORDS),
        ("<?xml version='1.0' encoding = 'ISO-8859-1'?>", "latin-1", None, "café"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?>", "latin-1", "utf-8", "café"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?>", "latin-1", "x-none", "café"),
        ("<?xml version='1.0' encoding='windows-1251'?>", "cp1251", None, "ж"),
    ],
)
def test_a_body_is_read_in_its_character_set(
    head: str, encoding: str, charset: str | None, text: str
) -> None:
    body = (head + document(f"<value>{text}</value>")).encode(encoding)
    assert parse_call(body, charset=charset) == ("a", [text])


UNKNOWN = ["x-none", "base64", "rot13", "zlib", "punycode", "idna", "undefined", "utf-7", "é", "/"]


@pytest.mark.parametrize("charset", UNKNOWN)
def test_a_character_set_that_is_not_known_is_named(charset: str) -> None:
    with pytest.raises(UnknownCharset, match=charset):
        parse_call(document("<value/>").encode(), charset=charset)
    if charset.isascii() and charset != "/":
        with pytest.raises(UnknownCharset, match=charset):
            parse_call(f'<?xml version="1.0" encoding="{charset}"?>{document("")}'.encode())


@pytest.mark.parametrize(
    "body, charset",
    [
        (b"caf\xe9", None),
        (b"caf\xe9", "utf-8"),
        (b"\x81\x20", "shift_jis"),
        (b"", "utf-16"),
        ("<?xml version='1.0' encoding='shift_jis'?>日本".encode("shift_jis"), None),
        (codecs.BOM_UTF32_LE + "<a/>".encode("utf-32-le"), None),
    ],
)
def test_bytes_that_are_not_in_it_are_refused(body: bytes, charset: str | None) -> None:
    whole = document("<value>X</value>").encode().replace(b"X", body)
    for sent in (body, whole):
        with pytest.raises(ParseError):
            parse_call(sent, charset=charset)


@given(st.lists(st.integers(0, 400)), st.sampled_from([None, "ISO-8859-1"]))
def test_it_does_not_matter_how_a_body_is_cut(places: list[int], charset: str | None) -> None:
    encoding = charset or "utf-8"
    body = (XML + document("<value> caf\xe9 <!-- a --> b &amp;</value>")).encode(encoding)
    parser = CallParser(Limits(), charset)
    for start, end in zip([0, *sorted(places)], [*sorted(places), len(body)], strict=True):
        parser.feed(body[start:end])
    assert parser.close() == ("a", [" caf\xe9  b &"])


@pytest.fixture
def client() -> TestClient:
    rpc = XMLRPCRouter("/RPC2")

    @rpc.method()
    def a(value: Any) -> Any:
        return value

    app = FastAPI()
    app.include_router(rpc)
    return TestClient(app)


@pytest.mark.parametrize(
    "kind", ["text/xml; charset=ISO-8859-1", 'text/xml;a=b; CHARSET="iso-8859-1"; c=d']
)
def test_http_names_the_character_set(client: TestClient, kind: str) -> None:
    body = document("<value>caf\xe9</value>").encode("latin-1")
    response = client.post("/RPC2", content=body, headers={"Content-Type": kind})
    assert "caf\xe9" in response.text


def test_http_says_that_a_character_set_is_not_known(client: TestClient) -> None:
    kind = {"Content-Type": "text/xml; charset=klingon"}
    response = client.post("/RPC2", content=document("<value/>").encode(), headers=kind)
    assert response.status_code == 415
    assert "klingon" in response.text


@pytest.mark.parametrize("length", ["x", "²", "-1", "9" * 5000, ""])
def test_a_length_that_is_none_is_not_looked_at(client: TestClient, length: str) -> None:
    headers = [(b"content-length", length.encode("latin-1"))]
    response = client.post("/RPC2", content=document("<value>x</value>"), headers=headers)
    assert response.status_code == 200
