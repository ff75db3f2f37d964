"""The index of an SR: a journal on the SR itself, which any host changes under a lock.

The folder ``.warren`` of the SR has ``index``, its twin ``index.copy`` and ``lock``. The first line
of an index is the whole state at some time, and each further line one change of it; a line has a
checksum and a number, and counts once it is on the medium. A line that is damaged in one file is
read from the other; a torn last line, which a crash leaves, is in neither and has never counted.
Once the changes outgrow the state, both files are written anew.
"""

import errno
import fcntl
import json
import logging
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xenops.types import Json

from storage.errors import BackendError
from storage.volumes.state import Changes, State, Wrong, applied, check, encoded, whole

SCHEMA = 1
FOLDER = ".warren"
HEAD = 64
"""Bytes that tell one writing of an index from another."""

SMALL = 256 * 1024
"""Bytes that an index may have before it is written anew."""


BALLAST = 1024**2
"""Bytes that are given up one after the other once an SR is full."""

log = logging.getLogger(__name__)


class Medium:
    """The calls by which an index reaches the medium; tests let them fail."""

    def append(self, descriptor: int, content: bytes) -> None:
        while content:
            content = content[os.write(descriptor, content) :]

    def sync(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def rename(self, old: Path, new: Path) -> None:
        os.rename(old, new)


@dataclass(frozen=True)
class Line:
    """``whole`` if its changes begin with an empty state."""

    number: int
    changes: dict[str, dict[str, Json]]
    whole: bool = False


def written(line: Line, sr: str) -> bytes:
    content: dict[str, Any] = {"n": line.number, "set": line.changes}
    if line.whole:
        content |= {"schema": SCHEMA, "sr": sr}
    text = json.dumps(content, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


@dataclass(frozen=True)
class Read:
    """The sound lines of a file, and whether there is nothing else."""

    lines: tuple[Line, ...] = ()
    clean: bool = False


def read(content: bytes, sr: str, path: Path) -> Read:
    """Read the lines of an index.

    Raises BackendError if a newer Warren has written it, or if it is another SR's.
    """
    lines: list[Line] = []
    clean = True
    for raw in content.splitlines(keepends=True):
        text = raw[9:-1]
        if not raw.endswith(b"\n") or raw[:9] != b"%08x " % zlib.crc32(text):
            clean = False
            continue
        said = json.loads(text)
        if said.get("schema", SCHEMA) > SCHEMA:
            raise BackendError(
                47,
                f"The SR is not available [opterr={path} was written by a newer Warren (schema "
                f"{said['schema']}, and {SCHEMA} is known here); nothing was changed: upgrade "
                f"Warren on this host]",
            )
        if said.get("sr", sr) != sr:
            raise BackendError(
                47, f"The SR is not available [opterr={path} belongs to SR {said['sr']}, not {sr}]"
            )
        lines.append(Line(said["n"], said["set"], "schema" in said))
    return Read(tuple(lines), clean)


Told = tuple[State, int]
"""A state, and the number of the last line that led to it."""


def followed(told: Told | None, lines: Sequence[Line]) -> Told | None:
    """What lines tell after what was told before; None if there is a gap."""
    for line in lines:
        if line.whole:
            told = applied(State(), line.changes), line.number
        elif told is not None and line.number == told[1] + 1:
            told = applied(told[0], line.changes), line.number
        else:
            return None
    return told


def joined(first: Read, second: Read) -> Told | None:
    """What two twins tell together; None if a change is in neither."""
    lines = (*second.lines, *first.lines)
    begins = [line for line in lines if line.whole]
    if not begins:
        return None
    begin = max(begins, key=lambda line: line.number)
    later = {line.number: line for line in lines if line.number > begin.number}
    return followed(None, [begin, *(later[number] for number in sorted(later))])


class Index:
    """The index of one SR; may be used by any number of threads, processes and hosts at once."""

    def __init__(self, root: Path, sr: str, medium: Medium | None = None) -> None:
        """``root`` is the SR's folder."""
        self.root = root
        self.sr = sr
        self._medium = medium or Medium()
        self._main = root / FOLDER / "index"
        self._twin = root / FOLDER / "index.copy"
        self._ballast = root / FOLDER / "ballast"
        # What was read until now: from a file that begins so, up to this byte.
        self._state = State()
        self._number = 0
        self._head = b""
        self._end = 0

    def create(self) -> None:
        """Make an empty index, unless it is there; raises BackendError 16 if another SR's is."""
        folder = self.root / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "lock").touch(mode=0o600)
        with self._locked():
            if owner(self.root) == self.sr:
                return
            if self._main.exists() or self._twin.exists():
                raise BackendError(16, f"The SR is in use [opterr={self.root} has an SR already]")
            self._number = 1
            self._rewrite()

    @contextmanager
    def change(self) -> Iterator["Change"]:
        """Lock the index and bring it up to date; raises BackendError 47 if it is not there."""
        with self._locked() as lock:
            self._refresh()
            yield Change(self, lock)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        lock = _opened(self.root / FOLDER / "lock")
        try:
            # The lock is the open file's: it goes when we die, and the programs that have it too.
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield lock
        finally:
            os.close(lock)

    def _refresh(self) -> None:
        """Read what others have appended; all of it if the file is not the one read before."""
        try:
            with open(self._main, "rb") as file:
                head = file.read(HEAD)
                known = head == self._head
                begin = self._end if known else 0
                file.seek(begin)
                content = file.read()
        except FileNotFoundError:
            self._repair(Read())
            return
        if known and not content:
            return
        found = read(content, self.sr, self._main)
        told = followed((self._state, self._number) if known else None, found.lines)
        if told is None or not found.clean:
            if known:
                self._head = b""
                self._refresh()
            else:
                self._repair(found)
            return
        self._state, self._number = told
        self._head, self._end = head, begin + len(content)
        if not known:
            self._checked(self._state)
            try:
                self._match()
            except OSError as failed:
                log.warning("%s has no whole copy at the moment: %s", self._main, failed)

    def _match(self) -> None:
        """Make the twin what the index is, if it is not."""
        content = self._main.read_bytes()
        if not self._twin.exists() or self._twin.read_bytes() != content:
            self._replace(self._twin, content)

    def _repair(self, main: Read) -> None:
        """Write anew what both files tell together."""
        other = Read()
        if self._twin.exists():
            other = read(self._twin.read_bytes(), self.sr, self._twin)
        told = joined(main, other)
        if told is None:
            raise BackendError(
                47,
                f"The SR is not available [opterr={self._main} and its copy {self._twin} are both "
                f"missing or damaged; put one of them back from a backup, or make the SR anew and "
                f"copy the image files into it: each is found by a scan]",
            )
        self._state, self._number = told
        self._checked(self._state)
        self._rewrite()

    def _checked(self, state: State) -> None:
        try:
            check(state)
        except Wrong as wrong:
            raise BackendError(
                47,
                f"The SR is not available [opterr={self._main} contradicts itself: {wrong}; put it "
                f"back from a backup]",
            ) from None

    def _rewrite(self) -> None:
        """Write the state as both files' only line."""
        content = written(Line(self._number, whole(self._state), whole=True), self.sr)
        self._even_if_full(lambda: self._replace(self._main, content))
        self._head, self._end = content[:HEAD], len(content)
        self._replace(self._twin, content)

    def _replace(self, path: Path, content: bytes) -> None:
        new = path.with_name(f"{path.name}.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            self._medium.append(descriptor, content)
            self._medium.sync(descriptor)
        finally:
            os.close(descriptor)
        self._medium.rename(new, path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._medium.sync(folder)
        finally:
            os.close(folder)

    def append(self, changes: Changes) -> State:
        """Only for Change: under the lock."""
        json_ = encoded(changes)
        state = applied(self._state, json_)
        check(state)
        content = written(Line(self._number + 1, json_), self.sr)
        self._even_if_full(lambda: self._write(content))
        before, self._end = self._end, self._end + len(content)
        self._state, self._number = state, self._number + 1
        # The change is there. What follows can be done at the next one as well.
        try:
            self._follow(content, before)
            if self._end > max(SMALL, 4 * self._begin_size()):
                self._rewrite()
        except OSError as failed:
            log.warning("%s has no whole copy at the moment: %s", self._main, failed)
        return state

    def _write(self, content: bytes) -> None:
        descriptor = os.open(self._main, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        try:
            self._medium.append(descriptor, content)
            self._medium.sync(descriptor)
        except OSError:
            # Whether it is there is unclear; if it stays, it must not be half a line.
            os.ftruncate(descriptor, self._end)
            raise
        finally:
            os.close(descriptor)

    def load_ballast(self) -> None:
        """Put space aside with which the index of a full SR can be changed."""
        if not self._ballast.exists() or self._ballast.stat().st_size < BALLAST:
            with open(self._ballast, "wb") as file:
                os.posix_fallocate(file.fileno(), 0, BALLAST)

    def _even_if_full(self, do: Callable[[], None]) -> None:
        """Do it, with what there is of the ballast if there is no other space."""
        while True:
            try:
                do()
            except OSError as failed:
                left = self._ballast.stat().st_size if self._ballast.exists() else 0
                if failed.errno not in (errno.ENOSPC, errno.EDQUOT) or not left:
                    raise
                os.truncate(self._ballast, max(0, left - BALLAST // 16))
            else:
                return

    def _begin_size(self) -> int:
        with open(self._main, "rb") as file:
            return len(file.readline())

    def _follow(self, content: bytes, before: int) -> None:
        """Append to the twin what the index has got; it need not be on the medium at once."""
        descriptor = os.open(self._twin, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            matches = os.fstat(descriptor).st_size == before
            if matches:
                self._medium.append(descriptor, content)
        finally:
            os.close(descriptor)
        if not matches:
            self._match()

    @property
    def state(self) -> State:
        """Only for Change: the state under the lock."""
        return self._state


class Change:
    """The index while it is locked; ``lock`` is the lock's descriptor."""

    def __init__(self, index: Index, lock: int) -> None:
        self._index = index
        self.lock = lock

    @property
    def state(self) -> State:
        return self._index.state

    def enter(self, changes: Changes, operation: str = "", result: Json = None) -> None:
        """Make a change, which is on the medium afterwards, with its operation's result.

        Raises Wrong, and nothing has changed, if the state would be one that must not be.
        """
        if operation:
            changes = {**changes, "results": {operation: [result]}}
        self._index.append(changes)


def owner(root: Path) -> str | None:
    """The uuid of the SR that is in a folder, if one is."""
    for name in ("index", "index.copy"):
        try:
            with open(root / FOLDER / name, "rb") as file:
                first = file.readline()
            return str(json.loads(first[9:])["sr"])
        except (OSError, ValueError, KeyError):
            continue
    return None


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        raise BackendError(
            47,
            f"The SR is not available [opterr={path} is gone: the SR's medium is not mounted here; "
            f"unplug the PBD, mend the storage, and plug the PBD again]",
        ) from None
