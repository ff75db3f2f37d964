"""How a host's memory is shared: a pure function of one description. All memory is in KiB.

Each domain that can be asked gets its minimum and a fraction, gamma, of its range from minimum to
maximum. Gamma is the same for all: the largest that leaves free what has to be free. Domains that
have too much shrink first, and the others grow only afterwards: at the same time they would need
memory that is not free yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

PAGE_KIB = 4
INACCURACY_KIB = 64
"""How far from their target Linux's drivers stop on real Xen, with what Xen takes for a guest."""


class Standing(Enum):
    """Whether a domain can be asked to change its size, or why not."""

    ASKED = "gives and takes as it is asked"
    SILENT = "its driver does not move"
    PAUSED = "it is paused"
    NO_DRIVER = "it has no balloon driver"
    HELD = "it is being migrated"


@dataclass(frozen=True)
class Domain:
    """One domain. Xen counts ``pages`` and ``limit``, the guest the rest."""

    domid: int
    minimum_kib: int
    maximum_kib: int
    target_kib: int
    pages_kib: int
    limit_kib: int
    """What Xen lets it have at most."""
    offset_kib: int = 0
    """How far its pages are above its target, once it has settled."""
    inaccuracy_kib: int = INACCURACY_KIB
    reserved_kib: int = 0
    """What is set aside for it while it is built."""
    standing: Standing = Standing.ASKED

    def pages_at(self, target_kib: int) -> int:
        """The pages that it has when it has settled at a target."""
        return target_kib + self.offset_kib

    def target_for(self, pages_kib: int) -> int:
        """The target at which it settles with so many pages."""
        return pages_kib - self.offset_kib

    def cost_at(self, target_kib: int) -> int:
        """The pages that it may take at a target."""
        return self.pages_at(target_kib) + self.inaccuracy_kib

    @property
    def counts_kib(self) -> int:
        """The memory that a domain which cannot be asked counts for."""
        return max(self.pages_kib, self.reserved_kib)

    @property
    def gap_kib(self) -> int:
        """How many pages it lacks at its target; below 0 it has to give."""
        return self.pages_at(self.target_kib) - self.pages_kib

    @property
    def settled(self) -> bool:
        return abs(self.gap_kib) <= self.inaccuracy_kib

    @property
    def could_give_kib(self) -> int:
        """What it would give if it shrank as far as it may be asked to."""
        if self.standing is Standing.HELD or self.reserved_kib:
            return 0
        return max(self.pages_kib - self.cost_at(self.minimum_kib), 0)


@dataclass(frozen=True)
class Host:
    """``free`` includes pages being scrubbed; ``promised`` is reserved for no domain yet."""

    free_kib: int
    reserve_kib: int
    """Memory that no guest may get, as Xen needs some for itself."""
    promised_kib: int
    domains: tuple[Domain, ...]

    @property
    def asked(self) -> list[Domain]:
        return [domain for domain in self.domains if domain.standing is Standing.ASKED]

    @property
    def others(self) -> list[Domain]:
        return [domain for domain in self.domains if domain.standing is not Standing.ASKED]

    @property
    def spoken_for_kib(self) -> int:
        """How much of the free memory is already set aside."""
        building = sum(domain.counts_kib - domain.pages_kib for domain in self.others)
        return self.reserve_kib + self.promised_kib + building

    @property
    def available_kib(self) -> int:
        """What can be given away now, even if every domain takes all that it may."""
        growth = sum(max(domain.limit_kib - domain.pages_kib, 0) for domain in self.asked)
        return self.free_kib - self.spoken_for_kib - growth


class Verdict(Enum):
    """What will become of the wanted memory if the domains go on like this."""

    COMES = "it is there, or comes"
    PREVENTED = "domains that could give do not"
    IMPOSSIBLE = "the minima are too high"


@dataclass(frozen=True)
class Shares:
    """A target for each domain that can be asked; ``preventing`` could give what is missing."""

    targets: Mapping[int, int]
    gamma: float
    verdict: Verdict
    preventing: tuple[int, ...] = ()


@dataclass(frozen=True)
class Change:
    """What a domain is to be told: its target, and the limit that Xen enforces."""

    domid: int
    target_kib: int
    limit_kib: int


def share(host: Host, wanted_kib: int) -> Shares:
    """The targets at which ``wanted_kib`` would be free besides what is set aside."""
    asked = host.asked
    least = sum(domain.cost_at(domain.minimum_kib) for domain in asked)
    pages = sum(domain.pages_kib for domain in asked)
    spare = host.free_kib - host.spoken_for_kib + pages - wanted_kib - least
    if spare >= 0:
        gamma = _gamma(spare, asked)
        return Shares({d.domid: _target(d, gamma) for d in asked}, gamma, Verdict.COMES)
    targets = {domain.domid: domain.minimum_kib for domain in asked}
    withheld = {d.domid: d.could_give_kib for d in host.others if d.could_give_kib > 0}
    if spare + sum(withheld.values()) >= 0:
        return Shares(targets, 0.0, Verdict.PREVENTED, tuple(withheld))
    return Shares(targets, 0.0, Verdict.IMPOSSIBLE)


def _gamma(spare_kib: int, domains: list[Domain]) -> float:
    between = sum(domain.maximum_kib - domain.minimum_kib for domain in domains)
    return 1.0 if spare_kib >= between else spare_kib / between


def _target(domain: Domain, gamma: float) -> int:
    return domain.minimum_kib + _whole(int(gamma * (domain.maximum_kib - domain.minimum_kib)))


def _whole(kib: int) -> int:
    """An amount in whole pages, as Xen counts memory."""
    return kib // PAGE_KIB * PAGE_KIB


def fair_kib(host: Host, minimum_kib: int, maximum_kib: int) -> int:
    """What a new domain with this range would have if it shared with the others."""
    newcomer = Domain(-1, minimum_kib, maximum_kib, 0, 0, 0, inaccuracy_kib=0)
    joined = Host(host.free_kib, host.reserve_kib, host.promised_kib, (*host.domains, newcomer))
    return share(joined, 0).targets[newcomer.domid]


def changes(host: Host, shares: Shares) -> list[Change]:
    """What to tell the domains now; nothing if all is as it should be.

    No domain grows as long as another has to give. One that cannot be asked is limited to what it
    has, so that it cannot take memory later that has been given to others.
    """
    possible = [_told(domain, target) for domain, target in _phase(host, shares)]
    possible += [_kept(domain) for domain in host.others]
    return [change for change in possible if _differs(host, change)]


def _phase(host: Host, shares: Shares) -> list[tuple[Domain, int]]:
    wanted = [(domain, shares.targets[domain.domid]) for domain in host.asked]
    if any(domain.pages_kib > domain.cost_at(target) for domain, target in wanted):
        return [(domain, min(target, _still(domain))) for domain, target in wanted]
    return wanted


def _still(domain: Domain) -> int:
    """The target that leaves a domain where it is."""
    if domain.settled:
        return domain.target_kib
    return min(max(domain.target_for(domain.pages_kib), domain.minimum_kib), domain.maximum_kib)


def _told(domain: Domain, target_kib: int) -> Change:
    return Change(domain.domid, target_kib, _whole(domain.pages_at(target_kib)))


def _kept(domain: Domain) -> Change:
    """Stop asking a driver that does nothing: set the target to where the pages are."""
    if domain.standing is Standing.PAUSED or domain.reserved_kib:
        return Change(domain.domid, domain.target_kib, domain.limit_kib)
    target = domain.target_kib if domain.standing is Standing.NO_DRIVER else _still(domain)
    return Change(domain.domid, target, domain.pages_kib)


def _differs(host: Host, change: Change) -> bool:
    domain = next(domain for domain in host.domains if domain.domid == change.domid)
    return (change.target_kib, change.limit_kib) != (domain.target_kib, domain.limit_kib)
