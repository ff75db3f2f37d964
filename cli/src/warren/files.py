"""Files that only their owner may read, and secrets in them."""

import os
import secrets
from pathlib import Path

SECRET_BYTES = 18


def write_private(path: Path, content: str | bytes) -> None:
    """Replace ``path`` at once: a reader finds the old content or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)


def secret(path: Path) -> str:
    """The secret in ``path``, made at its first use."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(SECRET_BYTES))
    return path.read_text().strip()
