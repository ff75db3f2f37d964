"""qemu-img as a library, on real images."""

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from storage import images
from storage.images import ForeignImageError, ImageError, NoSpaceError
from storage.layers import Format, Layer

MIB = 1024 * 1024


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("size", [512, MIB, 2**40 + 512])
def test_an_image_has_the_size_that_was_asked_for(
    tmp_path: Path, format: Format, size: int
) -> None:
    path = tmp_path / "image"
    images.create(path, format, size)
    found = images.info(path, format)
    assert (found.virtual_size, found.backing) == (size, None)
    assert found.allocated < 2 * MIB


@pytest.mark.parametrize("size", [0, -512, 1, 511, 513, 2**63, 2**64])
def test_an_impossible_size_is_refused(tmp_path: Path, size: int) -> None:
    with pytest.raises(ImageError, match="sizes are multiples of 512"):
        images.create(tmp_path / "image", Format.QCOW2, size)
    assert list(tmp_path.iterdir()) == []


def test_a_layer_below_is_named_without_its_folder_and_not_opened(tmp_path: Path) -> None:
    below = Layer("", tmp_path / "below", Format.QCOW2)
    images.create(tmp_path / "leaf", Format.QCOW2, MIB, below)
    assert images.info(tmp_path / "leaf", Format.QCOW2).backing == "below"
    elsewhere = tmp_path / "folder"
    elsewhere.mkdir()
    images.create(elsewhere / "leaf", Format.QCOW2, MIB, below)
    assert images.info(elsewhere / "leaf", Format.QCOW2).backing == str(below.path)


def test_an_image_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "image"
    path.write_text("somebody's")
    with pytest.raises(ImageError, match="exists already"):
        images.create(path, Format.QCOW2, MIB)
    with pytest.raises(ImageError, match="exists already"):
        images.convert(path, Format.RAW, path, Format.QCOW2)
    assert path.read_text() == "somebody's"


def test_an_image_of_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "image"
    images.create(path, Format.QCOW2, MIB, Layer("", Path("/etc/shadow"), Format.RAW))
    with pytest.raises(ForeignImageError, match="/etc/shadow"):
        images.assert_own(path, Format.QCOW2, None)
    with pytest.raises(ForeignImageError, match="/etc/shadow"):
        images.assert_own(path, Format.QCOW2, "base")
    images.assert_own(path, Format.QCOW2, "/etc/shadow")
    path.unlink()
    words = ("-o", f"data_file={tmp_path / 'data'}", str(path), str(MIB))
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", *words], check=True)
    with pytest.raises(ForeignImageError, match="another file"):
        images.info(path, Format.QCOW2)
    (tmp_path / "data").unlink()
    with pytest.raises(ForeignImageError, match="another file"):
        images.info(path, Format.QCOW2)


def test_what_is_no_image_is_refused_and_a_name_is_never_an_address(tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(b"no image" * 1000)
    with pytest.raises(ImageError, match="image"):
        images.info(tmp_path / "image", Format.QCOW2)
    with pytest.raises(ImageError, match="image"):
        images.info(tmp_path / "none", Format.QCOW2)
    for name in ("nbd:localhost:1", 'json:{"driver":"null-co"}'):
        with pytest.raises(ImageError, match="not an absolute path"):
            images.info(Path(name), Format.RAW)


@pytest.mark.parametrize("name", ["nbd:x", "json:{}", "with space", "größe", "a,b=c", "-o", "%s"])
def test_any_name_is_a_file(tmp_path: Path, name: str) -> None:
    images.create(tmp_path / name, Format.QCOW2, MIB)
    assert images.info(tmp_path / name, Format.QCOW2).virtual_size == MIB
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("format", Format)
def test_an_image_grows_and_does_not_shrink(tmp_path: Path, format: Format) -> None:
    path = tmp_path / "image"
    images.create(path, format, MIB)
    images.resize(path, format, 2 * MIB)
    with pytest.raises(ImageError, match="not made smaller"):
        images.resize(path, format, MIB)
    assert images.info(path, format).virtual_size == 2 * MIB


def test_a_copy_has_the_bytes_and_tells_its_progress(tmp_path: Path) -> None:
    source, data = tmp_path / "source", os.urandom(MIB) + bytes(MIB)
    source.write_bytes(data)
    seen: list[float] = []
    images.convert(source, Format.RAW, tmp_path / "copy", Format.QCOW2, seen.append)
    assert (seen[-1], seen) == (1.0, sorted(seen))
    images.convert(tmp_path / "copy", Format.QCOW2, tmp_path / "back", Format.RAW)
    assert (tmp_path / "back").read_bytes() == data
    measured = images.measure(tmp_path / "copy", Format.QCOW2, Format.QCOW2)
    assert MIB < measured.required < measured.fully_allocated
    assert images.check(tmp_path / "copy") == images.Check(0, 0)


def test_a_layer_is_committed_and_another_put_below(tmp_path: Path) -> None:
    base, top, leaf = (
        Layer("", tmp_path / name, format)
        for name, format in (("base", Format.RAW), ("top", Format.QCOW2), ("leaf", Format.QCOW2))
    )
    images.create(base.path, base.format, MIB)
    images.create(top.path, top.format, MIB, base)
    images.create(leaf.path, leaf.format, MIB, top)
    words = ("-f", "qcow2", "-c", "write -P 7 0 64k", str(top.path))
    subprocess.run(["qemu-io", *words], check=True, stdout=subprocess.DEVNULL)
    images.commit(top, base)
    images.rebase(leaf.path, base)
    top.path.unlink()
    images.convert(leaf.path, leaf.format, tmp_path / "read", Format.RAW)
    assert (tmp_path / "read").read_bytes() == b"\7" * 65536 + bytes(MIB - 65536)


def test_a_progress_that_raises_ends_the_copy(tmp_path: Path) -> None:
    def stop(part: float) -> None:
        raise InterruptedError

    images.create(tmp_path / "source", Format.RAW, MIB)
    with pytest.raises(InterruptedError):
        images.convert(tmp_path / "source", Format.RAW, tmp_path / "copy", Format.RAW, stop)


def test_corruption_is_found(tmp_path: Path) -> None:
    path = tmp_path / "image"
    images.create(path, Format.QCOW2, MIB)
    subprocess.run(
        ["qemu-io", "-f", "qcow2", "-c", "write 0 64k", str(path)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with path.open("r+b") as file:
        file.seek(2 * 65536)  # the reference counts
        file.write(bytes(512))
    assert images.check(path).corruptions > 0


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a shell script in the place of qemu-img."""

    def replace(script: str) -> None:
        path = tmp_path / "program"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(images, "PROGRAM", str(path))

    return replace


def test_a_call_that_hangs_is_ended(
    tmp_path: Path, program: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    program("exec sleep 1000")
    monkeypatch.setattr(images, "ANSWER_S", 0.1)
    with pytest.raises(ImageError, match="has not ended"):
        images.info(tmp_path / "image", Format.RAW)
    with pytest.raises(ImageError, match="nothing was copied"):
        images.convert(tmp_path / "image", Format.RAW, tmp_path / "copy", Format.RAW)


def test_a_full_file_system_is_told_from_other_errors(
    tmp_path: Path, program: Callable[[str], None]
) -> None:
    program("echo 'qemu-img: image: No space left on device' >&2; exit 1")
    with pytest.raises(NoSpaceError, match="No space left"):
        images.create(tmp_path / "image", Format.RAW, MIB)


def test_a_missing_program_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "PROGRAM", "qemu-image")
    with pytest.raises(ImageError, match=r"qemu-image is missing.*qemu-utils"):
        images.info(tmp_path / "image", Format.RAW)
