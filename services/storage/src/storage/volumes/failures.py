"""What goes wrong below the operations on an SR, as clients hear it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import BackendError
from storage.volumes.images import HostileImage
from storage.volumes.programs import ProgramFailed
from storage.volumes.state import Wrong

NO_SPACE = "There is insufficient space"


@contextmanager
def told(root: Path) -> Iterator[None]:
    """Raise as BackendError what an operation on the SR in ``root`` meets."""
    try:
        yield
    except OSError as failed:
        if failed.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BackendError(44, f"{NO_SPACE} [opterr={root} is full]") from failed
        raise BackendError(47, f"The SR is not available [opterr={root}: {failed}]") from failed
    except ProgramFailed as failed:
        if "No space left" in failed.told:
            raise BackendError(44, f"{NO_SPACE} [opterr={root} is full]") from failed
        raise BackendError(46, f"The VDI is not available [opterr={failed}]") from failed
    except (HostileImage, Wrong) as failed:
        raise BackendError(46, f"The VDI is not available [opterr={failed}]") from failed
