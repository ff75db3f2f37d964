"""A pool of an earlier Warren becomes one of this, service by service, while clients call.

``WARREN_UPGRADE`` names the commit to begin with. Its services run from its own sources; each is
then given settings and code of this one. The simulated Xens, which stand for the machines, are of
this commit from the beginning.
"""

import functools
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from configparser import RawConfigParser
from contextlib import suppress
from pathlib import Path

import pytest
from forwarder.records.installed import PRODUCT
from rules.values.restrictions import LICENSE_PARAMS, RESTRICTIONS
from simulated_pool import layout as layouts
from simulated_pool import pool as pools
from simulated_pool import services, story
from simulated_pool.layout import Layout
from simulated_pool.services import Process
from simulated_pool.supervision import program

from tests import records
from tests.callers import CALLS_EACH, call_while
from tests.conftest import MIB, Pool, make_vm, remove_vm

CHECKOUT = Path(__file__).resolve().parents[2]
CLIENTS = 2
UP = """
import pathlib, sys
from simulated_pool import layout, pool
folder = pathlib.Path(sys.argv[1])
pool.up(layout.load(folder, hosts=2, forwarders=2, port_base=None), print)
"""


def sources(commit: str, folder: Path) -> str:
    """The PYTHONPATH of an earlier commit, unpacked into ``folder``."""
    archive = folder / "sources.tar"
    with archive.open("wb") as file:
        subprocess.run(["git", "archive", commit], cwd=CHECKOUT, stdout=file, check=True)
    with tarfile.open(archive) as content:
        content.extractall(folder, filter="data")
    return os.pathsep.join(str(path.parents[1]) for path in folder.glob("**/src/*/__init__.py"))


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """A pool that runs what ``WARREN_UPGRADE`` names."""
    folder = tmp_path_factory.mktemp("upgrade")
    earlier = tmp_path_factory.mktemp("earlier")
    path = sources(os.environ["WARREN_UPGRADE"], earlier)
    command = [sys.executable, "-c", UP, str(folder)]
    try:
        subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, check=True, cwd=earlier)
        yield Pool(layouts.load(folder, hosts=2, forwarders=2, port_base=None))
    finally:
        pools.down(folder)


def upgrade(pool: Pool, process: Process) -> None:
    """Stop a service and start it with this code, as a package's upgrade does; one that the earlier
    Warren did not have is started."""
    path = pool.layout.folder / "supervisord.conf"
    said = RawConfigParser()
    said.read(path)
    with_this_code = {"environment": 'PYTHONPATH=""'}
    said[f"program:{process.name}"] = program(pool.layout.folder, process) | with_this_code
    with path.open("w") as file:
        said.write(file)
    pool.supervisor.replace(process.name)


def there_and_back(pool: Pool, vm: str) -> None:
    """Move a VM from a host of this Warren to one of the earlier, and back."""
    with pool.session() as api:
        here, there = (api.host.get_by_name_label(name)[0] for name in ("host1", "host2"))
        api.VM.start_on(vm, here, False, False)
        for host in (there, here):
            api.VM.pool_migrate(vm, host, {"live": "true"})
            assert api.VM.get_resident_on(vm) == host
        remove_vm(api, vm)


def tell_broker(layout: Layout, earlier: set[str]) -> None:
    """Have the broker know this Warren's users and queues; what ``earlier`` users may do stays."""
    said = dict(pools.definitions(layout))
    said["permissions"] = [one for one in said["permissions"] if one["user"] not in earlier]
    pools.management(layout, layout.nodes[0]).apply(said)


def walk(layout: Layout, password: str) -> None:
    story.tell(layout.url, "root", password, story.Teller(print, lambda fraction: None))


def test_each_service_beside_those_before_it(
    pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = pool.layout.folder.glob("secrets/broker-*")
    earlier = {path.name.removeprefix("broker-") for path in secrets}
    tell_broker(pool.layout, earlier)
    # Who serves comes before who calls, as they are started.
    ordered = sorted(services.processes(pool.layout), key=lambda process: process.order)
    machines = [process for process in ordered if process.name.startswith("xen-")]
    for process in machines:
        upgrade(pool, process)
    with pool.session() as api:
        vms = [make_vm(api) for _ in range(CLIENTS)]
    rest = [process for process in ordered if process not in machines]
    with pool.session() as api:
        traveller, stayer = make_vm(api), make_vm(api)
        api.VM.start(stayer, False, False)
    steps: list[Callable[[], None]] = []
    for process in rest:
        steps.append(functools.partial(upgrade, pool, process))
        if process.name == "xenopsd-host1":
            steps.append(functools.partial(there_and_back, pool, traveller))
    counts = call_while(pool, pool.layout.url, vms, steps)
    with capsys.disabled():
        print(f"\n{', '.join(process.name for process in rest)} upgraded: {counts}")
    assert counts.sent == CLIENTS * CALLS_EACH
    assert counts.lost == 0
    tell_broker(pool.layout, set())
    await_gateway(pool)
    walk(pool.layout, pool.password)
    has_disks_with_bytes(pool, stayer)
    says_what_a_new_one_says(pool)


def await_gateway(pool: Pool) -> None:
    """Wait until clients are heard by the gateway, which was replaced last."""
    while True:
        with suppress(OSError), pool.session():
            return


def has_disks_with_bytes(pool: Pool, stayer: str) -> None:
    """SRs work that only this Warren has, and a VM that the earlier one started can reboot."""
    with pool.session() as api, tempfile.TemporaryDirectory() as folder:
        (record,) = api.pool.get_all_records().values()
        config = {"location": folder}
        sr = api.SR.create(record["master"], config, "0", "files", "", "file", "user", True, {})
        vm, vdi = make_vm(api, disk=False), api.VDI.create(records.vdi(sr, MIB))
        api.VBD.create(records.vbd(vm, vdi))
        for host in api.host.get_all():
            api.VM.start_on(vm, host, False, False)
            api.VM.hard_shutdown(vm)
        before = api.VM.get_record(stayer)
        host = pool.host_named(api.host.get_name_label(before["resident_on"]))
        pool.xen(host).call("act", domid=int(before["domid"]), action="reboot")
        while (now := api.VM.get_record(stayer))["domid"] == before["domid"]:
            time.sleep(0.1)
        assert now["power_state"] == "Running"
        for each in (stayer, vm):
            remove_vm(api, each)
        api.VDI.destroy(vdi)
        for pbd in api.SR.get_PBDs(sr):
            api.PBD.unplug(pbd)
        api.SR.forget(sr)


def says_what_a_new_one_says(pool: Pool) -> None:
    """What clients look up has come to the records that the earlier Warren made."""
    with pool.session() as api:
        (record,) = api.pool.get_all_records().values()
        assert record["restrictions"] == RESTRICTIONS
        for host in api.host.get_all_records().values():
            assert host["software_version"].items() >= PRODUCT.items()
            assert host["license_params"] == LICENSE_PARAMS
            assert host["cpu_info"]["modelname"]
            assert host["bios_strings"]["system-manufacturer"]
        assert {one["speed"] for one in api.PIF_metrics.get_all_records().values()} == {"1000"}
        types = [driver["type"] for driver in api.SM.get_all_records().values()]
        assert types == api.SR.get_supported_types()
