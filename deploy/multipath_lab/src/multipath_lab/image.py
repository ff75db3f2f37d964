"""The image of a Debian machine with multipath-tools; built once for the same inputs.

mmdebstrap makes the file system. By hand is only the choice of what is in it.
"""

import hashlib
import shutil
import subprocess
from importlib import resources
from pathlib import Path

PACKAGES = (
    *("linux-image-amd64", "initramfs-tools", "kmod", "procps", "iproute2", "openssh-server"),
    *("python3", "udev", "multipath-tools", "e2fsprogs", "util-linux", "mount"),
)
SOURCES = ("/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources")
RAMDISK_MODULES = ("virtio_pci", "virtio_blk", "ext4")
DISK = "3G"
FILES = resources.files("multipath_lab") / "files"


def key() -> str:
    """Names an image by everything that goes into it."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name in ("init", "multipath.conf"):
        digest.update((FILES / name).read_bytes())
    return digest.hexdigest()[:16]


def build(folder: Path) -> Path:
    """The folder of the image: ``vmlinuz``, ``ramdisk``, ``disk``, ``id`` (an ssh key)."""
    image = folder / f"multipath-{key()}"
    if image.exists():
        return image
    print("lab: installing Debian with multipath-tools into a folder (a minute)", flush=True)
    work = folder / "multipath-work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    root = work / "root"
    _install(root)
    _configure(root, work)
    for name, target in (("vmlinuz", "vmlinuz"), ("initrd.img", "ramdisk")):
        shutil.copy(next((root / "boot").glob(f"{name}-*")), work / target)
    disk = str(work / "disk")
    _run("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", str(root), disk, DISK)
    shutil.rmtree(root)
    work.rename(image)
    return image


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def _install(root: Path) -> None:
    modules = "\\n".join(RAMDISK_MODULES)
    ramdisk = (
        'mkdir -p "$1/etc/initramfs-tools/conf.d"',
        'echo MODULES=list >"$1/etc/initramfs-tools/conf.d/lab"',
        f'printf "{modules}\\n" >"$1/etc/initramfs-tools/modules"',
    )
    # What is mounted in the folder is gone with the command, even when that is killed.
    _run(
        *("unshare", "--mount", "mmdebstrap", "--quiet", "--mode=root", "--variant=minbase"),
        f"--include={','.join(PACKAGES)}",
        '--aptopt=Acquire::Check-Valid-Until "false"',
        '--aptopt=Apt::Install-Recommends "false"',
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        f"--essential-hook={'; '.join(ramdisk)}",
        *("bookworm", str(root)),
        *(path for path in SOURCES if Path(path).exists()),
    )


def _configure(root: Path, work: Path) -> None:
    init = root / "usr/local/sbin/lab-init"
    init.write_bytes((FILES / "init").read_bytes())
    init.chmod(0o755)
    (root / "etc/multipath.conf").write_bytes((FILES / "multipath.conf").read_bytes())
    _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(work / "id"))
    keys = root / "root/.ssh/authorized_keys"
    keys.parent.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(work / "id.pub", keys)
    (root / "etc/ssh/sshd_config.d/lab.conf").write_text("UseDNS no\nUsePAM no\n")
