"""Files that are replaced at once."""

import os
from pathlib import Path


def replace(path: Path, content: str) -> None:
    """Replace ``path``, for its owner alone; readers find the old or the new content, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
