"""What grows has a trimmer: docs/bounds.md lists all of it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMESPACE = re.compile(
    r'^[A-Z_]+(?:, [A-Z_]+)? = \(?((?:"[a-z-]+"(?:, )?)+)\)?\n"""kv (?:namespace|entry)', re.M
)
LEASES = re.compile(r'^TASKS = "([a-z]+)"', re.M)


def namespaces() -> list[str]:
    """The namespaces of internal values, as the services declare them."""
    named: set[str] = set()
    for folder in ("libs/pooldb", "libs/rules", "services/xapi", "services/forwarder"):
        for path in (ROOT / folder / "src").rglob("*.py"):
            text = path.read_text()
            named |= {re.findall(r'"([a-z-]+)"', found[1])[0] for found in NAMESPACE.finditer(text)}
            if path.name == "leases.py":
                named |= set(LEASES.findall(text))
    return sorted(named)


def test_the_namespaces_are_found() -> None:
    assert {"lease", "task-outcome", "locks", "event-subscriptions", "pool"} <= {*namespaces()}


@pytest.mark.parametrize("namespace", namespaces())
def test_each_namespace_has_a_trimmer(namespace: str) -> None:
    rows = [
        [cell.strip() for cell in line.split("|")]
        for line in (ROOT / "docs/bounds.md").read_text().splitlines()
        if f"`{namespace}`" in line
    ]
    assert len(rows) == 1
    grows, trimmer = rows[0][2:4]
    assert trimmer or grows.startswith("nothing")
