"""Stories of VMs whose disks have bytes, and what must be true of the disks."""

import random
from dataclasses import replace
from typing import Any

from datamodel import XenAPIError

from tests import records
from tests.sim import engines, story
from tests.sim.invariants import Broken, read
from tests.sim.medium import Medium
from tests.sim.story import MIB, Plan, Run
from tests.sim.world import HOSTS, Unreachable

ASKED = (
    *(("VDI.snapshot", 4), ("VDI.clone", 3), ("VDI.destroy", 3), ("VDI.resize", 2)),
    *(("VDI.create", 2), ("VM.snapshot", 3), ("VM.revert", 2), ("SR.scan", 2)),
    *(("PBD.unplug", 1), ("PBD.plug", 1), ("VBD.plug", 2), ("VBD.unplug", 2)),
)
FAULTS = ("storage", "storage", "sr", "sr hangs", "engine", "full medium", "away medium")
SPANS = (2.0, 10.0, 40.0)


def plan_of(seed: int) -> Plan:
    """As of other stories, with faults of disks among the others."""
    draw = random.Random(f"disks {seed}")
    plan = story.plan_of(seed)
    calm = seed % 10 == 0
    count = 0 if calm else draw.choice((0, 1, 2, 4))
    more = [
        (draw.randrange(200, 20000), draw.choice(FAULTS), draw.choice(sorted(HOSTS)))
        for _ in range(count)
    ]
    faults = plan.faults[: draw.choice((0, 2, 8))]
    return replace(plan, disks=True, faults=tuple(sorted([*faults, *more])))


class DiskRun(Run):
    """A run of a pool with a shared SR, on which each VM has a disk."""

    sr = ""

    def furnish(self) -> None:
        world = self.world
        where = {"location": f"{world.folder}/medium/sr"}
        host = self.hosts["host1"]
        while not any(one["type"] == "file" for one in world.ask("SM.get_all_records").values()):
            self.scheduler.park(self.scheduler.now + 0.5)
        self.sr = world.ask("SR.create", host, where, "0", "files", "", "file", "user", True, {})
        for vm in self.vms:
            vdi = world.ask("VDI.create", records.vdi(self.sr, MIB))
            world.ask("VBD.create", records.vbd(vm, vdi, "1"))

    # --- clients ----------------------------------------------------------------------------

    def ask_of_disks(self, draw: random.Random, vm: str, number: int) -> None:
        [name] = draw.choices([one for one, _ in ASKED], [weight for _, weight in ASKED])
        # What is asked of a VM's disk in between tells nothing of what the VM's calls do.
        self._using[vm] = self._using.get(vm, 0) + 1
        try:
            params = self._disk_params(draw, name, vm)
            if params is None:
                return
            said = " ".join(self._short(one) for one in params)
            self.world.say("client", who=number, what=f"{name} {said}")
            record = self.end_of(self.begin(name, *params))
            if record is not None:
                code, *why = record["error_info"] or [record["status"]]
                self._answered(number, name, code, why)
        except Unreachable:
            self.world.say("client", who=number, what=f"{name}: nobody answers")
        except XenAPIError as error:
            self._answered(number, name, error.code, list(error.params))

    def _disk_params(self, draw: random.Random, name: str, vm: str) -> list[Any] | None:
        ask = self.world.ask
        match name:
            case "SR.scan":
                return [self.sr]
            case "PBD.plug" | "PBD.unplug":
                return [draw.choice(sorted(ask("SR.get_PBDs", self.sr)))]
            case "VDI.create":
                return [records.vdi(self.sr, MIB)]
            case "VM.snapshot":
                return [vm, "snapshot", []]
            case "VM.revert":
                found = sorted(ask("VM.get_snapshots", vm))
                return [draw.choice(found)] if found else None
            case "VBD.plug" | "VBD.unplug":
                found = sorted(ask("VM.get_VBDs", vm))
                return [draw.choice(found)] if found else None
        found = sorted(ask("SR.get_VDIs", self.sr))
        if not found:
            return None
        vdi = draw.choice(found)
        if name == "VDI.destroy" and ask("VDI.get_VBDs", vdi) and draw.random() < 0.8:
            return None
        more: dict[str, list[Any]] = {
            "VDI.snapshot": [{}],
            "VDI.clone": [{}],
            "VDI.resize": [str(2 * MIB)],
        }
        return [vdi, *more.get(name, [])]

    # --- faults -----------------------------------------------------------------------------

    def fault(self, kind: str, whom: str) -> None:
        if kind not in FAULTS:
            super().fault(kind, whom)
            return
        world, found, medium = self.world, self.scheduler, self._medium
        seconds = self.random.choice(SPANS)
        world.broker.count(f"faults: {kind}")
        if kind == "storage":
            world.kill(f"storage-{whom}")
            return
        world.say("fault", what=f"{kind} on {whom} ({seconds} s)")
        living = [one for one in engines.SR_PROCESSES if one.alive and one.place == whom]
        if kind == "sr" and living:
            found.kill(self.random.choice(living))
        elif kind == "sr hangs" and living:
            found.freeze(self.random.choice(living), seconds)
        elif kind == "engine" and engines.ENGINES:
            engines.end(self.random.choice(engines.ENGINES))
        elif kind == "full medium":
            medium.is_full = True
            found.at(found.now + seconds, self._mend)
        elif kind == "away medium":
            medium.is_away = True
            found.at(found.now + seconds, self._mend)

    @property
    def _medium(self) -> Medium:
        assert self.world.medium is not None
        return self.world.medium

    def _mend(self) -> None:
        self._medium.is_full = self._medium.is_away = False

    def heal(self) -> None:
        super().heal()
        self._mend()
        for one in engines.SR_PROCESSES:
            one.frozen = False

    # --- what must be true ------------------------------------------------------------------

    def disks_when_quiet(self) -> list[Broken]:
        if not self.sr:
            return []
        try:
            for pbd in sorted(self.world.ask("SR.get_PBDs", self.sr)):
                if self._host_of(pbd) not in self.world.dead_hosts:
                    self.world.call("PBD.plug", pbd)
            self.world.call("SR.scan", self.sr)
        except (XenAPIError, Unreachable) as error:
            return [Broken("an SR cannot be scanned", str(error))]
        rows, _ = read(self.world.folder / "pool.db")
        return [*self._held(rows), *self._kept(rows), *self._files()]

    def _host_of(self, pbd: str) -> str:
        host = self.world.ask("PBD.get_host", pbd)
        return str(self.world.ask("host.get_name_label", host))

    def _held(self, rows: Any) -> list[Broken]:
        """Holds and engines are those of VMs that are there."""
        broken = []
        names = {uuid: name for name, uuid in HOSTS.items()}
        at = {
            (name, domain.uuid)
            for name, xen in self.world.xens.items()
            for domain in xen.machine.domains.values()
        }
        for vdi, holds in self._medium.index.holds.items():
            for hold in holds:
                if (names[hold.host], hold.vm) not in at:
                    said = f"VDI {vdi} for VM {hold.vm} on {names[hold.host]}"
                    broken.append(Broken("a hold without a VM", said))
        for engine in engines.KEPT:
            if (engine.host, engine.vm) not in at:
                said = f"VM {engine.vm} on {engine.host}"
                broken.append(Broken("an engine without a VM", said))
            for disk, has in engine.open_disks.items():
                vdi = disk.rpartition("/")[2]
                if vdi not in self._medium.index.disks:
                    broken.append(Broken("a disk in use is gone", f"{disk} of VM {engine.vm}"))
                elif has.writable and has.layers != self._medium.line(vdi):
                    said = f"{disk} of VM {engine.vm}: {has.layers}, not {self._medium.line(vdi)}"
                    broken.append(Broken("an engine has other layers", said))
        return broken

    def _kept(self, rows: Any) -> list[Broken]:
        """Records and SR agree, and all that was flushed is there."""
        layers = set(self._medium.index.nodes)
        recorded = {
            one["location"]
            for one in rows.get("VDI", {}).values()
            if one["SR"] == self.sr and one["managed"] and not one["missing"]
        }
        there = set(self._medium.index.disks)
        recorded -= layers - there
        broken = [
            Broken("records and SR differ", f"VDI {vdi}: {word}")
            for only, word in ((recorded - there, "only a record"), (there - recorded, "no record"))
            for vdi in sorted(only)
        ]
        for vdi in there:
            self._medium.check(vdi, self._medium.line(vdi), "once it is quiet")
        return broken

    def _files(self) -> list[Broken]:
        """The SR has the files of the index's nodes, and no others."""
        folder = self.world.folder / "medium" / "sr"
        found = {path.stem for path in folder.iterdir() if path.suffix in (".qcow2", ".raw")}
        known = set(self._medium.index.nodes)
        loose = set(self._medium.index.loose)
        return [
            Broken("files and index differ", f"node {node}")
            for node in sorted((found - loose) ^ known)
        ]


def tell(run: Run) -> None:
    """Clients at random who also use disks, and the plan's faults."""
    story.random_story(run)


__all__ = ["DiskRun", "plan_of", "tell"]
