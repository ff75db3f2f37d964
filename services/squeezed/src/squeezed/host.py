"""Reads the host for the policy from Xen and xenstore, and tells the domains its changes.

A guest may have written anything: a value that is not a number in a sensible range is ignored.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from xenports.hypervisor import PAGE_KIB, DomainInfo, HypervisorError
from xenports.xenstore import Xenstore

from squeezed.policy import INACCURACY_KIB, Change, Domain, Host, Standing
from squeezed.progress import Progress, observed

log = logging.getLogger(__name__)

KIB_MAX = 1 << 40
# How much a guest may have beside its target (video memory, its firmware's pages).
OFFSET_MAX_KIB = 64 * 1024
# A driver that stops so near its target has done as asked: its offset was measured too early.
NEAR_KIB = 512

NODES = (
    *("memory/dynamic-min", "memory/dynamic-max", "memory/target", "memory/memory-offset"),
    *("memory/hold", "memory/uncooperative", "control/feature-balloon", "name"),
)
# The nodes that the shares depend on, without those that the squeezer itself writes.
EVENT = re.compile(
    r"/local/domain/\d+/(memory/(dynamic-min|dynamic-max|hold)|control/feature-balloon)",
    re.ASCII,
)
NUMBER = re.compile(r"-?[0-9]{1,18}")


class Hypervisor(Protocol):
    """The part of `xenports.hypervisor.Hypervisor` that sharing memory needs."""

    def domains(self) -> list[DomainInfo]: ...
    def free_kib(self) -> int: ...
    def set_max_kib(self, domid: int, max_kib: int) -> None: ...


@dataclass(frozen=True)
class Guest:
    """Who a domain is, for people and for xenopsd."""

    vm: str
    name: str


class Observer:
    """Reads the host, tells domains their targets, and remembers how each driver has done."""

    def __init__(
        self,
        hypervisor: Hypervisor,
        xenstore: Xenstore,
        reserve_kib: int,
        inaccuracy_kib: int = INACCURACY_KIB,
        near_kib: int = NEAR_KIB,
    ) -> None:
        self._hypervisor = hypervisor
        self._xenstore = xenstore
        self.reserve_kib = reserve_kib
        self._inaccuracy_kib = inaccuracy_kib
        self._near_kib = near_kib
        self._progress: dict[int, Progress] = {}
        self._marked: set[int] = set()
        self.guests: dict[int, Guest] = {}
        self.moved_at = 0.0
        """When each domain was last seen to move towards its target."""

    def look(self, now: float, promised_kib: int, reserved: Mapping[int, int]) -> Host:
        """The host now; ``reserved`` is set aside, by domain. Raises the ports' errors."""
        infos = [info for info in self._hypervisor.domains() if info.domid != 0]
        paths = [f"{_base(info.domid)}/{node}" for info in infos for node in NODES]
        values = self._xenstore.read_all(paths)
        self._progress = {i.domid: p for i in infos if (p := self._progress.get(i.domid))}
        self.guests, self._marked = {}, set()
        domains = []
        for position, info in enumerate(infos):
            texts = values[position * len(NODES) : (position + 1) * len(NODES)]
            nodes = dict(zip(NODES, texts, strict=True))
            self.guests[info.domid] = Guest(info.uuid, nodes["name"] or "")
            if nodes["memory/uncooperative"] is not None:
                self._marked.add(info.domid)
            domains.append(self._domain(info, nodes, reserved.get(info.domid, 0), now))
        free = self._hypervisor.free_kib()
        return Host(free, self.reserve_kib, promised_kib, tuple(domains))

    def _domain(
        self, info: DomainInfo, nodes: Mapping[str, str | None], reserved_kib: int, now: float
    ) -> Domain:
        lowest, highest = _range(info, nodes)
        target = _number(nodes["memory/target"])
        standing = _standing(info, nodes)
        offset = _number(nodes["memory/memory-offset"])
        if standing is Standing.ASKED and target is not None and offset is None:
            offset = self._measured_offset(info, target)
        domain = Domain(
            domid=info.domid,
            minimum_kib=lowest,
            maximum_kib=highest,
            target_kib=info.memory_kib if target is None else target,
            pages_kib=info.memory_kib,
            limit_kib=info.max_kib,
            offset_kib=offset if offset is not None and abs(offset) <= OFFSET_MAX_KIB else 0,
            inaccuracy_kib=self._inaccuracy_kib,
            reserved_kib=reserved_kib or _being_built(info, target),
            standing=standing,
        )
        return self._judged(domain, now)

    def _measured_offset(self, info: DomainInfo, target_kib: int) -> int:
        """Measured when the driver connects, then kept in xenstore: later pages may be moving."""
        offset = info.memory_kib - target_kib
        if abs(offset) > OFFSET_MAX_KIB:
            offset = 0
        self._keep_offset(info.domid, offset)
        return offset

    def _keep_offset(self, domid: int, offset_kib: int) -> None:
        self._xenstore.write(f"{_base(domid)}/memory/memory-offset", str(offset_kib))

    def _judged(self, domain: Domain, now: float) -> Domain:
        """The domain, marked as silent if its driver's past says so."""
        if domain.standing is not Standing.ASKED:
            self._progress.pop(domain.domid, None)
            return domain
        before = self._progress.get(domain.domid)
        progress = self._progress[domain.domid] = observed(before, domain, now)
        if progress.moved_at == now:
            self.moved_at = now
        if not progress.silent:
            return domain
        if before is None or not before.silent:
            if abs(domain.gap_kib) <= self._near_kib:
                return self._at_rest(domain)
            vm = self.guests[domain.domid]
            log.warning("domain %d of VM %s does not do as asked", domain.domid, vm.vm)
        return replace(domain, standing=Standing.SILENT)

    def _at_rest(self, domain: Domain) -> Domain:
        """Take the size at which a driver rests for the one that its target means."""
        offset = domain.pages_kib - domain.target_kib
        self._keep_offset(domain.domid, offset)
        del self._progress[domain.domid]
        return replace(domain, offset_kib=offset)

    def asks_again_at(self) -> float | None:
        """When the next silent driver is to be asked again."""
        times = [p.silent_until for p in self._progress.values() if p.silent_until is not None]
        return min(times, default=None)

    def tell(self, host: Host, changes: list[Change]) -> None:
        """Set targets and limits, except of domains that are gone meanwhile."""
        before = {domain.domid: domain for domain in host.domains}
        targets = {
            f"{_base(change.domid)}/memory/target": str(change.target_kib)
            for change in changes
            if change.target_kib != before[change.domid].target_kib
        }
        growing = [c for c in changes if c.limit_kib > before[c.domid].limit_kib]
        self._limit(growing)
        if targets:
            self._xenstore.write_all(targets)
        self._limit([change for change in changes if change not in growing])

    def _limit(self, changes: list[Change]) -> None:
        for change in changes:
            try:
                self._hypervisor.set_max_kib(change.domid, change.limit_kib)
            except HypervisorError as error:
                log.info("domain %d: %s", change.domid, error)

    def mark(self, host: Host) -> None:
        """Write to xenstore which drivers failed when they were last asked."""
        for domain in host.domains:
            path = f"{_base(domain.domid)}/memory/uncooperative"
            progress = self._progress.get(domain.domid)
            failed = progress is not None and progress.failures > 0
            if failed and domain.domid not in self._marked:
                self._xenstore.write(path, "1")
            elif domain.domid in self._marked and not failed:
                self._xenstore.remove(path)


def concerns(path: str) -> bool:
    """Whether a change in xenstore may call for a turn."""
    return EVENT.fullmatch(path) is not None


def _base(domid: int) -> str:
    return f"/local/domain/{domid}"


def _number(value: str | None) -> int | None:
    if value is None or not NUMBER.fullmatch(value):
        return None
    number = int(value)
    return number if abs(number) <= KIB_MAX else None


def _range(info: DomainInfo, nodes: Mapping[str, str | None]) -> tuple[int, int]:
    """The dynamic range in whole pages; without a sensible one, the size that the domain has."""
    lowest, highest = _number(nodes["memory/dynamic-min"]), _number(nodes["memory/dynamic-max"])
    if lowest is None or highest is None or not 0 < lowest <= highest:
        return info.memory_kib, info.memory_kib
    up = -(-lowest // PAGE_KIB) * PAGE_KIB
    return up, max(highest // PAGE_KIB * PAGE_KIB, up)


def _standing(info: DomainInfo, nodes: Mapping[str, str | None]) -> Standing:
    if info.paused or info.shutdown is not None:
        return Standing.PAUSED
    if nodes["memory/hold"] is not None:
        return Standing.HELD
    if nodes["control/feature-balloon"] != "1":
        return Standing.NO_DRIVER
    return Standing.ASKED


def _being_built(info: DomainInfo, target_kib: int | None) -> int:
    """What a paused domain may still get from whoever builds it, up to its target."""
    if info.paused and target_kib is not None and target_kib > info.memory_kib:
        return target_kib
    return 0
