"""One exchange of the thin protocol: obeys the server, but touches only files the user named."""

import os
import ssl
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

HELLO = b"XenSource thin CLI protocol" + struct.pack("<ii", 0, 2)
MESSAGE_MAX = 64 * 1024 * 1024
BLOCK = 64 * 1024
PRINT, LOAD, PROMPT, EXIT, OK, FAILED, CHUNK, END = 0, 1, 3, 4, 5, 6, 7, 8
COMMAND, RESPONSE, BLOB, HTTP_GET, HTTP_PUT, ERROR, DEBUG, STDERR = 9, 10, 11, 12, 13, 14, 15, 16


class Lost(Exception):
    """The server broke off, or does not speak the protocol."""


@dataclass
class Exchange:
    """``http`` connects to the server for a file; only files in ``arguments`` are touched."""

    wire: BinaryIO
    arguments: list[str]
    http: Callable[[str], HTTPConnection]

    def run(self) -> int:
        """Obey the server until the command's end; returns its exit code. Raises Lost."""
        if self._read(len(HELLO))[: len(HELLO) - 4] != HELLO[:-4]:
            raise Lost("The server does not speak this protocol")
        self._send(HELLO)
        while True:
            tag, fields = self._command()
            match tag:
                case x if x == EXIT:
                    return fields.number()
                case x if x == PRINT:
                    print(fields.string(), flush=True)
                case x if x == STDERR:
                    print(fields.string(), end="", file=sys.stderr, flush=True)
                case x if x == ERROR:
                    code = fields.string()
                    params = [fields.string() for _ in range(fields.number())]
                    print(f"Error code: {code}", file=sys.stderr)
                    print(f"Error parameters: {', '.join(params)}", file=sys.stderr)
                case x if x == PROMPT:
                    self._blob(self._typed())
                case x if x == LOAD:
                    self._load(fields.string())
                case x if x == HTTP_GET:
                    self._respond(self._download(fields.string(), fields.string()))
                case x if x == HTTP_PUT:
                    self._respond(self._upload(fields.string(), fields.string()))
                case x if x == DEBUG:
                    pass
                case _:
                    raise Lost(f"The server sent a command that is not known: {tag}")

    def _typed(self) -> bytes:
        line = sys.stdin.readline()
        if not line:
            raise Lost("Lost connection to the server.")
        return line.rstrip("\n").encode()

    def permitted(self, name: str) -> bool:
        """Whether the user has named a file."""
        return any(name == word.partition("=")[2] for word in self.arguments if "=" in word)

    def _refused(self, name: str) -> bool:
        if not self.permitted(name):
            print(f"The server asks for a file that you have not named: {name!r}", file=sys.stderr)
            return True
        return False

    def _load(self, name: str) -> None:
        try:
            contents = None if self._refused(name) else Path(name).read_bytes()
        except OSError:
            contents = None
        self._respond(contents is not None)
        if contents is not None:
            self._blob(contents)

    def _download(self, name: str, url: str) -> bool:
        if self._refused(name):
            return False
        try:
            with open(name, "xb") if name else os.fdopen(os.dup(1), "wb") as file:
                answer = self._ask("GET", url, None)
                while block := answer.read(BLOCK):
                    file.write(block)
        except (OSError, HTTPException, Lost) as error:
            print(f"Operation failed. Error: {error}", file=sys.stderr)
            return False
        return True

    def _upload(self, name: str, url: str) -> bool:
        if self._refused(name):
            return False
        if not Path(name).is_file():
            print(f"Operation failed. Error: file '{name}' does not exist", file=sys.stderr)
            return False
        try:
            with open(name, "rb") as file:
                self._ask("PUT", url, file).read()
        except (OSError, HTTPException, Lost) as error:
            print(f"Operation failed. Error: {error}", file=sys.stderr)
            return False
        return True

    def _ask(self, method: str, url: str, file: BinaryIO | None) -> HTTPResponse:
        parts = urlsplit(url)
        connection = self.http(parts.hostname or "")
        length = {} if file is None else {"content-length": str(os.fstat(file.fileno()).st_size)}
        connection.request(method, f"{parts.path}?{parts.query}", file, length)
        answer = connection.getresponse()
        if answer.status != 200:
            raise Lost(f"the server answers {answer.status} {answer.reason}")
        return answer

    def _respond(self, done: bool) -> None:
        self._message(struct.pack("<ii", RESPONSE, OK if done else FAILED))

    def _blob(self, contents: bytes) -> None:
        if contents:
            self._message(struct.pack("<iii", BLOB, CHUNK, len(contents)))
            self._send(contents)
        self._message(struct.pack("<ii", BLOB, END))

    def _message(self, payload: bytes) -> None:
        self._send(struct.pack("<i", len(payload)) + payload)

    def _send(self, data: bytes) -> None:
        self.wire.write(data)
        self.wire.flush()

    def _read(self, size: int) -> bytes:
        data = self.wire.read(size)
        if len(data) < size:
            raise Lost("Lost connection to the server.")
        return data

    def _command(self) -> "tuple[int, Fields]":
        size = struct.unpack("<i", self._read(4))[0]
        if not 8 <= size <= MESSAGE_MAX:
            raise Lost(f"The server sent a message of {size} bytes")
        payload = Fields(self._read(size))
        if payload.number() != COMMAND:
            raise Lost("The server sent no command")
        return payload.number(), payload


class Fields:
    """Reads the parts of a message one after the other; raises Lost for a false length."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def _take(self, size: int) -> bytes:
        if not 0 <= size <= len(self._data):
            raise Lost("The server lies about the length of a message")
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def number(self) -> int:
        return int(struct.unpack("<i", self._take(4))[0])

    def string(self) -> str:
        return self._take(self.number()).decode("utf-8", "surrogateescape")


def context(cafile: str | None) -> ssl.SSLContext:
    """TLS that checks the pool's certificate."""
    return ssl.create_default_context(cafile=cafile)
