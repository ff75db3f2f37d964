"""The demo's SRs and its walk, on a pool of its own: the SRs that tests share have no bytes."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from simulated_pool import disks, story
from simulated_pool.boot_image import boot_image
from simulated_pool.furnish import IMAGE, ISOS, LOCAL, SHARED, furnish

from tests.conftest import Pool, running_pool


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    with running_pool(tmp_path_factory.mktemp("demo"), hosts=2) as pool:
        furnish(pool.layout)
        yield pool


def test_the_pool_has_srs_with_bytes(demo: Pool) -> None:
    with demo.session() as api:
        before = api.SR.get_all_records()
        furnish(demo.layout)
        assert api.SR.get_all_records().keys() == before.keys(), "done twice it is done once"
        names = {record["name_label"]: ref for ref, record in before.items()}
        local = {f"{LOCAL} {host.name}" for host in demo.layout.hosts}
        assert names.keys() >= {SHARED, ISOS, *local}
        assert all(api.PBD.get_currently_attached(pbd) for pbd in api.PBD.get_all())
        assert [len(before[names[name]]["PBDs"]) for name in sorted(local)] == [1, 1]
        ((_, said),) = api.pool.get_all_records().items()
        for usage in ("default_SR", "suspend_image_SR", "crash_dump_SR"):
            assert said[usage] == names[SHARED]
        (image,) = api.SR.get_VDIs(names[ISOS])
        assert api.VDI.get_location(image) == IMAGE


def test_the_walk_of_the_demo(demo: Pool) -> None:
    told: list[str] = []
    teller = story.Teller(told.append, lambda fraction: None, disks.xens(demo.layout))
    story.tell(demo.layout.url, "root", demo.password, teller)
    assert any("pool_migrate" in chapter for chapter in told)
    hashes = re.findall("SHA-256 ([0-9a-f]+)", "\n".join(told))
    written, migrated, more, reverted = hashes
    assert written == migrated == reverted != more


def test_an_image_is_a_cd_that_boots(tmp_path: Path) -> None:
    image = tmp_path / "x.iso"
    image.write_bytes(boot_image("NAME", "Hello."))
    command = ["blkid", "-p", "-o", "export", str(image)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert {
        *("TYPE=iso9660", "LABEL=NAME", "BLOCK_SIZE=2048"),
        r"BOOT_SYSTEM_ID=EL\ TORITO\ SPECIFICATION",
    } <= {*said.splitlines()}
