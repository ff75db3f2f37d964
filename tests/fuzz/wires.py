"""Sends a call over either wire and reads whatever comes back."""

import http.client
import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from typing import Any

# What no XML document can have; such text goes over JSON.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}
NO_ANSWER = "no answer in the time that it may take"
INT32 = range(-(2**31), 2**31)
INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True)
class Answer:
    """What came of a call: a result or an error's description; else ``broken`` says what."""

    result: Any = None
    error: tuple[str, ...] | None = None
    broken: str = ""


class NoForm(Exception):
    """A value has no form on this wire."""


def body(wire: str, method: str, params: list[Any]) -> tuple[str, bytes]:
    """Path and body of a call; one that XML has no form for is JSON-RPC 2.0."""
    if wire == "xml":
        try:
            each = "".join(f"<param>{_xml(param)}</param>" for param in params)
            name = _xml_text(method)
            head = f"<?xml version='1.0'?><methodCall><methodName>{name}</methodName>"
            return "/", f"{head}<params>{each}</params></methodCall>".encode()
        except NoForm:
            pass
    said: dict[str, Any] = {"method": method, "params": _json(params), "id": 1}
    if wire != "json1":
        said["jsonrpc"] = "2.0"
    return "/jsonrpc", json.dumps(said).encode()


def _xml_text(text: str) -> str:
    if NOT_XML.search(text):
        raise NoForm(text)
    return text.translate(ESCAPES)


def _xml(value: Any) -> str:
    match value:
        case None:
            inside = "<nil/>"
        case bool():
            inside = f"<boolean>{int(value)}</boolean>"
        case int() if value in INT32:
            inside = f"<int>{value}</int>"
        case int() if value in INT64:
            inside = f"<i8>{value}</i8>"
        case int():
            inside = str(value)
        case float():
            inside = f"<double>{value!r}</double>"
        case str():
            inside = f"<string>{_xml_text(value)}</string>"
        case list():
            inside = f"<array><data>{''.join(map(_xml, value))}</data></array>"
        case dict():
            members = "".join(
                f"<member><name>{_xml_text(str(name))}</name>{_xml(item)}</member>"
                for name, item in value.items()
            )
            inside = f"<struct>{members}</struct>"
        case _:
            raise TypeError(f"a call cannot have {value!r}")
    return f"<value>{inside}</value>"


def _json(value: Any) -> Any:
    """JSON has no numbers that are none, and readers differ on those beyond 64 bits: as text."""
    match value:
        case float() if value != value or value in (float("inf"), float("-inf")):
            return repr(value)
        case int() if not isinstance(value, bool) and value not in INT64:
            return str(value)
        case list():
            return [_json(item) for item in value]
        case dict():
            return {str(key): _json(item) for key, item in value.items()}
    return value


def send(
    address: tuple[str, int], wire: str, method: str, params: list[Any], timeout_s: float
) -> Answer:
    """One call over a connection of its own; no exception leaves this."""
    path, sent = body(wire, method, params)
    connection = http.client.HTTPConnection(*address, timeout=timeout_s)
    try:
        connection.request("POST", path, sent, {"Content-Type": "text/xml"})
        response = connection.getresponse()
        status, received = response.status, response.read()
    except TimeoutError:
        return Answer(broken=NO_ANSWER)
    except (http.client.HTTPException, OSError) as error:
        return Answer(broken=f"no answer: {type(error).__name__}: {error}")
    finally:
        connection.close()
    if status != http.HTTPStatus.OK:
        return Answer(broken=f"HTTP {status}: {received[:300]!r}")
    try:
        return _from_xml(received) if path == "/" else _from_json(received)
    except (ValueError, KeyError, TypeError, IndexError, ElementTree.ParseError) as error:
        return Answer(broken=f"an answer that cannot be read: {error}: {received[:300]!r}")


def _from_json(received: bytes) -> Answer:
    said = json.loads(received, parse_constant=_refuse)
    error = said.get("error")
    if error is None:
        return Answer(result=said["result"])
    if isinstance(error, dict):
        error = [error["message"], *error["data"]]
    return Answer(error=tuple(str(part) for part in error))


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _from_xml(received: bytes) -> Answer:
    root = ElementTree.fromstring(received)
    (value,) = root.findall("./params/param/value")
    said = _value(value)
    # What system.* answers has no envelope.
    if not isinstance(said, dict) or "Status" not in said:
        return Answer(result=said)
    if said["Status"] == "Success":
        return Answer(result=said["Value"])
    return Answer(error=tuple(said["ErrorDescription"]))


def _value(element: ElementTree.Element) -> Any:
    inside = next(iter(element), None)
    if inside is None:
        return element.text or ""
    text = inside.text or ""
    match inside.tag:
        case "array":
            return [_value(item) for item in inside.findall("./data/value")]
        case "struct":
            return {
                member.findtext("name", ""): _value(member[1])
                for member in inside.findall("member")
            }
        case "boolean":
            return bool(int(text))
        case "double":
            return float(text)
        case "int" | "i4" | "i8":
            return int(text)
        case "nil":
            return None
        case "string" | "dateTime.iso8601":
            return text
    raise ValueError(f"<{inside.tag}> is no value")
