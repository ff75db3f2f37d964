"""Calls of plain texts, which are read by patterns, are read as the parser of XML reads them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xmlrpc_fastapi import Limits, parse_call
from xmlrpc_fastapi.faults import ParseError
from xmlrpc_fastapi.parser import CallParser, plain_call

LIMITS = Limits(body_bytes=2000, depth=1, values=3)

BLANK = st.sampled_from([*[""] * 9, " ", "\n", "\r\n", "\t", "x", "<!-- -->"])
TEXT = st.one_of(
    st.sampled_from(
        ["", "VM.get_uuid", "OpaqueRef:NULL", " a ", "&amp;", "]]>", "é", "\r", "\x7f"]
    ),
    st.text(st.characters(max_codepoint=0x100), max_size=5),
)
DECLARED = st.sampled_from(
    [
        *("", "<?xml version='1.0'?>", '<?xml version="1.0"?>\n', " <?xml version='1.0'?>"),
        *("<?xml version='1.0' encoding='latin-1'?>", "<?xml version='1.0\"?>", "<!DOCTYPE a>"),
    ]
)
FORM = st.sampled_from(
    [
        "<value>{}</value>",
        "<value><string>{}</string></value>",
        "<value><string>{}</value>",
        "<value> <string>{}</string></value>",
        "<value><int>{}</int></value>",
        "<value><string/>{}</value>",
        "<value/>",
        "",
    ]
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Calls that are nearly plain, or are."""

    def element(name: str, *inside: str) -> str:
        between = "".join(f"{draw(BLANK)}{part}" for part in inside)
        return f"<{name}>{between}{draw(BLANK)}</{name}>"

    values = st.lists(st.tuples(FORM, TEXT), max_size=5)
    params = [element("param", form.format(text)) for form, text in draw(values)]
    method = f"<methodName>{draw(TEXT)}</methodName>"
    call = element("methodCall", method, *draw(st.sampled_from([[element("params", *params)], []])))
    return f"{draw(DECLARED)}{draw(BLANK)}{call}{draw(BLANK)}".encode()


def parsed(body: bytes) -> Any:
    parser = CallParser(LIMITS)
    parser.feed(body)
    return parser.close()


@given(bodies())
def test_both_readers_agree(body: bytes) -> None:
    plain = plain_call(body, LIMITS)
    if plain is not None:
        assert plain == parsed(body)
    try:
        expected = parsed(body)
    except ParseError as error:
        with pytest.raises(type(error)):
            parse_call(body, LIMITS)
    else:
        assert parse_call(body, LIMITS) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"<?xml version='1.0'?>\n<methodCall>\n<methodName>VM.get_uuid</methodName>\n<params>\n"
        b"<param>\n<value><string>a</string></value>\n</param>\n"
        b"<param>\n<value><string>b</string></value>\n</param>\n</params>\n</methodCall>\n",
        b'<?xml version="1.0"?><methodCall><methodName>VM.get_uuid</methodName><params><param>'
        b"<value>a</value></param><param><value>b</value></param></params></methodCall>",
    ],
    ids=["Python's", "upstream's"],
)
def test_clients_calls_are_plain(body: bytes) -> None:
    assert plain_call(body, LIMITS) == ("VM.get_uuid", ["a", "b"])


def test_a_long_body_that_is_nearly_plain_takes_no_longer_than_its_length() -> None:
    """With one pattern for all, a mistake at the end could be looked for in many ways."""
    limits = Limits()
    param = b"<param> <value><string> a b </string></value> </param> "
    body = b"<methodCall><methodName>a</methodName><params>" + param * 15_000
    assert plain_call(body, limits) is None
