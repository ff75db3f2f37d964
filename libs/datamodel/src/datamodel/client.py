"""A typed Python client of the XenAPI, derived from the declarations.

``python -m datamodel.client FOLDER`` writes ``xenapi_client.py``, which needs Python 3.11 alone.
"""

import argparse
import json
import keyword
import textwrap
from pathlib import Path

import jinja2

from datamodel import api
from datamodel.model import (
    MISSING,
    NATIVE,
    Class,
    EnumType,
    MapType,
    Message,
    OptionType,
    Param,
    RecordType,
    RefType,
    SetType,
    Type,
)

MODULE = "xenapi_client.py"


def _identifier(name: str) -> str:
    identifier = name.replace("-", "_")
    return f"{identifier}_" if keyword.iskeyword(identifier) or identifier == "self" else identifier


def _hint(type_: Type) -> str:
    match type_:
        case EnumType(name):
            return _identifier(name)
        case RefType(cls):
            return f"{cls}Ref"
        case RecordType(cls):
            return f"{cls}Record"
        case SetType(item):
            return f"list[{_hint(item)}]"
        case OptionType(item):
            return f"{_hint(item)} | None"
        case MapType(key, value):
            return f"dict[{_hint(key)}, {_hint(value)}]"
        case plain:
            return NATIVE[type(plain)].__name__


def _default(param: Param) -> str:
    """A parameter's default; containers are never changed by a call, so they may be shared."""
    if param.default is MISSING:
        return ""
    if isinstance(param.type, RefType):
        return f" = {param.type.cls}Ref({json.dumps(param.default)})"
    if isinstance(param.type, EnumType) and param.default not in param.type.values:
        return f" = cast(Any, {param.default!r})"  # the XenAPI itself declares it so
    return f" = {param.default!r}"


def _docstring(doc: str) -> str:
    escaped = doc.replace("\\", "\\\\").replace('"', "'")
    return textwrap.shorten(escaped, 90, placeholder=" …")


def _callable(cls: Class) -> list[Message]:
    return [message for message in cls.messages.values() if message.state != "Removed"]


def _asynchronous(cls: Class) -> list[Message]:
    return [message for message in _callable(cls) if message.is_async]


def source() -> str:
    """The client's module."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("datamodel"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "identifier": _identifier,
        "hint": _hint,
        "default_of": _default,
        "docstring": _docstring,
        "callable": _callable,
        "asynchronous": _asynchronous,
        "title_of": lambda name: name[0].upper() + name[1:],
    }
    template = environment.get_template("client.py.j2")
    return template.render(
        classes=list(api.classes.values()), refs=list(api.classes), enums=api.enums
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m datamodel.client", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the module is written")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODULE).write_text(source())
    (folder / "py.typed").touch()
    print(f"{folder / MODULE}: {len(api.messages)} messages of {len(api.classes)} classes")


if __name__ == "__main__":
    main()
