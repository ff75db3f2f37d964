"""The state machine of datapaths, as a table and against a model that draws its steps."""

import itertools
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from storage.datapaths.journal import Datapaths, Use
from storage.datapaths.paths import Paths
from storage.datapaths.states import DETACHED, Step, after, superstate, taken
from storage.engine.errors import EngineError
from storage.errors import BackendError
from xenops.storage import DpState, RoRw, StorageError, VdiInfo

from tests.unit.storage.memory import MemoryEngines, MemorySR

ARO, ARW = DpState("Attached", RoRw.RO), DpState("Attached", RoRw.RW)
VRO, VRW = DpState("Activated", RoRw.RO), DpState("Activated", RoRw.RW)
STATES = (DETACHED, ARO, ARW, VRO, VRW)
ILLEGAL = None
TABLE: dict[Step, tuple[DpState | None, ...]] = {
    Step.ATTACH_RO: (ARO, ARO, ARW, VRO, VRW),
    Step.ATTACH_RW: (ARW, ILLEGAL, ARW, ILLEGAL, VRW),
    Step.ACTIVATE: (ILLEGAL, VRO, VRW, VRO, VRW),
    Step.ACTIVATE_RO: (ILLEGAL, VRO, VRO, VRO, VRW),
    Step.DEACTIVATE: (DETACHED, ARO, ARW, ARO, ARW),
    Step.DETACH: (DETACHED, DETACHED, DETACHED, ILLEGAL, ILLEGAL),
}


@pytest.mark.parametrize(("step", "state"), list(itertools.product(Step, STATES)), ids=str)
def test_each_step_leads_from_each_state_to_what_the_table_says(step: Step, state: DpState) -> None:
    then = TABLE[step][STATES.index(state)]
    if then is ILLEGAL:
        with pytest.raises(StorageError) as refused:
            after(state, step)
        assert refused.value.tag == "Illegal_transition"
    else:
        assert after(state, step) == then
        assert after(then, step) == then or step is Step.ACTIVATE_RO


@pytest.mark.parametrize(
    ("states", "most"),
    [
        ([], DETACHED),
        ([DETACHED], DETACHED),
        ([ARO, ARO], ARO),
        ([ARO, ARW], ARW),
        ([ARO, VRO], VRO),
        ([ARW, VRO], VRW),
    ],
)
def test_a_superstate_is_the_most_that_is_asked_for(states: list[DpState], most: DpState) -> None:
    assert superstate(states) == most


def test_who_writes_comes_first_and_goes_last() -> None:
    uses = taken({}, "reader", Step.ATTACH_RO)
    with pytest.raises(StorageError, match="Illegal_transition"):
        taken(uses, "writer", Step.ATTACH_RW)
    uses = taken(taken({}, "writer", Step.ATTACH_RW), "reader", Step.ATTACH_RO)
    for dp in uses:
        uses = taken(uses, dp, Step.ACTIVATE)
    uses = taken(uses, "writer", Step.DEACTIVATE)
    with pytest.raises(StorageError, match="Illegal_transition"):
        taken(uses, "writer", Step.DETACH)


VMS, DISKS, DPS = ("vm1", "vm2"), ("a", "b"), ("x", "y")


class Machine(RuleBasedStateMachine):
    """Two VMs use two disks by two datapaths each; engines end and the daemon restarts."""

    @initialize()
    def begin(self) -> None:
        self.sr = MemorySR("sr")
        for disk in DISKS:
            self.sr.create(disk, VdiInfo(vdi="", uuid=disk, name_label=disk))
        self.engines = MemoryEngines()
        self.journal = Datapaths(":memory:")
        self.model: dict[Use, dict[str, DpState]] = {}
        self.lost: set[Use] = set()
        self.start()

    def start(self) -> None:
        self.paths = Paths(
            self.journal,
            self.engines,
            "host",
            lambda sr: self.sr,
            lambda: None,
        )
        self.paths.take_up("sr", self.sr)
        self.paths.look()

    @rule(
        vm=st.sampled_from(VMS),
        vdi=st.sampled_from(DISKS),
        dp=st.sampled_from(DPS),
        step=st.sampled_from(Step),
    )
    def take(self, vm: str, vdi: str, dp: str, step: Step) -> None:
        use = Use("sr", vdi, vm)
        states = self.model.get(use, {})
        try:
            then = taken(states, dp, step)
        except StorageError:
            with pytest.raises((StorageError, BackendError, EngineError)):
                self.do(use, dp, step)
            return
        try:
            self.do(use, dp, step)
        except (BackendError, EngineError):
            assert step in (Step.ACTIVATE, Step.ACTIVATE_RO)
            assert use in self.lost or self.is_refused(use, then)
            return
        self.model[use] = then
        if not then:
            self.lost.discard(use)

    def do(self, use: Use, dp: str, step: Step) -> None:
        match step:
            case Step.ATTACH_RO | Step.ATTACH_RW:
                self.paths.attach(use, dp, writable=step is Step.ATTACH_RW)
            case Step.ACTIVATE | Step.ACTIVATE_RO:
                self.paths.activate(use, dp, read_only=step is Step.ACTIVATE_RO)
            case Step.DEACTIVATE:
                self.paths.deactivate(use, dp)
            case Step.DETACH:
                self.paths.detach(use, dp)

    def is_refused(self, use: Use, then: dict[str, DpState]) -> bool:
        """Whether another VM stands in the way, or an engine that has ended."""
        others = [
            superstate(states.values())
            for other, states in self.model.items()
            if other.vdi == use.vdi and other != use
        ]
        wants = superstate(then.values())
        dead = self.engines.of(use.vm)
        return (dead is not None and not dead.lives) or any(
            other.tag == "Activated" and RoRw.RW in (other.value, wants.value) for other in others
        )

    @rule(vm=st.sampled_from(VMS))
    def engine_ends(self, vm: str) -> None:
        engine = self.engines.of(vm)
        if engine is None:
            return
        engine.lives = False
        self.paths.look()
        for use, states in self.model.items():
            if use.vm == vm and superstate(states.values()).tag == "Activated":
                self.lost.add(use)
                self.model[use] = {
                    dp: DpState("Attached", state.value) for dp, state in states.items()
                }

    @rule()
    def daemon_restarts(self) -> None:
        self.start()

    @rule(vdi=st.sampled_from(DISKS))
    def snapshot(self, vdi: str) -> None:
        number = len(self.sr.disks)
        if number < 12:
            wanted = VdiInfo(vdi=vdi, uuid=f"snapshot{number}", name_label="")
            self.paths.snapshot(f"operation{number}", [("sr", wanted)])

    @invariant()
    def the_journal_says_what_the_model_says(self) -> None:
        assert self.journal.all() == {use: dps for use, dps in self.model.items() if dps}
        assert set(self.journal.pulled()) == {use for use in self.lost if self.model.get(use)}

    @invariant()
    def what_is_active_is_open_and_held_and_nothing_else(self) -> None:
        active = {
            use: superstate(states.values())
            for use, states in self.model.items()
            if superstate(states.values()).tag == "Activated"
        }
        for vdi in DISKS:
            holders = {vm: writable for (_, vm), writable in self.sr.holds.get(vdi, {}).items()}
            assert holders == {
                use.vm: state.value is RoRw.RW for use, state in active.items() if use.vdi == vdi
            }
            assert len(holders) < 2 or not any(holders.values())
        for vm in VMS:
            engine = self.engines.of(vm)
            opened = engine.opened if engine is not None and engine.lives else {}
            assert set(opened) == {use.disk for use in active if use.vm == vm}
            for disk, what in opened.items():
                assert what.exported
                assert list(what.layers) == self.sr.nodes[disk.partition("/")[2]]

    @invariant()
    def a_vm_without_disks_has_no_engine(self) -> None:
        for vm in VMS:
            if not any(use.vm == vm for use, dps in self.model.items() if dps):
                assert self.engines.of(vm) is None


Machine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestDatapaths = Machine.TestCase


def test_uses_outlive_the_daemon(tmp_path: Path) -> None:
    use = Use("sr", "a", "vm1")
    Datapaths(tmp_path / "d.db").set(use, {"x": VRW})
    assert Datapaths(tmp_path / "d.db").all() == {use: {"x": VRW}}
