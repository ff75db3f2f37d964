"""The reference of the XenAPI as HTML pages, derived from the declarations.

``python -m datamodel.reference_pages FOLDER`` writes them; the gateway serves them at
``/reference/``.
"""

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from datamodel import api
from datamodel.model import (
    MISSING,
    Class,
    EnumType,
    Field,
    MapType,
    OptionType,
    Param,
    RecordType,
    RefType,
    SetType,
    Type,
)
from datamodel.roles import Role

ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("datamodel"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)
CODE = re.compile(r"`([^`]+)`")
QUALIFIERS = {"RW": "read, write", "StaticRO": "at creation", "DynamicRO": "read"}


@cache
def pages() -> Mapping[str, str]:
    """Every page by its file's name."""
    by_file = {
        "index.html": _page("index"),
        "errors.html": _page("errors"),
        "types.html": _page("types"),
        "roles.html": _page("roles", roles=_roles()),
    }
    for cls in api.classes.values():
        by_file[f"{cls.name}.html"] = _page("class", cls=cls, relations=list(_relations(cls)))
    return by_file


def _page(name: str, **facts: object) -> str:
    functions = {"prose": _prose, "linked": _linked, "kind": _kind, "default_of": _default}
    return ENVIRONMENT.get_template(f"{name}.html.j2").render(api=api, **functions, **facts)


def _prose(text: str) -> Markup:
    """A documentation text, with what stands between backticks set as code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))


def _default(param: Param) -> str:
    return "" if param.default is MISSING else f" = {json.dumps(param.default)}"


def _kind(field: Field) -> str:
    return QUALIFIERS[field.qualifier]


def _linked(type_: Type) -> Markup:
    """A type with links to the classes and enumerations that it names."""
    match type_:
        case RefType(cls):
            return Markup('ref(<a href="{0}.html">{0}</a>)').format(cls)
        case RecordType(cls):
            return Markup('record(<a href="{0}.html">{0}</a>)').format(cls)
        case EnumType(name):
            return Markup('<a href="types.html#{0}">{0}</a>').format(name)
        case SetType(item):
            return Markup("set({})").format(_linked(item))
        case OptionType(item):
            return Markup("option({})").format(_linked(item))
        case MapType(key, value):
            return Markup("map({}, {})").format(_linked(key), _linked(value))
        case _:
            return escape(str(type_))


def _relations(cls: Class) -> Iterator[tuple[str, str, str, bool]]:
    """Of each relation: this class's field, the other class and its field, and whether to many."""
    for relation in api.relations:
        ends = (relation.one, relation.many)
        if any(api.classes[other].fields[field].internal_only for other, field in ends):
            continue
        if relation.one[0] == cls.name:
            yield relation.one[1], *relation.many, relation.kind == "many-to-many"
        if relation.many[0] == cls.name and relation.kind != "self":
            yield relation.many[1], *relation.one, True


def _roles() -> list[tuple[Role, int]]:
    """Every role with the number of messages that need it."""
    asked = [message.min_role for message in api.messages.values()]
    return [(role, asked.count(role.name)) for role in api.roles]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m datamodel.reference_pages", description=__doc__
    )
    parser.add_argument("folder", type=Path, help="where the pages are written")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in pages().items():
        (folder / name).write_text(page)
    print(f"{len(pages())} pages: {folder / 'index.html'}")


if __name__ == "__main__":
    main()
