"""A VM's place: whatever comes in whatever order, the VM has a domain on its place's hosts alone.

The world of the test is what the table is about: hosts that may be cut off, an operation for a host
that comes late or twice, tasks that end only by a host's word, and administrators.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from forwarder.place.transitions import (
    TABLE,
    About,
    Claim,
    Event,
    IsBehind,
    IsDead,
    IsFound,
    IsLost,
    IsOff,
    IsReset,
    Leave,
    Place,
    Refused,
    Runs,
    State,
    Take,
    about,
    after,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

HOSTS, TASKS = ("one", "two", "three"), ("t1", "t2", "t3")
HOST, TASK = st.sampled_from(HOSTS), st.sampled_from(TASKS)
MAYBE_HOST, MAYBE_TASK = st.none() | HOST, st.none() | TASK
PLACES = st.builds(Place, MAYBE_HOST, MAYBE_HOST, MAYBE_TASK, st.integers(0, 9))
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Claim, TASK, HOST),
    *(st.builds(by_task, TASK) for by_task in (Take, Leave)),
    *(st.builds(by_host, HOST) for by_host in (Runs, IsOff, IsDead, IsFound)),
    st.builds(IsBehind, st.integers(0, 20)),
    *(st.just(by_nobody()) for by_nobody in (IsReset, IsLost)),
)


def moved(place: Place, event: Event) -> Place:
    """The place after an event, the same for one that is refused."""
    try:
        return after(place, event)
    except Refused:
        return place


def test_each_state_has_its_row() -> None:
    assert set(TABLE) == set(State)


@given(PLACES, EVENTS)
def test_an_epoch_never_goes_back_and_grows_by_one(place: Place, event: Event) -> None:
    grown = moved(place, event).epoch - place.epoch
    if isinstance(event, IsBehind):
        assert grown == max(0, event.epoch + 1 - place.epoch)
    else:
        assert grown in (0, 1)


@given(PLACES, st.integers(0, 20))
def test_a_place_that_catches_up_is_where_it_was(place: Place, seen: int) -> None:
    assert replace(after(place, IsBehind(seen)), epoch=place.epoch) == place


@given(PLACES, EVENTS)
def test_what_is_done_again_changes_nothing_more(place: Place, event: Event) -> None:
    """So a task that is taken over keeps its epoch, and a report may be repeated."""
    once = moved(place, event)
    if isinstance(event, IsReset):
        once = replace(once, epoch=once.epoch + (once.state is not State.COMING))
    assert moved(moved(place, event), event) == once


@given(PLACES, TASK)
def test_no_end_of_a_task_undoes_what_another_has(place: Place, task: str) -> None:
    assume(about(place, Leave(task)) is About.ANOTHER)
    assert after(place, Leave(task)) == place


@given(PLACES, EVENTS)
def test_only_a_claim_or_a_search_gives_a_vm_to_another_host(place: Place, event: Event) -> None:
    gained = moved(place, event).hosts - place.hosts
    if gained:
        assert isinstance(event, Claim | IsFound)
        assert gained == {event.host}
        assert moved(place, event).epoch == place.epoch + 1


@given(PLACES, EVENTS)
def test_a_host_loses_a_vm_by_its_own_word_or_with_the_epoch(place: Place, event: Event) -> None:
    """Or by that of the one that the VM was given to, or of the task that claimed it for it."""
    after_ = moved(place, event)
    for host in place.hosts - after_.hosts:
        told = isinstance(event, IsOff | Runs) and event.host in place.hosts
        assert told or isinstance(event, Leave) or after_.epoch > place.epoch, host


@given(PLACES, HOST, EVENTS)
def test_a_stranger_has_no_say(place: Place, host: str, event: Event) -> None:
    assume(host not in place.hosts)
    for said in (Runs(host), IsOff(host)):
        assert moved(place, said) == place


@dataclass
class Host:
    """``done`` are the operations that it has journaled; ``has`` says that it has the domain."""

    has: bool = False
    reachable: bool = True
    dead: bool = False
    seen: int = 0
    done: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Message:
    """An operation for a host, which may come at any time, and more than once."""

    id: int
    host: str
    wire: str
    epoch: int


class World(RuleBasedStateMachine):
    """One VM, and one task at a time that holds it, as locks have it."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Place()
        self.hosts = {name: Host() for name in HOSTS}
        self.messages: list[Message] = []
        self.task: tuple[str, Message] | None = None
        self.number = 0

    # --- tasks --------------------------------------------------------------------------------

    def begin(self, wire: str, event: Claim | Take, host: str) -> None:
        self.place = after(self.place, event)
        message = Message(self.number, host, wire, self.place.epoch)
        self.messages.append(message)
        self.task = (event.task, message)

    def new_task(self) -> str:
        self.number += 1
        return f"task {self.number}"

    @precondition(lambda self: self.task is None and self.place.state is State.NOWHERE)
    @rule(host=HOST)
    def start(self, host: str) -> None:
        assume(not self.hosts[host].dead)
        self.begin("start", Claim(self.new_task(), host), host)

    @precondition(lambda self: self.task is None and self.place.state is State.SETTLED)
    @rule(host=HOST)
    def migrate(self, host: str) -> None:
        assume(host != self.place.home and not self.hosts[host].dead)
        self.begin("receive", Claim(self.new_task(), host), host)

    @precondition(lambda self: self.task is None and self.place.state is State.SETTLED)
    @rule()
    def shut_down(self) -> None:
        self.begin("stop", Take(self.new_task()), str(self.place.home))

    @precondition(lambda self: self.task is not None)
    @rule()
    def end(self) -> None:
        """By the word of the hosts, which begin the operation no more."""
        assert self.task is not None
        task, message = self.task
        asked = [message.host, *(self.place.hosts - {message.host})]
        assume(all(self.hosts[name].reachable or self.hosts[name].dead for name in asked))
        for name in asked:
            host = self.hosts[name]
            if not host.dead:
                host.done.add(message.id)
                self.place = moved(self.place, Runs(name) if host.has else IsOff(name))
        self.place = moved(self.place, Leave(task))
        home = self.place.home
        if home is not None and not self.hosts[home].has:
            self.place = moved(self.place, IsDead(home) if self.hosts[home].dead else IsOff(home))
        self.task = None

    @precondition(lambda self: self.task is not None)
    @rule()
    def go_well(self) -> None:
        self.mend()
        self.deliver_newest()
        self.end()

    # --- hosts --------------------------------------------------------------------------------

    @precondition(lambda self: self.task is not None)
    @rule()
    def deliver_newest(self) -> None:
        assert self.task is not None
        self.deliver(self.task[1])

    @precondition(lambda self: self.messages)
    @rule(data=st.data())
    def deliver_any(self, data: Any) -> None:
        """It stays, and comes again."""
        self.deliver(data.draw(st.sampled_from(self.messages)))

    def deliver(self, message: Message) -> None:
        host = self.hosts[message.host]
        assume(host.reachable and not host.dead)
        if message.id in host.done or message.epoch < host.seen:
            return
        source = next((name for name, one in self.hosts.items() if one.has), None)
        if message.wire == "receive":
            assume(source is not None and self.hosts[source].reachable)
            assert source is not None
            self.hosts[source].has = False
            self.hosts[source].seen = message.epoch
        host.seen = message.epoch
        host.done.add(message.id)
        host.has = message.wire != "stop"

    @rule(host=HOST)
    def cut(self, host: str) -> None:
        self.hosts[host].reachable = False

    @precondition(lambda self: any(not host.reachable for host in self.hosts.values()))
    @rule()
    def mend(self) -> None:
        for host in self.hosts.values():
            host.reachable = True

    @rule(hosts=st.permutations(HOSTS))
    def report(self, hosts: list[str]) -> None:
        """It comes at once: late ones are told by their versions, which are not in this world."""
        for name in hosts:
            host = self.hosts[name]
            if host.reachable and not host.dead:
                self.place = moved(self.place, Runs(name) if host.has else IsOff(name))
                self.has_one_domain_at_most_and_in_its_place()

    @precondition(lambda self: self.place.state is State.SETTLED)
    @rule()
    def guest_ends(self) -> None:
        self.hosts[str(self.place.home)].has = False

    @precondition(lambda self: any(not host.reachable for host in self.hosts.values()))
    @rule(host=HOST)
    def declare_dead(self, host: str) -> None:
        """Its queue is emptied, and its disks are taken from it: what it has does not run."""
        found = self.hosts[host]
        assume(not found.reachable and sum(one.dead for one in self.hosts.values()) < 2)
        found.dead, found.has = True, False
        self.messages = [message for message in self.messages if message.host != host]
        held = self.task is not None and self.place.home == host
        if not (held and self.place.hosts - {host}):
            self.place = moved(self.place, IsDead(host))

    # --- what holds ---------------------------------------------------------------------------

    @invariant()
    def has_one_domain_at_most_and_in_its_place(self) -> None:
        having = {name for name, host in self.hosts.items() if host.has}
        assert len(having) <= 1
        assert having <= self.place.hosts


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=300, stateful_step_count=40)
