"""XML-RPC over FastAPI against Python's own client, and against what no client sends."""

import xmlrpc.client
from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from xmlrpc_fastapi import Fault, Limits, XMLRPCRouter
from xmlrpc_fastapi.faults import ParseError
from xmlrpc_fastapi.parser import parse_call

BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<methodCall><methodName>&b;</methodName></methodCall>"""


@pytest.fixture
def client() -> TestClient:
    rpc = XMLRPCRouter("/RPC2", limits=Limits(body_bytes=10_000, depth=8, values=100))

    @rpc.method("math.add")
    def add(left: int, right: int = 1) -> int:
        """Add two numbers."""
        return left + right

    @rpc.method()
    async def echo(value: Any) -> Any:
        return value

    @rpc.method()
    def fail() -> None:
        raise Fault(7, "as asked")

    @rpc.method("math.divide")
    def divide(left: int, right: int) -> float:
        return left / right

    app = FastAPI()
    app.include_router(rpc)
    return TestClient(app)


def call(client: TestClient, method: str, *params: Any) -> Any:
    body = xmlrpc.client.dumps(params, method, allow_none=True)
    response = client.post("/RPC2", content=body)
    assert response.headers["content-type"] == "text/xml"
    return xmlrpc.client.loads(response.text)[0][0]


def refused(client: TestClient, body: bytes) -> tuple[httpx.Response, int]:
    response = client.post("/RPC2", content=body)
    with pytest.raises(xmlrpc.client.Fault) as caught:
        xmlrpc.client.loads(response.text)
    return response, caught.value.faultCode


def test_a_method_is_called_with_its_defaults(client: TestClient) -> None:
    assert call(client, "math.add", 2, 3) == 5
    assert call(client, "math.add", 2) == 3


@pytest.mark.parametrize(
    "value", [0, -1, True, 1.5, "", "a <b> & c", "ä\n", [], [1, [2]], {}, {"a": {"b": ""}}, None]
)
def test_values_come_back(client: TestClient, value: Any) -> None:
    assert call(client, "echo", value) == value


def test_integers_beyond_32_bits(client: TestClient) -> None:
    assert call(client, "echo", "9") == "9"
    assert (
        "<i8>4294967296</i8>"
        in client.post(
            "/RPC2",
            content="<methodCall><methodName>math.add</methodName><params><param><value><i8>4294967295"
            "</i8></value></param></params></methodCall>",
        ).text
    )


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("nosuch", (), -32601),
        ("math.add", (), -32602),
        ("math.add", (1, 2, 3), -32602),
        ("math.add", ("x",), -32602),
        ("fail", (), 7),
    ],
)
def test_faults_have_their_codes(
    client: TestClient, method: str, params: tuple[Any, ...], code: int
) -> None:
    _, found = refused(client, xmlrpc.client.dumps(params, method).encode())
    assert found == code


@pytest.mark.parametrize(
    "body", [b"", b"<", b"<methodCall/>", b"<a></a>", BOMB, b"\x00", b"<methodCall><methodName>"]
)
def test_what_is_no_call_is_a_parse_error(client: TestClient, body: bytes) -> None:
    assert refused(client, body)[1] == -32700


@pytest.mark.parametrize("params", [("x" * 10_000,), ([[[[[[[[[1]]]]]]]]],), (list(range(101)),)])
def test_a_limit_ends_a_request(client: TestClient, params: tuple[Any, ...]) -> None:
    response, code = refused(client, xmlrpc.client.dumps(params, "echo").encode())
    assert (response.status_code, code) == (413, -32700)


def test_what_goes_wrong_inside_is_a_fault_without_details(client: TestClient) -> None:
    with pytest.raises(xmlrpc.client.Fault) as caught:
        call(client, "math.divide", 1, 0)
    assert (caught.value.faultCode, caught.value.faultString) == (-32603, "math.divide failed")
    calls = [{"methodName": "math.divide", "params": [left, 0]} for left in (1, 2)]
    assert [answer["faultCode"] for answer in call(client, "system.multicall", calls)] == [
        -32603
    ] * 2


def test_introspection(client: TestClient) -> None:
    assert "math.add" in call(client, "system.listMethods")
    assert call(client, "system.methodSignature", "math.add") == [["int", "int", "int"]]
    assert call(client, "system.methodHelp", "math.add") == "Add two numbers."


def test_multicall_answers_each(client: TestClient) -> None:
    calls = [
        {"methodName": "math.add", "params": [1, 2]},
        {"methodName": "fail", "params": []},
        {"methodName": "system.multicall", "params": [[]]},
    ]
    assert call(client, "system.multicall", calls) == [
        [3],
        {"faultCode": 7, "faultString": "as asked"},
        {"faultCode": -32600, "faultString": "system.multicall may not call itself"},
    ]


def test_untyped_values_are_strings() -> None:
    body = (
        b"<methodCall><methodName> a.b </methodName><params><param><value> x </value></param>"
        b"<param><value/></param></params></methodCall>"
    )
    assert parse_call(body) == ("a.b", [" x ", ""])


def test_a_value_beside_a_value_is_refused() -> None:
    with pytest.raises(ParseError):
        parse_call(
            b"<methodCall><methodName>a</methodName><params><param><value><value>1</value></value>"
            b"</param></params></methodCall>"
        )
