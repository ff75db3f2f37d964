"""The addresses of NBD exports, as QEMU writes them and as the storage interface passes them on."""

import re
from dataclasses import dataclass

UNIX = re.compile(r"nbd:unix:(?P<socket>/.*?)(?::exportname=(?P<export>.*))?", re.DOTALL)
TCP = re.compile(
    r"nbd:(?P<host>\[[0-9a-fA-F:.]+\]|[^:\[\]/]+):(?P<port>[0-9]{1,5})"
    r"(?::exportname=(?P<export>.*))?",
    re.DOTALL | re.ASCII,
)


def is_address(params: str) -> bool:
    """Whether the ``params`` of a block back end are meant as an NBD address."""
    return params.startswith("nbd:")


@dataclass(frozen=True)
class Address:
    """Where an export is: the path of a unix socket, or a host and a port."""

    at: str | tuple[str, int]
    export: str = ""

    @classmethod
    def read(cls, text: str) -> "Address":
        """``nbd:unix:SOCKET:exportname=NAME`` or ``nbd:HOST:PORT:exportname=NAME``.

        Raises ValueError for all else.
        """
        if unix := UNIX.fullmatch(text):
            return cls(unix["socket"], unix["export"] or "")
        if tcp := TCP.fullmatch(text):
            return cls((tcp["host"].strip("[]"), int(tcp["port"])), tcp["export"] or "")
        raise ValueError(f"{text!r} is not an NBD address")

    def __str__(self) -> str:
        if isinstance(self.at, str):
            return f"nbd:unix:{self.at}:exportname={self.export}"
        host, port = self.at
        return f"nbd:{f'[{host}]' if ':' in host else host}:{port}:exportname={self.export}"
