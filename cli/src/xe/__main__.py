"""``xe``: asks a pool, or the machine's own gateway, to do a command."""

import getpass
import http.client
import os
import socket
import ssl
import sys
from pathlib import Path

from xe.options import USAGE, Options, WronglyUsed, read
from xe.session import Exchange, Lost, context

SOCKETS = (Path("/var/lib/xcp/xapi"),)


def main() -> None:
    sys.stdout.reconfigure(errors="surrogateescape")  # type: ignore[union-attr]
    sys.exit(run(sys.argv[1:]))


def run(argv: list[str]) -> int:
    try:
        options = read(argv, os.environ.get("XE_EXTRA_ARGS", ""), Path.home())
    except (WronglyUsed, OSError) as error:
        print(f"{error}\n{USAGE}", file=sys.stderr, end="")
        return 0
    if "-version" in options.arguments:
        print("ThinCLI protocol: 0.2")
        return 0
    if not options.arguments or {"--help", "-help"} & {*options.arguments}:
        print(USAGE, end="", file=sys.stderr)
        return 0
    try:
        return _ask(options)
    except (Lost, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _ask(options: Options) -> int:
    trusted = options.local and options.port is None and any(map(Path.exists, SOCKETS))
    if not trusted and options.username and options.password is None:
        options.password = getpass.getpass()
    words = list(options.arguments)
    if options.username or trusted:
        words += [f"username={options.username or 'root'}", f"password={options.password or ''}"]
    body = "\n".join(words).encode("utf-8", "surrogateescape")
    head = "POST /cli HTTP/1.0\r\nUser-agent: xe\r\noriginator: xe\r\n"
    head += f"traceparent: {options.traceparent}\r\n" if options.traceparent else ""
    with _connected(options, trusted=trusted) as connection:
        connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        with connection.makefile("rwb") as wire:
            return Exchange(wire, words, lambda host: _http(options, host)).run()  # type: ignore[arg-type]


def _connected(options: Options, *, trusted: bool) -> socket.socket:
    if trusted:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(next(path for path in SOCKETS if path.exists())))
        return connection
    host = options.server or "localhost"
    port = options.port or (80 if options.nossl else 443)
    plain = socket.create_connection((host, port))
    return plain if options.nossl else _secured(plain, options, host)


def _secured(plain: socket.socket, options: Options, host: str) -> ssl.SSLSocket:
    return context(options.cafile).wrap_socket(plain, server_hostname=host)


def _http(options: Options, host: str) -> http.client.HTTPConnection:
    """A connection for a file, always to the user's own choice, whatever host the server names."""
    host = options.server or "localhost"
    if options.nossl:
        return http.client.HTTPConnection(host, options.port or 80)
    return http.client.HTTPSConnection(host, options.port or 443, context=context(options.cafile))


if __name__ == "__main__":
    main()
