"""The base image that Warren's images are built on, made by debootstrap instead of fetched.

It has this machine's certificates, so that it can fetch packages from the same places.

By hand: debootstrap makes the files and `docker import` the image; only the certificates are added.
"""

import shutil
import subprocess
from pathlib import Path

from container_lab.engine import Engine, mirror

# The name that the Dockerfile asks for, so that it builds here as it does anywhere.
NAME = "debian:bookworm-20250520-slim"
CERTIFICATES = Path("usr/local/share/ca-certificates")
LEFT_OUT = ("./var/cache/apt/archives/*.deb", "./var/lib/apt/lists/*", "./dev/*")
LEFT_OUT_AS_SLIM = ("./usr/share/doc/*", "./usr/share/man/*", "./usr/share/locale/*")


def ensure(engine: Engine) -> None:
    """Make the base image unless the engine has it. Needs root."""
    if engine.has_image(NAME):
        return
    root = engine.folder / "rootfs"
    log = engine.folder / "debootstrap.log"
    with log.open("wb") as words:
        subprocess.run(
            [
                *("debootstrap", "--variant=minbase", "--include=ca-certificates"),
                *("bookworm", str(root), mirror()),
            ],
            stdout=words,
            stderr=words,
            check=True,
        )
    _security_updates(root)
    (root / CERTIFICATES).mkdir(parents=True, exist_ok=True)
    for certificate in (Path("/") / CERTIFICATES).glob("*.crt"):
        shutil.copy(certificate, root / CERTIFICATES)
    subprocess.run(["chroot", str(root), "update-ca-certificates"], capture_output=True, check=True)
    without = [f"--exclude={pattern}" for pattern in (*LEFT_OUT, *LEFT_OUT_AS_SLIM)]
    pack = subprocess.Popen(["tar", "-C", str(root), "-c", *without, "."], stdout=subprocess.PIPE)
    assert pack.stdout is not None
    engine.docker("import", "--change", 'CMD ["bash"]', "-", NAME, stdin=pack.stdout.fileno())
    pack.wait()
    shutil.rmtree(root)


def _security_updates(root: Path) -> None:
    """This machine's sources, in the form that the published image has."""
    parts = Path("/etc/apt/sources.list.d/debian.sources")
    if parts.exists():
        shutil.copy(parts, root / "etc/apt/sources.list.d")
        (root / "etc/apt/sources.list").write_text("")
