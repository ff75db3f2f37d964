"""Errors that services raise by name are among those that the API declares."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from datamodel import api

ROOT = Path(__file__).parents[2]
UNDECLARED = {
    "Fault": "upstream's word for an asynchronous call of a message that has none",
    "ONLY_REVERT_SNAPSHOT": "upstream's word for VDI.revert, which its list of errors lacks",
}


def named(path: Path) -> Iterator[str]:
    """The codes of the errors that a file makes by a literal name."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Name("XenAPIError"), args=[ast.Constant(str(code)), *_]):
                yield code


@pytest.mark.parametrize(
    "part", ["libs/datamodel", "libs/pooldb", "services/xapi", "services/forwarder"]
)
def test_every_code_is_declared(part: str) -> None:
    found = {code for path in (ROOT / part).rglob("*.py") for code in named(path)}
    assert found
    assert found - set(api.errors) - set(UNDECLARED) == set()
