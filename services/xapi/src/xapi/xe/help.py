"""``xe help``: the commands, and what each takes."""

from xapi.xe import generic
from xapi.xe.declared import classes, commands
from xapi.xe.desk import Desk

USAGE = """Usage:
  xe <command>
    [ -s <server> ]            address of the pool
    [ -p <port> ]              its port
    [ -u <username> -pw <password> | -pwf <password file> ]
                               who asks (password or file)
    [ --nossl ]                without TLS
    [ --debug ]                tell of the exchange
    [ --debug-on-fail ]        tell of the exchange where it fails
    [ --minimal ]              values alone, with commas between them
    [ --traceparent <value> ]  the trace that this belongs to
    [ --trace ]                tell where a failure came from
    [ <other arguments> ... ]  what the command takes
"""
SELECTORS = {"v": "<vm-selectors>", "h": "<host-selectors>", "r": "<sr-selectors>"}


def standard() -> list[str]:
    listed = [
        name
        for name, command in commands().items()
        if "S" in command.options and "H" not in command.options
    ]
    return sorted([*listed, *(f"{each}-list" for each in ("network", "sr", "vm"))])


def everything() -> list[str]:
    """The names of all commands that are not hidden."""
    names = [name for name, command in commands().items() if "H" not in command.options]
    for cls in classes().values():
        names += [f"{cls.name}-{verb}" for verb in generic.verbs_of(cls)]
    return sorted(names)


async def help_(desk: Desk) -> None:
    if desk.said.words:
        for name in desk.said.words:
            await desk.print(_of(name))
        return
    names = everything() if desk.said.flag("all") else standard()
    if "minimal" in desk.said.flags:
        await desk.print(",".join(names))
        return
    more = "" if desk.said.flag("all") else "\nMore: xe help --all"
    await desk.print(f"{USAGE}\nCommands:\n  {', '.join(names)}\n{more}")


def _of(name: str) -> str:
    """The help for a command."""
    command = commands().get(name)
    if command is not None:
        extra = [selector for option, selector in SELECTORS.items() if option in command.options]
        takes = [*command.required], [*command.optional, *extra]
        does = f"calls {command.message}" if command.message else name.replace("-", " ")
        return _page(name, *takes, does)
    cls, verb = split(name)
    if cls is None:
        return f"Unknown command '{name}'\nSee: xe help --all"
    declared = classes()[cls]
    required = [*generic.VERBS[verb][1]]
    return _page(
        name, required, [*generic.optional_of(declared, verb)], f"{verb} of {declared.cls}"
    )


def split(name: str) -> tuple[str | None, str]:
    """The class and verb of one of the commands that every class has."""
    for verb in generic.VERBS:
        cls = name.removesuffix(f"-{verb}")
        if cls != name and cls in classes() and verb in generic.verbs_of(classes()[cls]):
            return cls, verb
    return None, ""


def _page(name: str, required: list[str], optional: list[str], does: str) -> str:
    return (
        f"command name            : {name}\n"
        f"        reqd params     : {', '.join(required)}\n"
        f"        optional params : {', '.join(optional)}\n"
        f"        description     : {does}\n\n"
    )
