"""A rule is a function of the pool's records: it is given what reads them, and nothing that writes.

The type checker sees that it does not reach for more, as long as it has not imported it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import rules

FOLDER = Path(rules.__file__).parent
MODULES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.py"))
OF_THE_POOL = {"Reader"}


def taken_from_pooldb(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("pooldb"):
                yield from (alias.name for alias in names)
            case ast.Import(names=names):
                yield from (alias.name for alias in names if alias.name.startswith("pooldb"))


def test_what_is_taken_is_seen() -> None:
    text = "import pooldb\nfrom pooldb.view import View\nfrom pooldb import Transaction\n"
    assert list(taken_from_pooldb(ast.parse(text))) == ["pooldb", "View", "Transaction"]


@pytest.mark.parametrize("module", MODULES)
def test_a_rule_takes_only_what_reads(module: str) -> None:
    assert set(taken_from_pooldb(ast.parse((FOLDER / module).read_text()))) <= OF_THE_POOL
