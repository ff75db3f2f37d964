"""Print exactly what packages of the workspace need, for images that hold one service.

``closure.py members PACKAGE``: the workspace's folders that the package is built from;
``closure.py lock PACKAGE``: the part of requirements.lock that it needs, with hashes.
PACKAGE is a member's name (``warren-xapi``) or a name in the lock file (``hatchling``).

By hand: pip knows no workspaces, uv exports only from a lock file of its own, and an image's build
begins with Debian's Python alone.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The name with which a requirement begins: "uvicorn>=1", "psycopg[binary]".
NAME = re.compile(r"[A-Za-z0-9._-]+")
VIA = re.compile(r"^    #(?: via|  ) ([a-z0-9._-]+)$")


def members() -> dict[str, tuple[str, list[str]]]:
    """The workspace's packages by name: the folder and the requirements of each."""
    workspace = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = {}
    patterns = workspace["tool"]["warren"]["members"]
    for path in (path for name in patterns for path in ROOT.glob(f"{name}/pyproject.toml")):
        folder = str(path.parent.relative_to(ROOT))
        project = tomllib.loads(path.read_text())["project"]
        asked = [NAME.match(line)[0].lower() for line in project["dependencies"]]  # type: ignore[index]
        packages[project["name"]] = (folder, asked)
    return packages


def locked() -> dict[str, tuple[str, set[str]]]:
    """The lock file's packages by name: the lines of each, and the packages that require it."""
    text = (ROOT / "requirements.lock").read_text()
    packages = {}
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        askers = {match[1] for line in block.splitlines() if (match := VIA.match(line))}
        packages[NAME.match(block)[0]] = (block, askers)  # type: ignore[index]
    return packages


def closure(*packages: str) -> tuple[list[str], list[str]]:
    """Folders of members, and blocks of the lock file; raises KeyError for an unknown package."""
    ours, theirs = members(), locked()
    wanted, folders, names = list(packages), [], set()
    while wanted:
        name = wanted.pop()
        if name in names:
            continue
        names.add(name)
        if name in ours:
            folder, asked = ours[name]
            folders.append(f"./{folder}")
            wanted += asked
        else:
            theirs[name]
            wanted += [other for other, (_, askers) in theirs.items() if name in askers]
    return sorted(folders), [theirs[name][0] for name in sorted(names - ours.keys())]


def main() -> None:
    what, package = sys.argv[1:]
    folders, blocks = closure(package)
    sys.stdout.write({"members": "\n".join(folders) + "\n", "lock": "".join(blocks)}[what])


if __name__ == "__main__":
    main()
