"""Acknowledgements: each once, soon, and none for what its receiver has not acknowledged."""

from collections.abc import Callable
from typing import Any

from broker.acks import MANY, Acks
from hypothesis import given, settings
from hypothesis import strategies as st


class Around:
    """A channel with what it was told, and a loop whose work waits until it is told to go on."""

    def __init__(self) -> None:
        self.is_open = True
        self.open: list[int] = []
        self.frames = 0
        self.soon_: list[Callable[[], object]] = []
        self.later: list[Callable[[], object]] = []

    def basic_ack(self, tag: int, multiple: bool = False) -> None:
        assert tag in self.open, "the broker closes the channel"
        self.frames += 1
        for one in [one for one in self.open if one <= tag] if multiple else [tag]:
            self.open.remove(one)

    def soon(self, action: Callable[[], object]) -> None:
        self.soon_.append(action)

    def call_later(self, delay: float, action: Callable[[], object]) -> None:
        self.later.append(action)

    def go_on(self) -> None:
        for waiting in (self.soon_, self.later):
            while waiting:
                waiting.pop(0)()


STEPS = st.lists(
    st.one_of(
        st.just(("take", 0)),
        st.tuples(st.just("give"), st.integers(0, 100)),
        st.just(("send", 0)),
        st.just(("go on", 0)),
    ),
    max_size=80,
)


@given(STEPS)
@settings(max_examples=300)
def test_exactly_what_was_acknowledged_is_told_to_the_broker(steps: list[Any]) -> None:
    around = Around()
    acks: Any = Acks(around, around)  # type: ignore[arg-type]
    taken, given_ = 0, set[int]()
    for step, number in steps:
        match step:
            case "take":
                taken += 1
                around.open.append(taken)
                acks.take(taken)
            case "give" if taken:
                tag = number % taken + 1
                given_.add(tag)
                acks.give(tag)
            case "send":
                acks.send()
            case "go on":
                around.go_on()
        assert given_.isdisjoint(around.open) or around.soon_ or around.later, "forgotten"
        assert set(range(1, taken + 1)) - given_ <= set(around.open), "not acknowledged"
    around.go_on()
    assert set(around.open) == set(range(1, taken + 1)) - given_


def test_a_crowd_takes_one_frame_and_does_not_wait_for_the_time() -> None:
    around = Around()
    acks: Any = Acks(around, around)  # type: ignore[arg-type]
    for tag in range(1, MANY + 1):
        around.open.append(tag)
        acks.take(tag)
    for tag in range(MANY, 0, -1):
        acks.give(tag)
    assert len(around.soon_) == 1
    around.soon_.pop()()
    assert (around.open, around.frames) == ([], 1)


def test_a_channel_that_is_closed_is_told_nothing() -> None:
    around = Around()
    acks: Any = Acks(around, around)  # type: ignore[arg-type]
    acks.take(1)
    acks.give(1)
    around.is_open = False
    around.go_on()
    assert around.frames == 0
