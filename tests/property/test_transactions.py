"""A transaction reads what it wrote, undoes a failed block alone, and commits what it read last."""

import contextlib
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pooldb
from datamodel.classes import VBD, VM
from datamodel.refs import NULL_REF
from hypothesis import given, settings
from hypothesis import strategies as st
from pooldb import Reader, Transaction

HOSTS: list[Any] = ["OpaqueRef:a", "OpaqueRef:b", NULL_REF]
VMS = ["OpaqueRef:v", "OpaqueRef:w"]
VBDS = ["OpaqueRef:x", "OpaqueRef:y", "OpaqueRef:z"]
PLACES = ("resident_on", "scheduled_to_be_resident_on")

steps = st.one_of(
    st.tuples(
        st.just("place"), st.sampled_from(VMS), st.sampled_from(PLACES), st.sampled_from(HOSTS)
    ),
    st.tuples(st.just("plug"), st.sampled_from(VBDS), st.sampled_from(VMS)),
    st.tuples(st.just("delete"), st.sampled_from([*VMS, *VBDS])),
    st.tuples(
        st.just("note"), st.sampled_from("mn"), st.sampled_from("kl"), st.sampled_from(HOSTS)
    ),
    st.tuples(st.just("drop"), st.sampled_from("mn"), st.sampled_from("kl")),
)
# A block of steps, and whether it fails at its end.
transactions = st.lists(st.tuples(st.lists(steps, max_size=4), st.booleans()), max_size=4)


class Failed(Exception):
    pass


@dataclass
class Model:
    """What the pool holds, as plain as can be."""

    vms: dict[Any, dict[str, str]] = field(default_factory=dict)
    vbds: dict[str, str] = field(default_factory=dict)
    notes: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def copy(self) -> "Model":
        vms = {ref: dict(places) for ref, places in self.vms.items()}
        return Model(vms, dict(self.vbds), dict(self.notes))

    def take(self, step: tuple[Any, ...]) -> None:
        match step:
            case "place", vm, place, host:
                self.vms.setdefault(vm, dict.fromkeys(PLACES, NULL_REF))[place] = host
            case "plug", vbd, vm:
                self.vbds[vbd] = vm
            case "delete", ref:
                self.vms.pop(ref, None)
                self.vbds.pop(ref, None)
            case "note", ns, key, value:
                self.notes[ns, key] = [value]
            case "drop", ns, key:
                self.notes.pop((ns, key), None)


def write(tx: Transaction, step: tuple[Any, ...]) -> None:
    match step:
        case "place", vm, place, host:
            if tx.find(VM, vm) is None:
                tx.new(VM, {}, vm)
            setattr(tx.edit(VM, vm), place, host)
        case "plug", vbd, vm:
            if tx.find(VBD, vbd) is None:
                tx.new(VBD, {}, vbd)
            tx.edit(VBD, vbd).VM = vm
        case "delete", ref:
            for cls in (VM, VBD):
                if tx.find(cls, ref) is not None:
                    tx.delete(cls, ref)
        case "note", ns, key, value:
            tx.kv_set(ns, key, [value])
        case "drop", ns, key:
            tx.kv_delete(ns, key)


def agree(reader: Reader, model: Model) -> None:
    found = {
        ref: {place: getattr(vm, place) for place in PLACES} for ref, vm in reader.all(VM).items()
    }
    assert found == model.vms
    assert {ref: vbd.VM for ref, vbd in reader.all(VBD).items()} == model.vbds
    for vm in model.vms:
        plugged = {vbd for vbd, owner in model.vbds.items() if owner == vm}
        assert set(reader.get(VM, vm).VBDs) == plugged
    for place in PLACES:
        for host in HOSTS[:2]:
            there = {ref for ref, places in model.vms.items() if places[place] == host}
            assert set(reader.naming(VM, place, host)) == there


def notes(tx: Transaction, naming: str = "") -> dict[tuple[str, str], list[str]]:
    return {(ns, key): value for ns in "mn" for key, value in tx.kv_items(ns, naming).items()}


def remember(tx: Transaction, model: Model) -> None:
    agree(tx, model)
    assert notes(tx) == model.notes
    for ns in "mn":
        for key in "kl":
            assert tx.kv_get(ns, key) == model.notes.get((ns, key))


@settings(deadline=None)
@given(st.lists(st.tuples(transactions, st.booleans()), max_size=3))
def test_a_transaction_is_what_it_wrote(plan: list[tuple[Any, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'pool.db'}"
        db, model = pooldb.connect(url), Model()
        for blocks, fails_whole in plan:
            kept = model.copy()
            with contextlib.suppress(Failed), db.transaction() as tx:
                for taken, fails in blocks:
                    before = kept.copy()
                    with contextlib.suppress(Failed), tx.block():
                        for step in taken:
                            write(tx, step)
                            kept.take(step)
                        # Half of the blocks read before they end, so that caches are filled.
                        if len(taken) % 2:
                            remember(tx, kept)
                        if fails:
                            raise Failed
                    kept = before if fails else kept
                    named = {at: value for at, value in kept.notes.items() if HOSTS[0] in value}
                    assert notes(tx, naming=HOSTS[0]) == named
                    remember(tx, kept)
                if fails_whole:
                    raise Failed
            model = model if fails_whole else kept
            agree(db.view, model)
            with db.transaction() as tx:
                remember(tx, model)
        db.close()
        again = pooldb.connect(url)
        agree(again.view, model)
        with again.transaction() as tx:
            remember(tx, model)
        again.close()
