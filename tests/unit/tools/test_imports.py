"""Services import at the top of their modules, where everybody and the checker sees it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
SERVICES = ROOT / "services"

WITH_A_REASON = {
    # libxen's bindings are there on a real dom0 alone; the simulated Xen must run without them.
    ("xenopsd/src/xenopsd/__main__.py", "xenports.libxen.helpers"),
    ("xenopsd/src/xenopsd/__main__.py", "xenports.libxen.hypervisor"),
    ("squeezed/src/squeezed/__main__.py", "xenports.libxen.hypervisor"),
}


def imported(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=module):
            yield module or "."


def hidden(tree: ast.Module) -> Iterator[str]:
    """What is imported anywhere but at the top: in a function, a class, or behind a condition."""
    for statement in tree.body:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            for node in ast.walk(statement):
                yield from imported(node)


def test_what_is_hidden_is_seen() -> None:
    text = "import a\nif TYPE_CHECKING:\n    from b import c\ndef f():\n    import d\n"
    assert list(hidden(ast.parse(text))) == ["b", "d"]


def test_no_service_hides_an_import() -> None:
    found = {
        (str(path.relative_to(SERVICES)), name)
        for path in SERVICES.rglob("*.py")
        for name in hidden(ast.parse(path.read_text()))
    }
    assert found == WITH_A_REASON
