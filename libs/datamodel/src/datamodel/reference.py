"""The reference of the XenAPI as HTML pages, derived from the declarations.

``python -m datamodel.reference FOLDER`` writes them; the gateway serves them at ``/reference/``.
"""

import argparse
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from datamodel import api
from datamodel.model import (
    Class,
    EnumType,
    Field,
    MapType,
    OptionType,
    RecordType,
    RefType,
    SetType,
    Type,
)
from datamodel.roles import ORDER

ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("datamodel"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)
QUALIFIERS = {"RW": "read, write", "StaticRO": "at creation", "DynamicRO": "read"}


@cache
def pages() -> Mapping[str, str]:
    """Every page by its file's name."""
    found = {
        "index.html": _page("index"),
        "errors.html": _page("errors"),
        "types.html": _page("types", enums=enums()),
        "roles.html": _page("roles", roles=_roles()),
    }
    for cls in api.classes.values():
        facts = {"cls": cls, "linked": _linked, "kind": _kind, "relations": list(_relations(cls))}
        found[f"{cls.name}.html"] = _page("class", **facts)
    return found


def _page(name: str, **facts: object) -> str:
    return ENVIRONMENT.get_template(f"{name}.html.j2").render(api=api, **facts)


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
    """Field, other class, its field, and whether there are many of the others."""
    for relation in api.relations:
        ends = (relation.one, relation.many)
        if any(api.classes[other].fields[field].internal_only for other, field in ends):
            continue
        if relation.one[0] == cls.name:
            yield relation.one[1], *relation.many, relation.kind == "many-to-many"
        if relation.many[0] == cls.name and relation.kind != "self":
            yield relation.many[1], *relation.one, True


def enums() -> dict[str, tuple[str, ...]]:
    """Every enumeration that a field or message names, with its values."""
    return dict(sorted(_enums()))


def _enums() -> Iterator[tuple[str, tuple[str, ...]]]:
    for cls in api.classes.values():
        types = [field.type for field in cls.fields.values()]
        for message in cls.messages.values():
            types += [param.type for param in message.params]
            types += [message.result] if message.result else []
        for type_ in types:
            yield from _enums_of(type_)


def _enums_of(type_: Type) -> Iterator[tuple[str, tuple[str, ...]]]:
    match type_:
        case EnumType(name, values):
            yield name, values
        case SetType(item) | OptionType(item):
            yield from _enums_of(item)
        case MapType(key, value):
            yield from _enums_of(key)
            yield from _enums_of(value)


def _roles() -> list[tuple[str, int]]:
    asked = [message.min_role for message in api.messages.values()]
    return [(name, asked.count(name)) for name in ORDER]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m datamodel.reference", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pages are written")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in pages().items():
        (folder / name).write_text(page)
    print(f"{len(pages())} pages: {folder / 'index.html'}")


if __name__ == "__main__":
    main()
