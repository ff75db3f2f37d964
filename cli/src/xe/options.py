"""Which server to ask, and as which user: the command line, ``~/.xe`` and ``XE_EXTRA_ARGS``."""

import shlex
from dataclasses import dataclass, field
from pathlib import Path

USAGE = """Usage:
  xe <command>
    [ -s <server> ]            address of the pool
    [ -p <port> ]              its port
    [ -u <username> -pw <password> | -pwf <password file> ]
                               who asks (password or file)
    [ --nossl ]                without TLS, on this machine or a network that is trusted
    [ --cafile <file> ]        the authority that the pool's certificate is checked against
    [ --minimal ]              values alone, with commas between them
    [ <other arguments> ... ]  what the command takes

A full list of commands: xe help --all
"""
WITH_A_VALUE = {
    **{"-s": "server", "-h": "server", "-p": "port", "-u": "username", "-pw": "password"},
    **{"-pwf": "passwordfile", "--cafile": "cafile", "--traceparent": "traceparent"},
}
LOCAL = ("", "localhost", "127.0.0.1")


class WronglyUsed(Exception):
    """The command line cannot be understood."""


@dataclass
class Options:
    server: str = ""
    port: int | None = None
    username: str = ""
    password: str | None = None
    cafile: str | None = None
    traceparent: str = ""
    nossl: bool = False
    arguments: list[str] = field(default_factory=list)

    @property
    def local(self) -> bool:
        return self.server in LOCAL


def read(argv: list[str], extra: str, home: Path) -> Options:
    """The options; the command line wins over ``XE_EXTRA_ARGS``, and that over ``~/.xe``."""
    options = Options()
    settings = home / ".xe"
    lines = settings.read_text().splitlines() if settings.is_file() else []
    for line in lines:
        name, _, value = line.partition("=")
        _take(options, name.strip(), value.strip())
    _parse(options, shlex.split(extra.replace(",", " ")))
    options.arguments.clear()
    _parse(options, argv)
    return options


def _parse(options: Options, argv: list[str]) -> None:
    rest = iter(argv)
    for word in rest:
        if word in WITH_A_VALUE:
            value = next(rest, None)
            if value is None:
                raise WronglyUsed(f"{word} needs a value")
            _take(options, WITH_A_VALUE[word], value)
        elif word == "--nossl":
            options.nossl = True
        else:
            options.arguments.append(word)


def _take(options: Options, name: str, value: str) -> None:
    match name:
        case "port":
            if not value.isdecimal() or int(value) > 65535:
                raise WronglyUsed("Port number must be an integer (0-65535)")
            options.port = int(value)
        case "passwordfile":
            lines = Path(value).read_text().splitlines()
            options.password = lines[0] if lines else ""
        case "nossl":
            options.nossl = value == "true"
        case "server" | "username" | "password" | "cafile" | "traceparent":
            setattr(options, name, value)
