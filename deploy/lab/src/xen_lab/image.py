"""The image of a dom0 with Debian's Xen, and a small guest; built once for the same inputs.

mmdebstrap makes the file system. By hand: mkosi and debvm cannot make a disk that boots Xen before
the kernel.
"""

import gzip
import hashlib
import os
import shutil
import subprocess
from importlib import resources
from pathlib import Path

DOM0_PACKAGES = (
    *("linux-image-amd64", "linux-image-cloud-amd64", "kmod", "procps", "iproute2", "iputils-ping"),
    *("bridge-utils", "openssh-server", "busybox-static", "e2fsprogs", "python3", "systemd"),
    *("xen-hypervisor-4.17-amd64", "xen-utils-4.17", "xenstore-utils"),
    *("libvirt-daemon-driver-xen", "libvirt-daemon-system", "libvirt-clients", "dbus"),
    *("qemu-system-xen", "qemu-system-common", "qemu-utils", "util-linux", "mount"),
)
SOURCES = ("/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources")
DISK = "6G"
RAMDISK_MODULES = ("virtio_pci", "virtio_blk", "virtio_net", "9pnet_virtio", "9p", "ext4")
# Xen's devices, and an emulated machine's CD drive.
GUEST_MODULES = (
    *("xen-netfront", "xen-blkfront"),
    *("scsi_common", "scsi_mod", "libata", "ata_piix", "cdrom", "sr_mod"),
)
GUEST = Path("/opt/warren/guest")
GUEST_ARGUMENTS = "console=hvc0 rdinit=/init"
# What an emulated machine boots from a CD, of Debian's isolinux and syslinux-common.
LOADER = (
    Path("/usr/lib/ISOLINUX/isolinux.bin"),
    Path("/usr/lib/syslinux/modules/bios/ldlinux.c32"),
)


def key() -> str:
    """Names an image by everything that goes into it."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for file in sorted(_files().iterdir(), key=lambda path: path.name):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def build(folder: Path) -> Path:
    """The folder of the image: ``xen``, ``vmlinux``, ``ramdisk``, ``disk``, ``id`` (an ssh key).

    Needs root.
    """
    image = folder / key()
    if (image / "disk").exists():
        return image
    debian = _debian(folder)
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    root = work / "root"
    work.mkdir(parents=True)
    _say("building the guest and the disk")
    _run("cp", "--archive", str(debian), str(root))
    _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(work / "id"))
    _configure(root, work)
    release, guest_release = _releases(root)
    _guest(root, guest_release, work)
    (work / "xen").write_bytes(gzip.decompress((root / "boot/xen-4.17-amd64.gz").read_bytes()))
    _unpack_kernel(root / f"boot/vmlinuz-{release}", work / "vmlinux")
    _dom0_ramdisk(root, release, work)
    _run(
        "mke2fs",
        "-q",
        "-t",
        "ext4",
        "-O",
        "^has_journal",
        "-d",
        str(root),
        str(work / "disk"),
        DISK,
    )
    shutil.rmtree(root)
    work.rename(image)
    return image


def _say(text: str) -> None:
    print(f"lab: {text}", flush=True)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def _files() -> "resources.abc.Traversable":
    return resources.files("xen_lab") / "files"


def _put(name: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((_files() / name).read_bytes())
    path.chmod(0o755)


def _debian(folder: Path) -> Path:
    """Debian with Xen in a folder, which is kept when only the guest changes."""
    name = hashlib.sha256(repr(DOM0_PACKAGES).encode()).hexdigest()[:16]
    debian = folder / f"debian-{name}"
    if not debian.exists():
        _say("installing Debian with Xen into a folder (a minute or two, 300 MB to fetch)")
        partial = folder / "debian-partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.parent.mkdir(parents=True, exist_ok=True)
        _install(partial)
        partial.rename(debian)
    return debian


def _install(root: Path) -> None:
    sources = [path for path in SOURCES if Path(path).exists()]
    # The stock initial ramdisk is not used, so it is not made.
    skip = 'mkdir -p "$1/usr/local/sbin"; ln -s /bin/true "$1/usr/local/sbin/update-initramfs"'
    # What is mounted in the folder is gone with the command, even when that is killed.
    _run(
        *("unshare", "--mount", "mmdebstrap"),
        "--quiet",
        "--mode=root",
        "--variant=minbase",
        f"--include={','.join(DOM0_PACKAGES)}",
        '--aptopt=Acquire::Check-Valid-Until "false"',
        '--aptopt=Apt::Install-Recommends "false"',
        "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        f"--essential-hook={skip}",
        "bookworm",
        str(root),
        *sources,
    )


def _configure(root: Path, work: Path) -> None:
    _put("dom0-init", root / "usr/local/sbin/dom0-init")
    keys = root / "root/.ssh/authorized_keys"
    keys.parent.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(work / "id.pub", keys)
    # The dom0s of one lab reach each other with the same key.
    shutil.copy(work / "id", root / "root/.ssh/id_ed25519")
    (root / "etc/ssh/sshd_config.d").mkdir(exist_ok=True)
    (root / "etc/ssh/sshd_config.d/lab.conf").write_text("UseDNS no\nUsePAM no\n")


def _releases(root: Path) -> tuple[str, str]:
    """The releases of dom0's kernel and of the guest's."""
    releases = sorted(path.name for path in (root / "lib/modules").iterdir())
    cloud = next(name for name in releases if "cloud" in name)
    return next(name for name in releases if name != cloud), cloud


def _unpack_kernel(bzimage: Path, target: Path) -> None:
    """The ELF file within a bzImage, so that the slow machine need not decompress it.

    Offsets: Linux's Documentation/arch/x86/boot.rst.
    """
    image = bzimage.read_bytes()
    sectors = image[0x1F1] or 4
    offset = int.from_bytes(image[0x248:0x24C], "little") + (sectors + 1) * 512
    length = int.from_bytes(image[0x24C:0x250], "little")
    payload = image[offset : offset + length]
    tool = {b"\x1f\x8b": "gzip", b"\x02\x21": "lz4", b"\xfd7": "xz", b"\x28\xb5": "zstd"}
    # The size after the payload is not part of it, so the tools warn.
    done = subprocess.run(
        [tool[payload[:2]], "-dc"], input=payload, capture_output=True, check=False
    )
    if not done.stdout.startswith(b"\x7fELF"):
        raise RuntimeError(f"there is no kernel in {bzimage}: {done.stderr.decode()}")
    target.write_bytes(done.stdout)


def _ramdisk(tree: Path, target: Path) -> None:
    names = subprocess.run(
        ["find", "."], cwd=tree, capture_output=True, check=True, text=True
    ).stdout
    packed = subprocess.run(
        ["cpio", "-o", "-H", "newc", "--quiet", "--owner", "0:0"],
        cwd=tree,
        input=names.encode(),
        capture_output=True,
        check=True,
    ).stdout
    target.write_bytes(gzip.compress(packed, 1))


def _dom0_ramdisk(root: Path, release: str, work: Path) -> None:
    tree = work / "ramdisk-tree"
    for name in ("bin", "lib", "dev", "proc", "sys", "root"):
        (tree / name).mkdir(parents=True)
    shutil.copy(root / "bin/busybox", tree / "bin/busybox")
    ordered: dict[str, None] = {}
    for module in RAMDISK_MODULES:
        listing = subprocess.run(
            ["chroot", str(root), "modprobe", "-S", release, "--show-depends", module],
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        ordered |= {line.split()[1]: None for line in listing.splitlines() if "insmod" in line}
    for path in ordered:
        shutil.copy(root / path.lstrip("/"), tree / "lib")
    (tree / "modules").write_text("".join(f"{os.path.basename(path)}\n" for path in ordered))
    _put("dom0-ramdisk-init", tree / "init")
    _ramdisk(tree, work / "ramdisk")
    shutil.rmtree(tree)


def _guest(root: Path, release: str, work: Path) -> None:
    """A kernel and a ramdisk in dom0's folder ``GUEST``."""
    tree, target = work / "guest-tree", root / str(GUEST).lstrip("/")
    target.mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "dev", "proc", "sys"):
        (tree / name).mkdir(parents=True)
    shutil.copy(root / "bin/busybox", tree / "bin/busybox")
    modules = root / "lib/modules" / release
    for module in GUEST_MODULES:
        shutil.copy(next(modules.rglob(f"{module}.ko")), tree / "lib")
    _put("guest-init", tree / "init")
    _put("guest-answer", tree / "bin/answer")
    _put("guest-flood", tree / "bin/flood")
    _put("guest-agent", tree / "bin/agent")
    # The kernel runs these when it is asked to shut down.
    for name in ("poweroff", "reboot"):
        script = tree / "sbin" / name
        script.write_text(
            f"#!/bin/busybox sh\ngrep -q ignore /proc/cmdline || /bin/busybox {name} -f\n"
        )
        script.chmod(0o755)
    shutil.copy(root / f"boot/vmlinuz-{release}", target / "vmlinuz")
    _unpack_kernel(target / "vmlinuz", target / "vmlinux")
    _ramdisk(tree, target / "ramdisk")
    shutil.rmtree(tree)
    _compact_disc(target, work / "disc-tree")


def _compact_disc(guest: Path, tree: Path) -> None:
    """The guest as a CD that a BIOS boots: ``guest.iso``."""
    tree.mkdir()
    for file in (*LOADER, guest / "vmlinuz", guest / "ramdisk"):
        shutil.copy(file, tree)
    (tree / "isolinux.cfg").write_text(
        "default guest\nprompt 0\nlabel guest\n kernel vmlinuz\n"
        f" append initrd=ramdisk {GUEST_ARGUMENTS}\n"
    )
    _run(
        *("xorriso", "-as", "mkisofs", "-quiet", "-o", str(guest / "guest.iso")),
        *("-b", "isolinux.bin", "-c", "boot.cat", "-no-emul-boot"),
        *("-boot-load-size", "4", "-boot-info-table", str(tree)),
    )
    shutil.rmtree(tree)
