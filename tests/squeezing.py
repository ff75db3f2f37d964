"""A host whose guests, drivers and squeezer all live on one clock that a test turns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from squeezed.host import Observer, concerns
from squeezed.journal import Journal, Reservation
from squeezed.policy import Host, Standing
from squeezed.squeezer import Refusal, Request, Sample, Squeezer
from xenports.hypervisor import DomainInfo
from xenports.simulated.guests import Guests
from xenports.simulated.machine import DOM0_KIB, Machine
from xenports.simulated.memory_store import MemoryStore

STEP_S = 0.1
ANSWER_MAX_S = 120.0


class Local:
    """The hypervisor port on a machine of this process."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def domains(self) -> list[DomainInfo]:
        return [DomainInfo(**found) for found in self.machine.describe()]

    def free_kib(self) -> int:
        return self.machine.free_kib()

    def set_max_kib(self, domid: int, max_kib: int) -> None:
        self.machine.set_max_kib(domid, max_kib)


@dataclass
class Told:
    """What a request was answered."""

    outcome: Reservation | Refusal | None = None
    answered: bool = False

    def __call__(self, outcome: Reservation | Refusal | None) -> None:
        assert not self.answered, "a request is answered once"
        self.outcome, self.answered = outcome, True

    @property
    def granted_kib(self) -> int:
        assert isinstance(self.outcome, Reservation), self.outcome
        return self.outcome.kib

    @property
    def refusal(self) -> Refusal:
        assert isinstance(self.outcome, Refusal), self.outcome
        return self.outcome


@dataclass
class Scenario:
    """``memory_kib`` is all that guests and nobody have together."""

    memory_kib: int
    reserve_kib: int = 0
    journal: Path | str = ":memory:"
    inaccuracy_kib: int = 4
    near_kib: int = 0
    """What squeezed believes of the drivers."""
    samples: list[Sample] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.machine = Machine(DOM0_KIB + self.memory_kib, seed=1)
        self.store = MemoryStore()
        self.guests = Guests(self.machine, self.store, Path("/nowhere"))
        self.guests.listen()
        self.store.on_change("/local/domain", lambda path: self.wake() if concerns(path) else None)
        self.next_turn: float | None = 0.0
        self.turns = 0
        self.numbers = 0
        self.start()

    def start(self) -> None:
        """A new squeezed, as after a kill."""
        self.squeezer = Squeezer(
            observer=Observer(
                Local(self.machine),
                self.store,
                self.reserve_kib,
                self.inaccuracy_kib,
                self.near_kib,
            ),
            journal=Journal(self.journal),
            clock=lambda: self.machine.clock_s,
            wake=self.wake,
            record=self.samples.append,
        )

    def wake(self) -> None:
        self.next_turn = self.machine.clock_s

    # --- domains ----------------------------------------------------------------------------

    def domain(
        self,
        minimum_kib: int,
        target_kib: int,
        maximum_kib: int,
        *,
        pages_kib: int | None = None,
        driver: bool = True,
        running: bool = True,
        **balloon: object,
    ) -> int:
        """A guest as the scenarios describe one: minimum, target, maximum, and its driver."""
        self.numbers += 1
        uuid = f"00000000-0000-0000-0000-{self.numbers:012d}"
        domid = self.machine.create(uuid, "pvh", maximum_kib, 1)
        base = f"/local/domain/{domid}"
        self.store.write_all(
            {
                f"{base}/name": f"guest {self.numbers}",
                f"{base}/memory/dynamic-min": str(minimum_kib),
                f"{base}/memory/dynamic-max": str(maximum_kib),
                f"{base}/memory/target": str(target_kib),
            }
        )
        guest = self.machine.find(domid).guest
        guest.fill_on_boot, guest.dirty_pages_per_s = False, 0
        if not driver:
            guest.balloon = None
        elif guest.balloon is not None:
            for name, value in balloon.items():
                setattr(guest.balloon, name, value)
        self.machine.populate(domid, target_kib if pages_kib is None else pages_kib)
        self.machine.build(domid, "kernel")
        if running:
            self.unpause(domid)
        self.wake()
        return domid

    def unpause(self, domid: int) -> None:
        self.machine.unpause(domid)
        self.guests.boot(domid)
        self.wake()

    def destroy(self, domid: int) -> None:
        self.machine.destroy(domid)
        self.store.remove(f"/local/domain/{domid}")
        self.wake()

    def pages(self, domid: int) -> int:
        return self.machine.find(domid).memory_kib

    def target(self, domid: int) -> int:
        return int(self.store.read(f"/local/domain/{domid}/memory/target") or "0")

    def limit(self, domid: int) -> int:
        return self.machine.find(domid).max_kib

    def is_marked(self, domid: int) -> bool:
        return self.store.read(f"/local/domain/{domid}/memory/uncooperative") is not None

    def give(self, told: Told, domid: int) -> None:
        """Hand a reservation to a domain."""
        assert isinstance(told.outcome, Reservation)
        domain = next(d for d in Local(self.machine).domains() if d.domid == domid)
        self.squeezer.transfer(told.outcome, domain)

    def use(self, told: Told, kib: int) -> int:
        """Build a guest without a driver out of what was granted; the rest goes back."""
        assert isinstance(told.outcome, Reservation)
        domid = self.domain(kib, kib, kib, pages_kib=0, driver=False, running=False)
        self.give(told, domid)
        self.machine.resize(self.machine.find(domid), kib)
        self.squeezer.delete(told.outcome.id, told.outcome.client, lambda: None)
        self.unpause(domid)
        return domid

    # --- time -------------------------------------------------------------------------------

    def step(self) -> None:
        """A tenth of a second: a turn if one is due, then the guests live."""
        if self.next_turn is not None and self.next_turn <= self.machine.clock_s:
            self.turns += 1
            self.next_turn = self.squeezer.turn()
        self.machine.live(STEP_S)

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.step()

    def until(self, holds: Callable[[], bool]) -> None:
        """Let time pass until something holds; it has to within two minutes."""
        deadline = self.machine.clock_s + ANSWER_MAX_S
        while not holds():
            assert self.machine.clock_s < deadline, "it does not come to that"
            self.step()

    # --- requests ---------------------------------------------------------------------------

    def ask(
        self,
        minimum_kib: int,
        maximum_kib: int | None = None,
        *,
        within_s: float = 100.0,
        id_: str = "",
    ) -> Told:
        """Ask for memory, without waiting for the answer."""
        self.numbers += 1
        told = Told()
        request = Request(
            id=id_ or f"operation {self.numbers}",
            client="xenopsd",
            minimum_kib=minimum_kib,
            maximum_kib=minimum_kib if maximum_kib is None else maximum_kib,
            deadline=self.machine.clock_s + within_s,
            answer=told,
        )
        self.squeezer.reserve(request)
        return told

    def asked(self, minimum_kib: int, maximum_kib: int | None = None, **more: float) -> Told:
        """Ask, and wait for the answer."""
        told = self.ask(minimum_kib, maximum_kib, **more)  # type: ignore[arg-type]
        self.until(lambda: told.answered)
        return told

    def look(self) -> Host:
        """The host as a turn would see it now."""
        return self.squeezer.look(self.machine.clock_s)

    def worst_free_kib(self) -> int:
        """What would be free if every guest took all that it may."""
        taken = 0
        for domain in self.look().domains:
            if domain.standing is Standing.ASKED:
                taken += domain.target_kib + domain.inaccuracy_kib
            else:
                taken += max(domain.pages_kib, domain.limit_kib)
        return self.memory_kib - taken
