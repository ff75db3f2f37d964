"""The command line's own names for what the XenAPI has, read from two tables.

``classes.txt``: ``[class] XenAPI class : columns of a list : filters of a list``, then a line for
each field: its name, its kind and operations (``@`` set, ``%`` map, ``=`` set it, ``+`` add and
remove, ``0`` clear, ``*`` set a whole map, ``.`` set a key), options (``-h`` hidden, ``-x`` costs
a call, ``-d`` deprecated, ``-i`` any case), its path if the name does not show it, and after ``!``
the message that sets it. ``as`` gives a class the fields of another.

``commands.txt``: name, required parameters, optional ones, ``/`` options; after ``=`` the message
that the command calls, and where its parameters come from.
"""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from datamodel import api
from datamodel.model import MapType, OptionType, RefType, SetType, Type


@dataclass(frozen=True)
class XeField:
    name: str
    cls: str
    kind: str
    operations: str
    options: str
    path: tuple[str, ...]
    setter: str | None

    @property
    def mark(self) -> str:
        """Whether it is a set or a map, and whether it can be changed: those, member by member."""
        kind = {"": " ", "@": "S", "%": "M"}[self.kind]
        return f"{kind}{'RW' if ('+' if self.kind else '=') in self.operations else 'RO'}"

    @property
    def hidden(self) -> bool:
        return "h" in self.options

    @property
    def expensive(self) -> bool:
        return "x" in self.options


@dataclass(frozen=True)
class XeClass:
    name: str
    cls: str
    columns: tuple[str, ...]
    confined: tuple[tuple[str, str], ...]
    fields: dict[str, XeField]

    @property
    def shown(self) -> tuple[XeField, ...]:
        """The fields that are not hidden."""
        return tuple(each for each in self.fields.values() if not each.hidden)


@dataclass(frozen=True)
class XeCommand:
    """A command of ``commands.txt``. ``options``: S standard, H hidden, D deprecated, v h r select
    VMs, hosts and SRs, L needs no pool."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    options: str
    message: str | None
    sources: tuple[str, ...] = field(default=())


def target_of(type_: Type) -> str | None:
    """The class that a field's values refer to."""
    match type_:
        case RefType(cls):
            return cls
        case SetType(item) | OptionType(item):
            return target_of(item)
        case MapType(_, value):
            return target_of(value)
    return None


@cache
def classes() -> dict[str, XeClass]:
    by_name: dict[str, XeClass] = {}
    for block in _table("classes.txt").strip().split("\n\n"):
        head, *lines = block.split("\n")
        title, *more = head.split(" : ")
        name, cls = title[1:].split("] ")
        if lines[0].startswith("as "):
            fields = by_name[lines[0][3:]].fields
        else:
            fields = {each.name: each for each in (_field(cls, line) for line in lines)}
        columns = tuple(more[0].split()) if more else ()
        confined = tuple(
            (key, value)
            for key, _, value in (pair.partition("=") for pair in "".join(more[1:2]).split())
        )
        by_name[name] = XeClass(name, cls, columns, confined, fields)
    return by_name


def _field(cls: str, line: str) -> XeField:
    name, *words = line.split(" ")
    kind = operations = options = ""
    path: tuple[str, ...] = ()
    setter = None
    for word in words:
        if word[0] == "!":
            setter = word[1:]
        elif word[0] == "-":
            options = word[1:]
        elif word[0] in "@%=+":
            kind = word[0] if word[0] in "@%" else ""
            operations = word[len(kind) :]
        else:
            path = tuple(word.split(">"))
    if not path:
        plain = name.replace("-", "_").lower()
        path = tuple(each for each in api.classes[cls].fields if each.lower() == plain)[:1]
    return XeField(name, cls, kind, operations, options, path, setter)


@cache
def commands() -> dict[str, XeCommand]:
    by_name = {}
    for line in _table("commands.txt").splitlines():
        declared, _, does = line.partition(" = ")
        declared, _, options = declared.partition(" /")
        name, *params = declared.split()
        message, *sources = does.split() or [""]
        by_name[name] = XeCommand(
            name,
            tuple(each for each in params if not each.endswith("?")),
            tuple(each[:-1] for each in params if each.endswith("?")),
            options.strip(),
            message or None,
            tuple(sources),
        )
    return by_name


def _table(name: str) -> str:
    return files("xapi.xe").joinpath(name).read_text(encoding="utf-8")
