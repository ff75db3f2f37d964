"""From the lines of a request to a command and its arguments."""

from dataclasses import dataclass, field

from xapi.xe.failures import Failed, Missing

WITH_A_VALUE = {"-u": "username", "-pw": "password", "-s": "server", "-h": "server", "-p": "port"}
FLAGS = ("minimal", "multiple", "trace", "debug", "internal")
"""Flags that every command takes, which are no parameters."""

OF_THE_CLIENT = ("username", "password", "session_id", "server", "port")
TRUE, FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")


@dataclass
class Arguments:
    """A command and its arguments; a parameter that is given twice has both values."""

    command: str = ""
    params: list[tuple[str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    credentials: dict[str, str] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)

    def get(self, name: str) -> str | None:
        return next((value for key, value in self.params if key == name), None)

    def require(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise Missing(name)
        return value

    def flag(self, name: str) -> bool:
        """Whether a flag is set, as ``--name`` or with a value that says so."""
        value = self.get(name)
        return name in self.flags or (value is not None and value.lower() in TRUE)

    def mapped(self, name: str) -> dict[str, str]:
        """The values of ``name:key=value``, also written ``name-key=value``."""
        values = {}
        for key, value in self.params:
            if key.startswith((f"{name}:", f"{name}-")):
                values[key[len(name) + 1 :]] = value
        return values


def parse(lines: list[str]) -> Arguments:
    """The command and its arguments; the first word is the command."""
    arguments, rest = Arguments(), iter(lines)
    arguments.command = next(rest, "")
    for line in rest:
        if line in WITH_A_VALUE:
            arguments.credentials[WITH_A_VALUE[line]] = next(rest, "")
            continue
        name, equals, value = line.partition("=")
        if name.startswith("--"):
            name, value = name[2:], value if equals else "true"
        elif not equals:
            arguments.words.append(line)
        if name in FLAGS and (line.startswith("--") or value.lower() in TRUE):
            arguments.flags.add(name)
        elif name in OF_THE_CLIENT and equals:
            arguments.credentials[name] = value
        else:
            arguments.params.append((name, value))
    return arguments


def boolean(name: str, text: str) -> bool:
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise Failed(
        f"Failed to parse parameter '{name}': expecting a boolean (true/false, yes/no, 1/0)"
    )


SUFFIXES = {"": 1, "bytes": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}


def size(name: str, text: str) -> int:
    """A number of bytes, which may have a unit."""
    digits = text.strip()
    unit = digits.lstrip("0123456789")
    scale = SUFFIXES.get(unit.strip().lower())
    if scale is None or len(unit) == len(digits):
        raise Failed(
            f"Failed to parse field '{name}': expecting an integer"
            f" (possibly with suffix KiB, MiB, GiB, TiB), got '{text}'"
        )
    return int(digits[: len(digits) - len(unit)]) * scale


def integer(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Failed(f"Failed to parse parameter '{name}': expecting an integer") from None
