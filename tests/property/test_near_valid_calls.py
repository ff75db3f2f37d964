"""Documents near to valid ones: whatever is wrong with them, the answer is one of the API's own."""

import asyncio
import json
import logging
import re
import xmlrpc.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pooldb
import pytest
from datamodel.objects import ref_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp
from xapi import answers, sessions  # noqa: F401  importing them declares the answers
from xapi.dispatch import Dispatcher
from xapi.http.serving import Actions
from xapi.pool import Pool
from xapi.rpc.application import application

DEEP, MANY = 40, 25_000
# Digits of other scripts, numbers beyond their types, and characters that XML or JSON cannot carry.
ODD = [
    *(
        "٣",
        "²",
        "１",
        "9" * 25,
        "9" * 6000,
        "-0",
        "+5",
        "1e3",
        "1e999",
        "0x10",
        "1_0",
        "nan",
        "-inf",
    ),
    *(
        "\0",
        "\x01",
        "\r",
        "\ufeff",
        "\ufffe",
        "\U0001f600",
        "é",
        "\u2028",
        "&#13;",
        "&#0;",
        "&#xD800;",
    ),
    *("true", "null", "NaN", "Infinity", r"\ud800", r"\u0000", r"\udc00\ud800", r"\uD83D\uDE00"),
    *("<", ">", "&", "&amp;", "&x;", "]]>", "<!--", "-->", "<![CDATA[", "<?x?>", "<!DOCTYPE a>"),
    *("<value>", "</value>", "<nil/>", "<i4>", "<int>", "<data>", "<array><data/></array>"),
    *("<struct/>", "<member>", "<params>", "<param/>", "<methodName/>", "<x:nil xmlns:x='y'/>"),
    *('"', "[", "]", "{", "}", ",", ":", "[]", "{}", '{"a":1,"a":2}', "/**/", "\\"),
    "<value><array><data>" * DEEP + "</data></array></value>" * DEEP,
    "<value><array><data>" * 3000,
    "<value/>" * MANY,
    "[" * DEEP + "]" * DEEP,
    "[" * 20_000,
    '{"a":' * 20_000,
    "[" + "0," * MANY + "0]",
    "x" * 400_000,
    "<?xml version='1.0' encoding='x-none'?>",
    "<?xml version='1.0' encoding='base64'?>",
    "<?xml version='1.0' encoding='shift_jis'?>",
]
CHARSETS = ["utf-8", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "shift_jis", "utf-7"]
KINDS = ["text/xml", "application/json", "", *(f"text/xml; charset={name}" for name in CHARSETS)]
KINDS += ["text/xml; charset=", "text/xml; charset=x-none", 'text/xml; charset="idna"']
OWN_WORDS = re.compile(
    r'Failure\("|Invalid argument: |Server_helpers\.Dispatcher_FieldNotFound|Internal API '
    r"|missing field"
)


class Server:
    """The gateway on a pool database of its own, and what it logs of errors."""

    def __init__(self, folder: Path) -> None:
        db = pooldb.connect(f"sqlite:///{folder}/pool.db")
        with db.transaction() as tx:
            self.session = ref_of(sessions._open(tx, "root", "test", superuser=True, roles=None))
            self.network = tx.create("network", {"name_label": "near", "MTU": 1500})
        self._loop = asyncio.new_event_loop()
        self._application = self._loop.run_until_complete(self._made(db))

    async def _made(self, db: pooldb.Database) -> ASGIApp:
        pool = Pool(db, None, ThreadPoolExecutor(1))
        return application(Dispatcher(pool), Actions(pool, trusted=True), trusted=True)

    def post(self, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
        """Status and body; whatever leaves the application is raised here."""
        sent: list[Any] = []
        scope = {
            **{"type": "http", "method": "POST", "path": path, "query_string": b""},
            "headers": [(b"content-type", kind.encode())],
        }
        chunks = [
            {"type": "http.request", "body": body[:1000], "more_body": True},
            {"type": "http.request", "body": body[1000:]},
        ]

        async def receive() -> Any:
            return chunks.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        self._loop.run_until_complete(self._application(scope, receive, send))
        return sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    return Server(tmp_path_factory.mktemp("near"))


@pytest.fixture
def errors(caplog: pytest.LogCaptureFixture) -> Iterator[list[logging.LogRecord]]:
    """What was logged as an error: none may be when a test ends."""
    caplog.set_level(logging.ERROR)
    yield caplog.records
    assert caplog.records == []


CALLS: list[tuple[str, list[Any]]] = [
    ("network.get_all", []),
    ("network.set_name_label", ["NETWORK", "a new\tname"]),
    ("network.set_MTU", ["NETWORK", 1500]),
    ("network.set_tags", ["NETWORK", ["a", "b"]]),
    ("network.set_other_config", ["NETWORK", {"a": "b", "c": "d"}]),
    ("network.get_record", ["NETWORK"]),
    ("network.get_by_name_label", ["near"]),
    ("network.get_all_records_where", ['field "MTU" = "1500"']),
    ("VM.get_all_records", []),
    ("event.from", [["network", "task/OpaqueRef:NULL"], "00000000000000000000,0", 0.0]),
    ("system.isAlive:x", [{"a": [1, True, 1.5, None, xmlrpc.client.DateTime(0)]}]),
    ("system.listMethods", []),
]


def documents(server: Server, call: tuple[str, list[Any]], wire: str) -> str:
    method, params = call
    params = [server.network if param == "NETWORK" else param for param in params]
    if not method.startswith("system."):
        params = [server.session, *params]
    if wire == "xml":
        return xmlrpc.client.dumps(tuple(params), method, allow_none=True)
    version = {"jsonrpc": "2.0"} if wire == "json2" else {}
    return json.dumps({**version, "method": method, "params": params, "id": 1}, default=str)


def is_answer(wire: str, status: int, body: bytes) -> None:
    """Fail unless the answer is a result, one of the API's own failures, or an error's page."""
    if status != 200:
        assert 400 <= status <= 500
        assert body.startswith(b"<html><body><h1>HTTP %d " % status)
        body.decode()
        return
    error: list[Any] | None
    if wire == "xml":
        [(found,), _] = xmlrpc.client.loads(body.decode())
        error = found.get("ErrorDescription") if isinstance(found, dict) else None
    else:
        found = json.loads(body, parse_constant=pytest.fail)
        error = found.get("error")
        if isinstance(error, dict):
            error = [error["message"], *error["data"]]
    if error is not None:
        assert all(isinstance(part, str) for part in error)
        assert error[0] != "INTERNAL_ERROR" or OWN_WORDS.match(error[1]), error


@st.composite
def changed(draw: st.DrawFn, text: str) -> str:
    """A document with some of it cut, doubled, moved or made odd."""
    tags = re.findall(r"</?[\w.]+/?>|[\w.]+|\W", text) or [text]
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, max(len(tags) - 1, 0)))
        end = draw(st.integers(start, min(start + 6, len(tags))))
        match draw(st.sampled_from(["cut", "double", "put", "replace", "swap", "end"])):
            case "cut":
                del tags[start:end]
            case "double":
                tags[start:start] = tags[start:end]
            case "put":
                tags.insert(start, draw(st.sampled_from(ODD)))
            case "replace":
                tags[start:end] = [draw(st.sampled_from(ODD))]
            case "swap":
                tags[start:end] = reversed(tags[start:end])
            case "end":
                del tags[end:]
    return "".join(tags)


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_a_document_near_to_a_valid_one_has_an_answer(
    server: Server, errors: list[logging.LogRecord], data: st.DataObject
) -> None:
    call = data.draw(st.sampled_from(CALLS))
    wire = data.draw(st.sampled_from(["xml", "json1", "json2"]))
    text = data.draw(changed(documents(server, call, wire)))
    charset = data.draw(st.sampled_from(["utf-8"] * 8 + CHARSETS))
    body = text.encode(charset, errors="replace")
    if data.draw(st.integers(0, 9)) == 0:
        place = data.draw(st.integers(0, len(body)))
        body = body[:place] + data.draw(st.binary(max_size=4)) + body[place:]
    path = "/" if wire == "xml" else "/jsonrpc"
    kind = data.draw(st.sampled_from(KINDS))
    is_answer(wire, *server.post(path, body, kind))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from(KINDS), st.sampled_from(["xml", "json2"]))
def test_any_bytes_have_an_answer(
    server: Server, errors: list[logging.LogRecord], body: bytes, kind: str, wire: str
) -> None:
    is_answer(wire, *server.post("/" if wire == "xml" else "/jsonrpc", body, kind))


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd)[:30])
@pytest.mark.parametrize("wire", ["xml", "json1", "json2"])
def test_an_odd_value_at_each_place_has_an_answer(
    server: Server, errors: list[logging.LogRecord], wire: str, odd: str
) -> None:
    """In the place of a method's name, of a value, of a member's name, of a tag."""
    whole = documents(server, ("network.set_other_config", ["NETWORK", {"a": "PLACE"}]), wire)
    for place in ("network.set_other_config", server.session, ">a<", '"a"', '"PLACE"', "PLACE"):
        body = whole.replace(place, odd).encode()
        is_answer(wire, *server.post("/" if wire == "xml" else "/jsonrpc", body, ""))


def test_a_valid_document_has_its_result(server: Server) -> None:
    """What is changed above is right before."""
    for call in CALLS:
        for wire in ("xml", "json1", "json2"):
            path = "/" if wire == "xml" else "/jsonrpc"
            if wire != "xml" and call[0].startswith("system.isAlive"):
                continue
            status, body = server.post(path, documents(server, call, wire).encode(), "")
            is_answer(wire, status, body)
            assert status == 200
            assert b"Failure" not in body and b'"error":{' not in body, (call, body)


def told(server: Server, method: str, *params: Any) -> dict[str, Any]:
    """An answer as an XML-RPC client reads it."""
    body = xmlrpc.client.dumps((server.session, *params), method).replace("\r", "&#13;")
    _, answer = server.post("/", body.encode(), "")
    [(found,), _] = xmlrpc.client.loads(answer.decode())
    assert isinstance(found, dict)
    return found


def asked(server: Server, method: str, *params: Any) -> Any:
    return told(server, method, *params)["Value"]


def test_a_carriage_return_comes_back_wherever_text_is(server: Server) -> None:
    """Also in names, in errors, in records that are encoded once, and in events."""
    text, network = "a\r\nb\rc", server.network
    asked(server, "network.set_name_label", network, text)
    asked(server, "network.set_other_config", network, {text: text})
    record = asked(server, "network.get_record", network)
    assert (record["name_label"], record["other_config"]) == (text, {text: text})
    assert asked(server, "network.get_all_records")[network] == record
    assert asked(server, "network.get_by_name_label", text) == [network]
    events = asked(server, "event.from", [f"network/{network}"], "", 0.0)["events"]
    assert [event["snapshot"] for event in events] == [record]
    refused = told(server, "network.add_to_other_config", network, text, "d")
    assert refused["ErrorDescription"][-1] == text


def test_the_character_set_that_http_names_counts(server: Server) -> None:
    body = documents(server, ("network.set_name_label", ["NETWORK", "café"]), "xml")
    kind = "text/xml; charset=ISO-8859-1"
    status, _ = server.post("/", body.encode("latin-1"), kind)
    assert (status, asked(server, "network.get_name_label", server.network)) == (200, "café")
    status, answer = server.post("/", body.encode(), "text/xml; charset=klingon")
    assert status == 415
    assert b"klingon" in answer
