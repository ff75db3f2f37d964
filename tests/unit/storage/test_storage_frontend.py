"""The storage daemon's calls, from a message to its answer, with SRs and engines in memory."""

import stat
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from storage.engine.errors import EngineError
from storage.errors import BackendError
from storage.frontend.reports import Looks
from storage.layers import Merge
from xenops.envelope import Call
from xenops.storage import (
    STORAGE,
    DpState,
    Merges,
    RoRw,
    SrHealth,
    StorageError,
    VdiInfo,
)

from broker import Delivery
from tests.unit.storage.memory import layer
from tests.unit.storage.storage_host import ANSWER_S, SR, VM, Host


@pytest.fixture
def host(tmp_path: Path) -> Host:
    host = Host(tmp_path)
    host.sr()
    return host


def failed(host: Host, *args: Any, **named: Any) -> StorageError:
    with pytest.raises(StorageError) as caught:
        host.ask(*args, **named)
    return caught.value


# --- SRs ----------------------------------------------------------------------------------------


def test_an_sr_is_made_attached_and_erased(host: Host) -> None:
    assert host.ask(STORAGE.SR.list_) == [SR]
    found = host.ask(STORAGE.SR.stat, SR)
    assert (found.name_label, found.health) == ("name", SrHealth.Healthy)
    host.ask(STORAGE.SR.destroy, SR)
    assert host.ask(STORAGE.SR.list_) == []
    assert SR not in host.driver.srs
    assert all(process.ended() for process in host.processes)


def test_attach_and_detach_may_be_repeated(host: Host) -> None:
    config = [("location", "/x"), ("made", "yes")]
    host.ask(STORAGE.SR.attach, SR, config, driver="memory")
    assert host.faults.calls.count("attach") == 2  # once to give it its name
    for _ in range(2):
        host.ask(STORAGE.SR.detach, SR)
    assert host.driver.attached == set()
    assert failed(host, STORAGE.SR.stat, SR).tag == "Sr_not_attached"


def test_an_unknown_type_is_named(host: Host) -> None:
    error = failed(host, STORAGE.SR.attach, "sr2", [], driver="floppies")
    assert error.value == ("SR_UNKNOWN_DRIVER", ["floppies"])
    assert failed(host, STORAGE.SR.attach, "sr2", []).tag == "Missing_configuration_parameter"


def test_an_sr_that_cannot_be_attached_is_not_kept(host: Host) -> None:
    error = failed(host, STORAGE.SR.attach, "sr2", [], driver="memory")
    assert error.value[0] == "SR_BACKEND_FAILURE_47"
    assert host.ask(STORAGE.SR.list_) == [SR]


def test_a_probe_answers_in_its_error(host: Host) -> None:
    error = failed(host, STORAGE.SR.probe, "org.xen.xapi.storage.memory", [], [])
    assert error.value == (
        "SR_BACKEND_FAILURE_90",
        ["", "device_config lacks its key 'location'", "<answer/>"],
    )
    found = host.ask(STORAGE.SR.probe, "memory", [("location", "/x")], [])
    assert (found.tag, found.value) == ("Raw", "<SRlist/>")


def test_srs_are_attached_again_after_a_restart(host: Host) -> None:
    disk = host.disk()
    host.start()
    assert host.ask(STORAGE.VDI.stat, SR, disk.vdi) == disk
    assert stat.S_IMODE((host.folder / "srs.db").stat().st_mode) == 0o600


def test_an_sr_in_use_is_not_detached(host: Host) -> None:
    host.activate(host.disk().vdi)
    for call in (STORAGE.SR.detach, STORAGE.SR.destroy):
        code, params = failed(host, call, SR).value
        assert code == "SR_BACKEND_FAILURE_16"
        assert VM in params[1] and "disk" in params[1]
    host.ask(STORAGE.VDI.deactivate, f"{VM}/disk", SR, "disk", VM)
    host.ask(STORAGE.SR.detach, SR)
    assert host.ask(STORAGE.SR.list_) == []
    assert host.engines.engines == {}


# --- processes that die or hang -------------------------------------------------------------------


@pytest.mark.parametrize("when", ["dies before", "dies after"])
@pytest.mark.parametrize("method", ["sr.create", "sr.volume", "sr.hold", "sr.chain"])
def test_a_process_that_dies_is_replaced_and_nobody_notices(
    host: Host, method: str, when: str
) -> None:
    host.faults.next[method] = [when]
    host.activate(host.disk().vdi)
    assert list(host.driver.srs[SR].holds["disk"]) == [("host", VM)]
    assert host.engines.engines[VM].opened[f"{SR}/disk"].exported


def test_a_process_that_dies_each_time_is_told(host: Host) -> None:
    host.faults.next["sr.scan"] = ["dies before"] * 2
    error = failed(host, STORAGE.SR.scan2, SR)
    assert error.tag == "Sr_unhealthy"
    assert SR in error.detail and "2 times" in error.detail
    assert host.ask(STORAGE.SR.scan2, SR)[1].health is SrHealth.Healthy


def test_a_process_that_hangs_concerns_its_sr_alone(host: Host) -> None:
    host.driver.create("sr2", {}, 0)
    host.ask(STORAGE.SR.attach, "sr2", [], driver="memory")
    host.ask(STORAGE.SR.stat, SR)
    host.faults.next["sr.scan"] = ["hangs"]
    error = failed(host, STORAGE.SR.scan2, SR)
    assert error.value == (SR, SrHealth.Unreachable)
    assert SR in error.detail and "healthy" in error.detail
    calls = len(host.faults.calls)
    assert failed(host, STORAGE.VDI.stat, SR, "disk").value == (SR, SrHealth.Unreachable)
    assert len(host.faults.calls) == calls, "the process is not asked again"
    assert host.ask(STORAGE.SR.stat, SR).health is SrHealth.Unreachable
    assert host.ask(STORAGE.SR.scan2, "sr2")[1].health is SrHealth.Healthy
    for process in host.processes:
        process.hanging = False
    assert host.ask(STORAGE.SR.stat, SR).health is SrHealth.Healthy


def test_an_sr_is_caught_up_with_again_after_a_call_that_was_given_up(host: Host) -> None:
    first: list[str] = []
    looks, sr = Looks(host.srs, first.append, lambda: None), host.srs.get(SR)
    looks._look(sr)
    host.faults.next["sr.scan"] = ["hangs"]
    failed(host, STORAGE.SR.scan2, SR)
    looks._look(sr)
    assert first == [SR], "it does not answer yet"
    for process in host.processes:
        process.hanging = False
    for _ in range(2):
        looks._look(sr)
    assert first == [SR, SR]


# --- the same call again --------------------------------------------------------------------------


def test_a_repeated_call_has_one_effect_and_one_answer(host: Host) -> None:
    wanted = VdiInfo(vdi="", name_label="disk", virtual_size=1 << 30)
    first = host.ask(STORAGE.VDI.create, SR, wanted, operation="once")
    assert host.ask(STORAGE.VDI.create, SR, wanted, operation="once") == first
    host.start()
    calls = len(host.faults.calls)
    assert host.ask(STORAGE.VDI.create, SR, wanted, operation="once") == first
    assert len(host.faults.calls) == calls
    assert len(host.ask(STORAGE.SR.scan2, SR)[0]) == 1


def test_who_asks_while_it_runs_hears_the_same(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    sr, begun, go_on = host.driver.srs[SR], threading.Event(), threading.Event()
    create, runs = sr.create, []

    def slow(operation: str, wanted: VdiInfo) -> VdiInfo:
        runs.append(operation)
        begun.set()
        go_on.wait(ANSWER_S)
        return create(operation, wanted)

    monkeypatch.setattr(sr, "create", slow)
    call = Call(STORAGE, STORAGE.method("VDI.create"))
    wanted = VdiInfo(vdi="", name_label="disk")
    body = call.request("once", "test", {"sr": SR, "vdi_info": wanted})
    answers = [host.send(call, body, "once")]
    assert begun.wait(ANSWER_S)
    answers.append(host.send(call, body, "once"))
    go_on.set()
    first, second = (answer.result(ANSWER_S) for answer in answers)
    assert first == second
    assert runs == ["once"]


def test_what_an_unhealthy_sr_answers_is_not_kept(host: Host) -> None:
    host.faults.next["sr.create"] = ["dies before"] * 2
    wanted = VdiInfo(vdi="", name_label="disk")
    assert failed(host, STORAGE.VDI.create, SR, wanted, operation="once").tag == "Sr_unhealthy"
    assert host.ask(STORAGE.VDI.create, SR, wanted, operation="once").name_label == "disk"


def test_a_step_of_a_datapath_is_taken_each_time(host: Host) -> None:
    vdi = host.disk().vdi
    for _ in range(2):
        host.ask(STORAGE.VDI.attach3, "dp", SR, vdi, VM, True, operation="attach")
        host.ask(STORAGE.VDI.activate3, "dp", SR, vdi, VM, operation="activate")
        assert host.engines.engines[VM].opened
        host.ask(STORAGE.VDI.deactivate, "dp", SR, vdi, VM, operation="deactivate")
        host.ask(STORAGE.VDI.detach, "dp", SR, vdi, VM, operation="detach")
        assert not host.engines.engines


# --- disks ----------------------------------------------------------------------------------------


def test_the_fields_of_a_disk_are_set(host: Host) -> None:
    host.disk()
    for call, value in (
        (STORAGE.VDI.set_name_label, "ラベル"),
        (STORAGE.VDI.set_name_description, "much"),
        (STORAGE.VDI.set_persistent, False),
        (STORAGE.VDI.set_content_id, "7"),
    ):
        host.ask(call, SR, "disk", value)
    host.ask(STORAGE.VDI.add_to_sm_config, SR, "disk", "a", "1")
    host.ask(STORAGE.VDI.add_to_sm_config, SR, "disk", "b", "2")
    host.ask(STORAGE.VDI.remove_from_sm_config, SR, "disk", "a")
    found = host.ask(STORAGE.VDI.stat, SR, "disk")
    assert (found.name_label, found.name_description) == ("ラベル", "much")
    assert (found.persistent, found.content_id, found.sm_config) == (False, "7", {"b": "2"})


def test_a_disk_that_is_not_there_is_told(host: Host) -> None:
    code, params = failed(host, STORAGE.VDI.stat, SR, "none").value
    assert code == "SR_BACKEND_FAILURE_144" and "none" in params[1]
    assert failed(host, STORAGE.VDI.introduce, SR, "", [], "none").tag == "Vdi_does_not_exist"


@pytest.mark.parametrize("what", ["destroy", "resize", "revert", "epoch_begin", "epoch_end"])
def test_an_active_disk_is_left_alone(host: Host, what: str) -> None:
    vdi = host.disk().vdi
    snapshot = host.ask(STORAGE.VDI.snapshot, SR, VdiInfo(vdi=vdi, name_label="snapshot"))
    host.activate(vdi)
    deeds: dict[str, tuple[Any, ...]] = {
        "destroy": (STORAGE.VDI.destroy, SR, vdi),
        "resize": (STORAGE.VDI.resize, SR, vdi, 2 << 30),
        "revert": (STORAGE.VDI.revert, SR, snapshot),
        "epoch_begin": (STORAGE.VDI.epoch_begin, SR, vdi, VM, False),
        "epoch_end": (STORAGE.VDI.epoch_end, SR, vdi, VM),
    }
    code, params = failed(host, *deeds[what]).value
    assert code == "SR_BACKEND_FAILURE_24"
    assert VM in params[1] and vdi in params[1]
    host.deactivate(vdi)
    host.ask(*deeds[what])


def test_a_disk_that_is_reset_forgets_what_each_run_wrote(host: Host) -> None:
    vdi = host.disk().vdi
    sr = host.driver.srs[SR]
    (base,) = sr.nodes[vdi]
    for _ in range(3):
        host.ask(STORAGE.VDI.epoch_begin, SR, vdi, VM, False)
        assert sr.nodes[vdi][:-1] == [base]
        assert sr.nodes[vdi] not in sr.seen, "a leaf that nothing was ever written to"
        sr.seen.append(list(sr.nodes[vdi]))
        assert [disk.vdi for disk in host.ask(STORAGE.SR.scan2, SR)[0]] == [vdi]
    host.ask(STORAGE.VDI.epoch_end, SR, vdi, VM)
    assert sr.nodes[vdi][:-1] == [base]
    assert list(sr.disks) == [vdi], "what was kept is not needed any more"
    host.ask(STORAGE.VDI.epoch_begin, SR, vdi, VM, True)
    assert list(sr.disks) == [vdi]


def test_what_is_kept_for_a_disk_goes_with_it(host: Host) -> None:
    vdi = host.disk().vdi
    host.ask(STORAGE.VDI.epoch_begin, SR, vdi, VM, False)
    host.ask(STORAGE.VDI.destroy, SR, vdi)
    assert not host.driver.srs[SR].disks


# --- active disks ---------------------------------------------------------------------------------


def test_the_way_to_a_disk_is_told_before_it_is_open(host: Host) -> None:
    vdi = host.disk().vdi
    way = host.ask(STORAGE.VDI.attach3, "dp", SR, vdi, VM, True)
    uri = f"nbd:unix:/run/{VM}/nbd:exportname={SR}/{vdi}"
    assert [one.tag for one in way.implementations] == ["XenDisk", "Nbd"]
    assert way.implementations[0].value.params == way.implementations[1].value.uri == uri
    assert host.engines.engines == {}
    assert host.ask(STORAGE.DP.attach_info, SR, vdi, "dp", VM) == way
    assert failed(host, STORAGE.DP.attach_info, SR, vdi, "other", VM).tag == "Does_not_exist"


def test_a_disk_that_can_only_be_read_is_not_attached_for_writing(host: Host) -> None:
    vdi = host.disk(read_only=True).vdi
    assert failed(host, STORAGE.VDI.attach3, "dp", SR, vdi, VM, True).tag == "Backend_error"
    host.ask(STORAGE.VDI.attach3, "dp", SR, vdi, VM, False)


def test_a_second_writer_is_refused_and_told_of_the_first(host: Host) -> None:
    vdi = host.disk().vdi
    host.activate(vdi)
    host.ask(STORAGE.VDI.attach3, "dp", SR, vdi, "vm2", True)
    code, params = failed(host, STORAGE.VDI.activate3, "dp", SR, vdi, "vm2").value
    assert code == "SR_BACKEND_FAILURE_24" and VM in params[1]
    stat_ = host.ask(STORAGE.DP.stat_vdi, SR, vdi, None)
    assert stat_.superstate == DpState("Activated", RoRw.RW)
    assert stat_.dps["dp"] == DpState("Attached", RoRw.RW)


def test_an_engine_that_refuses_leaves_nothing_held(host: Host) -> None:
    vdi = host.disk().vdi
    host.ask(STORAGE.VDI.attach3, "dp", SR, vdi, VM, True)
    host.engines.ensure(VM).refuses = "export"
    assert failed(host, STORAGE.VDI.activate3, "dp", SR, vdi, VM).tag == "Backend_error"
    assert not host.driver.srs[SR].holds[vdi]
    assert not host.engines.engines[VM].opened


def test_disks_of_a_vm_are_snapshot_in_one_instant(host: Host) -> None:
    host.driver.create("sr2", {}, 0)
    host.ask(STORAGE.SR.attach, "sr2", [], driver="memory")
    other = host.ask(STORAGE.VDI.create, "sr2", VdiInfo(vdi="", uuid="other", name_label=""))
    host.activate(host.disk().vdi)
    host.ask(STORAGE.VDI.attach3, "o", "sr2", other.vdi, VM, True)
    host.ask(STORAGE.VDI.activate3, "o", "sr2", other.vdi, VM)
    halted = host.disk("halted").vdi
    wanted = [(SR, "disk"), ("sr2", "other"), (SR, halted)]
    disks = [(sr, VdiInfo(vdi=vdi, name_label="", uuid=f"s-{vdi}")) for sr, vdi in wanted]
    made = host.ask(STORAGE.DISKS.snapshot, VM, disks, operation="once")
    assert [one.uuid for one in made] == ["s-disk", "s-other", "s-halted"]
    assert host.engines.engines[VM].log == [[f"{SR}/disk", "sr2/other"]]
    assert host.ask(STORAGE.DISKS.snapshot, VM, disks, operation="once") == made
    assert len(host.engines.engines[VM].log) == 1


def test_a_snapshot_that_an_engine_refuses_leaves_none(host: Host) -> None:
    vdi = host.disk().vdi
    host.activate(vdi)
    engine = host.engines.engines[VM]
    engine.refuses = "snapshot"
    assert failed(host, STORAGE.VDI.snapshot, SR, VdiInfo(vdi=vdi, name_label="")).tag == (
        "Backend_error"
    )
    assert [disk.vdi for disk in host.ask(STORAGE.SR.scan2, SR)[0]] == [vdi]
    engine.refuses = None
    host.ask(STORAGE.VDI.snapshot, SR, VdiInfo(vdi=vdi, name_label=""))
    assert list(engine.opened[f"{SR}/{vdi}"].layers) == host.driver.srs[SR].nodes[vdi]


def test_a_clone_of_an_active_disk_shares_only_what_is_never_written(host: Host) -> None:
    vdi = host.disk().vdi
    host.activate(vdi)
    clone = host.ask(STORAGE.VDI.clone, SR, VdiInfo(vdi=vdi, name_label="clone"))
    sr = host.driver.srs[SR]
    layers = list(host.engines.engines[VM].opened[f"{SR}/{vdi}"].layers)
    assert layers == sr.nodes[vdi]
    assert layers[-1] not in sr.nodes[clone.vdi]


def test_a_disk_grows(host: Host) -> None:
    vdi = host.disk().vdi
    assert host.ask(STORAGE.VDI.resize, SR, vdi, 2 << 30) == 2 << 30
    assert host.ask(STORAGE.VDI.stat, SR, vdi).virtual_size == 2 << 30


# --- engines and daemons that end -----------------------------------------------------------------


def test_a_vm_whose_engine_has_ended_has_lost_its_disks(host: Host) -> None:
    vdi = host.disk().vdi
    host.activate(vdi)
    host.engines.engines[VM].lives = False
    host.paths.look()
    assert [lost["vdi"] for lost in host.reports[-1]["pulled"]] == [vdi]
    assert not host.driver.srs[SR].holds[vdi]
    code, params = failed(host, STORAGE.VDI.activate3, f"{VM}/{vdi}", SR, vdi, VM).value
    assert code == "SR_BACKEND_FAILURE_46" and VM in params[1] and "start it again" in params[1]
    host.activate(vdi, "vm2")
    host.deactivate(vdi, "vm2")
    host.deactivate(vdi)
    assert host.engines.engines == {}
    host.activate(vdi)
    assert host.ask(STORAGE.Query.diagnostics) and not host.paths.pulled()
    assert host.reports[-1]["pulled"] == []


@pytest.mark.parametrize("lives", [True, False])
def test_a_new_daemon_adopts_engines_and_releases_what_dead_ones_held(
    host: Host, lives: bool
) -> None:
    vdi, other = host.disk().vdi, host.disk("other").vdi
    host.activate(vdi)
    host.activate(other, "vm2")
    host.engines.engines[VM].lives = lives
    host.start()
    host.paths.look()
    host.ask(STORAGE.SR.scan2, SR)
    assert (("host", VM) in host.driver.srs[SR].holds[vdi]) is lives
    assert ("host", "vm2") in host.driver.srs[SR].holds[other]
    assert bool(host.paths.pulled()) is not lives
    assert host.ask(STORAGE.DP.stat_vdi, SR, vdi, None).superstate.tag == (
        "Activated" if lives else "Attached"
    )


def test_a_dead_hosts_disks_are_given_back(host: Host) -> None:
    vdi = host.disk().vdi
    host.driver.srs[SR].hold(vdi, "dead", VM, writable=True)
    host.ask(STORAGE.VDI.attach3, "dp", SR, vdi, VM, True)
    assert failed(host, STORAGE.VDI.activate3, "dp", SR, vdi, VM).tag == "Backend_error"
    host.ask(STORAGE.DISKS.release, SR, "dead", vm=VM)
    host.ask(STORAGE.VDI.activate3, "dp", SR, vdi, VM)


def test_a_new_daemon_has_engines_go_over_to_leaves_that_the_last_one_died_before(
    host: Host,
) -> None:
    vdi, sr = host.disk().vdi, host.driver.srs[SR]
    host.activate(vdi)
    for number in range(2):
        uuid = f"snapshot{number}"
        sr.snapshot(uuid, vdi, VdiInfo(vdi=vdi, uuid=uuid, name_label=""))
    host.start()
    host.paths.catch_up(SR)
    assert list(host.engines.engines[VM].opened[f"{SR}/{vdi}"].layers) == sr.nodes[vdi]


def test_a_disk_that_the_last_daemon_closed_without_a_note_is_in_nobodys_way(host: Host) -> None:
    vdi, sr = host.disk().vdi, host.driver.srs[SR]
    for _ in range(2):
        host.ask(STORAGE.VDI.snapshot, SR, VdiInfo(vdi=vdi, name_label=""))
    host.activate(vdi)
    host.activate(host.disk("other").vdi)
    host.engines.engines[VM].close(f"{SR}/{vdi}")
    host.start()
    base, top, _ = (layer(node) for node in sr.nodes[vdi])
    sr.waiting = [Merge(top, base, vdi)]
    host.merger.work(host.srs.get(SR))
    host.paths.catch_up(SR)
    host.deactivate(vdi)
    assert not host.paths.uses(SR, vdi)


def test_a_merge_that_a_daemon_died_before_it_was_noted_is_noted(host: Host) -> None:
    vdi, sr = host.disk().vdi, host.driver.srs[SR]
    for _ in range(2):
        host.ask(STORAGE.VDI.snapshot, SR, VdiInfo(vdi=vdi, name_label=""))
    host.activate(vdi)
    base, top, _ = (layer(node) for node in sr.nodes[vdi])
    engine = host.engines.engines[VM]
    engine.commit(f"{SR}/{vdi}", top, base, lambda fraction: None)
    sr.waiting = [Merge(top, base, vdi)]
    host.merger.work(host.srs.get(SR))
    assert not sr.waiting
    assert list(engine.opened[f"{SR}/{vdi}"].layers) == sr.nodes[vdi]


# --- merges ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("merges", [Merges.ALL, Merges.OPEN])
def test_layers_are_merged_by_the_engine_that_has_them_or_by_the_host_that_should(
    host: Host, merges: Merges
) -> None:
    config = [("location", "/x"), ("made", "yes")]
    host.ask(STORAGE.SR.attach, SR, config, merges=merges)
    vdi, sr = host.disk().vdi, host.driver.srs[SR]
    for _ in range(2):
        host.ask(STORAGE.VDI.snapshot, SR, VdiInfo(vdi=vdi, name_label=""))
    host.activate(vdi)
    base, top, _ = (layer(node) for node in sr.nodes[vdi])
    idle = layer("idle"), layer("idler")
    sr.waiting = [Merge(top, base, vdi), Merge(*idle, None)]
    host.srs.get(SR)
    host.merger.work(host.srs.get(SR))
    assert host.engines.engines[VM].log[-1] == ("commit", top.node, base.node)
    assert sr.nodes[vdi][0] == base.node and top.node not in sr.nodes[vdi]
    assert (sr.waiting == []) is (merges is Merges.ALL)
    assert [merge.top for merge in sr.kept_maps] == [top], "before their bytes are one"
    host.told.tell()
    assert host.reports[-1]["srs"][SR]["backlog"] == len(sr.waiting)


def test_an_sr_whose_merges_are_stopped_keeps_its_layers_even_after_a_restart(host: Host) -> None:
    host.ask(STORAGE.SR.attach, SR, [], driver="memory", merges=Merges.NONE)
    vdi, sr = host.disk().vdi, host.driver.srs[SR]
    for _ in range(2):
        host.ask(STORAGE.VDI.snapshot, SR, VdiInfo(vdi=vdi, name_label=""))
    host.activate(vdi)
    base, top, _ = (layer(node) for node in sr.nodes[vdi])
    waiting = [Merge(top, base, vdi), Merge(layer("idle"), layer("idler"), None)]
    sr.waiting = list(waiting)
    for merges in (Merges.NONE, Merges.ALL):
        host.start()
        host.merger.work(host.srs.get(SR))
        assert sr.waiting == (waiting if merges is Merges.NONE else [])
        host.told.tell()
        assert host.reports[-1]["srs"][SR]["merges"] == merges
        host.ask(STORAGE.SR.attach, SR, [], merges=Merges.ALL)


@pytest.mark.parametrize("why", ["No space left on device", "closed", "refused"])
def test_a_merge_that_an_engine_does_not_finish_is_told_unless_its_vm_is_gone(
    host: Host, why: str
) -> None:
    vdi, sr = host.disk().vdi, host.driver.srs[SR]
    for _ in range(2):
        host.ask(STORAGE.VDI.snapshot, SR, VdiInfo(vdi=vdi, name_label=""))
    host.activate(vdi)
    base, top, _ = (layer(node) for node in sr.nodes[vdi])
    sr.waiting = [Merge(top, base, vdi)]
    engine = host.engines.engines[VM]

    def commit(disk: str, *args: Any) -> None:
        if why == "closed":
            engine.close(disk)
        raise EngineError(f"commit: {why}")

    engine.commit = commit  # type: ignore[method-assign]
    host.merger.work(host.srs.get(SR))
    said = host.reports[-1]["srs"][SR]["not_merged"]
    codes = {"No space left on device": "SR_BACKEND_FAILURE_44", "refused": "SR_BACKEND_FAILURE_46"}
    assert (said and said[1][0]) == codes.get(why)
    assert sr.waiting == [Merge(top, base, vdi)]


def test_it_is_told_that_layers_are_merged_and_how_that_ended(host: Host) -> None:
    sr, waiting = host.driver.srs[SR], Merge(layer("idle"), layer("idler"), None)
    host.told.tell()
    sr.waiting = [waiting]
    full = BackendError(44, "There is insufficient space [opterr=/x is full]")
    sr.merge_fails = full
    host.merger.work(host.srs.get(SR))
    sr.merge_fails = None
    for _ in range(2):
        host.merger.work(host.srs.get(SR))
    told = [report["srs"][SR] for report in host.reports[-5:]]
    assert [each["merging"] for each in told] == [None, 0.0, None, 0.0, None]
    assert [each["backlog"] for each in told] == [-1, 1, 1, 1, 0]
    error = ["Backend_error", ["SR_BACKEND_FAILURE_44", ["", full.text, ""]]]
    assert [each["not_merged"] for each in told] == [None, None, error, error, None]


def test_the_leaf_of_an_active_disk_is_never_merged(host: Host) -> None:
    vdi, sr = host.disk().vdi, host.driver.srs[SR]
    host.ask(STORAGE.VDI.snapshot, SR, VdiInfo(vdi=vdi, name_label=""))
    host.activate(vdi)
    base, leaf = (layer(node) for node in sr.nodes[vdi])
    sr.waiting = [Merge(leaf, base, vdi)]
    host.merger.work(host.srs.get(SR))
    assert sr.waiting and not host.engines.engines[VM].log


# --- changed blocks -------------------------------------------------------------------------------


def test_changes_are_tracked_and_told(host: Host) -> None:
    vdi = host.disk().vdi
    host.ask(STORAGE.VDI.enable_cbt, SR, vdi)
    assert host.ask(STORAGE.VDI.stat, SR, vdi).cbt_enabled
    snapshot = host.ask(STORAGE.VDI.snapshot, SR, VdiInfo(vdi=vdi, name_label="")).vdi
    assert host.ask(STORAGE.VDI.list_changed_blocks, SR, snapshot, vdi) == "AAAA"
    host.ask(STORAGE.VDI.data_destroy, SR, snapshot)
    assert host.ask(STORAGE.VDI.stat, SR, snapshot).ty == "cbt_metadata"
    host.ask(STORAGE.VDI.disable_cbt, SR, vdi)
    assert not host.ask(STORAGE.VDI.stat, SR, vdi).cbt_enabled


def test_the_data_of_a_snapshot_in_use_stays(host: Host) -> None:
    vdi = host.disk().vdi
    host.activate(vdi)
    refusal = failed(host, STORAGE.VDI.data_destroy, SR, vdi)
    assert refusal.value[0] == "SR_BACKEND_FAILURE_24"


# --- reports --------------------------------------------------------------------------------------


def test_a_report_tells_drivers_srs_and_how_they_are(host: Host) -> None:
    host.ask(STORAGE.SR.stat, SR)
    host.told.tell()
    report = host.reports[-1]
    assert report["kind"] == "storage"
    assert [driver["driver"] for driver in report["drivers"]] == ["memory"]
    assert report["srs"][SR]["health"] == "Healthy"
    assert (report["srs"][SR]["total"], report["srs"][SR]["free"]) == (1 << 40, 1 << 39)
    numbers = [told["number"] for told in host.reports]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("body", [None, 1, "x", [], {}, {"params": []}, {"params": [1]}])
def test_what_is_no_call_is_refused(host: Host, body: Any) -> None:
    answer: Future[Any] = Future()
    host.frontend.handle(
        Delivery("VDI.stat", body, "", {}, STORAGE.queue, lambda: None, answer.set_result, print)
    )
    assert answer.result(ANSWER_S)["error"] is not None
