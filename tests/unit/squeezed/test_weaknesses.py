"""Where upstream is weak and this is not; each name holds the weakness's number.

S6 is in `tests/property/test_memory_policy.py`, S8 in `tests/e2e/test_memory.py`.
"""

import sqlite3
import threading
from pathlib import Path
from typing import Any, cast

import pytest
import squeezed.__main__ as squeezed_main
from squeezed.policy import Standing
from squeezed.squeezer import TICK_S

from tests.squeezing import Scenario

MIB = 1024


def test_s1_a_reservation_that_fits_is_granted_at_once_while_another_waits() -> None:
    s = Scenario(memory_kib=5000)
    s.domain(1000, 4500, 4500, rate_kib_s=20)
    large = s.ask(900)
    s.step()
    small = s.ask(400)
    s.step()
    assert small.granted_kib == 400
    assert not large.answered
    s.until(lambda: large.answered)
    assert large.granted_kib == 900


def test_s1_those_who_wait_are_served_as_memory_comes_within_their_deadlines() -> None:
    s = Scenario(memory_kib=5000)
    s.domain(1000, 5000, 5000, rate_kib_s=100)
    first, second, hasty = s.ask(1000), s.ask(1000), s.ask(1000, within_s=15)
    s.until(lambda: first.answered)
    assert not second.answered
    s.until(lambda: second.answered)
    s.until(lambda: hasty.answered)
    assert first.granted_kib == second.granted_kib == 1000
    assert hasty.refusal.wanted_kib == 1000


def test_s2_no_turn_is_due_when_nothing_moves_and_a_change_brings_one() -> None:
    s = Scenario(memory_kib=5000)
    guest = s.domain(1000, 2000, 2000)
    s.run(5)
    s.turns = 0
    s.run(600)
    assert s.turns == 0
    s.store.write(f"/local/domain/{guest}/memory/dynamic-max", "1500")
    s.run(2)
    assert s.turns > 0
    assert s.pages(guest) <= 1500 + s.inaccuracy_kib


def test_s2_a_tick_comes_only_while_something_moves() -> None:
    s = Scenario(memory_kib=5000)
    s.domain(1000, 4000, 4000, rate_kib_s=100)
    told = s.asked(2000)
    assert told.granted_kib == 2000
    s.run(60)
    took_s = 10
    assert s.turns <= 2 * took_s / TICK_S
    assert s.next_turn is None


@pytest.mark.parametrize(
    "balloon",
    [{"rate_kib_s": 0.8}, {"rate_kib_s": 100, "stuck_every_s": 19.0}],
    ids=["a page every 5 s", "asleep for 19 s"],
)
def test_s3_a_driver_that_gives_a_little_now_and_then_is_called_silent(
    balloon: dict[str, float],
) -> None:
    s = Scenario(memory_kib=9000)
    slow = s.domain(1000, 4500, 4500, **balloon)
    quick = s.domain(1000, 4500, 4500, rate_kib_s=1000)
    s.machine.clock_s = 19.0  # the one that sleeps has just begun to
    told = s.asked(2000)
    assert told.granted_kib == 2000
    assert s.is_marked(slow)
    assert not s.is_marked(quick)


def test_s3_the_past_is_remembered_and_forgiven_by_arriving() -> None:
    s = Scenario(memory_kib=5000)
    guest = s.domain(1000, 4500, 4500, rate_kib_s=1000, stuck=True)
    told = s.ask(2000)
    s.until(lambda: s.is_marked(guest))
    s.run(8)
    assert s.is_marked(guest), "it is asked again, and known"
    balloon = s.machine.find(guest).guest.balloon
    assert balloon is not None
    balloon.stuck = False
    s.until(lambda: told.answered)
    s.until(lambda: not s.is_marked(guest))


def test_s4_the_target_of_a_silent_driver_moves_with_its_limit() -> None:
    s = Scenario(memory_kib=4000)
    guest = s.domain(1000, 4000, 4000, rate_kib_s=500, floor_kib=3000)
    s.ask(2500)
    s.until(lambda: s.is_marked(guest))
    s.run(0.3)
    assert s.target(guest) == s.pages(guest) == s.limit(guest) == 3000


def test_s5_who_refuses_is_named_with_what_it_withholds() -> None:
    s = Scenario(memory_kib=8000)
    obeys = s.domain(1000, 4000, 4000)
    refuses = s.domain(1000, 4000, 4000, stuck=True)
    refusal = s.asked(5000).refusal
    assert refusal.refused == (refuses,)
    withheld = {part.domid: part.could_give_kib for part in refusal.parts}
    assert withheld[refuses] == 4000 - 1000 - s.inaccuracy_kib
    assert withheld[obeys] == 0


@pytest.mark.parametrize("guests", [0, 1, 3])
def test_s7_with_plenty_of_memory_nothing_is_done_or_said(
    guests: int, caplog: pytest.LogCaptureFixture
) -> None:
    s = Scenario(memory_kib=100_000)
    domids = [s.domain(1000, 2000, 2000) for _ in range(guests)]
    s.run(1)
    caplog.clear()
    s.samples.clear()
    targets = [s.target(domid) for domid in domids]
    s.squeezer.turn()
    s.run(60)
    assert caplog.records == []
    assert s.samples == []
    assert [s.target(domid) for domid in domids] == targets == [2000] * guests


def test_s9_asked_again_a_reservation_is_the_same_one(tmp_path: Path) -> None:
    s = Scenario(memory_kib=5000, journal=tmp_path / "journal.db")
    first = s.asked(1000, id_="operation")
    s.start()  # the reply was lost, and squeezed killed
    again = s.asked(1000, id_="operation")
    assert again.outcome == first.outcome
    assert s.look().promised_kib == 1000


def test_s9_a_request_that_waits_is_the_same_one_when_asked_again() -> None:
    s = Scenario(memory_kib=5000)
    s.domain(1000, 4800, 5000, rate_kib_s=100)
    s.ask(1000, id_="operation")
    s.run(1)
    again = s.ask(1000, id_="operation")
    s.until(lambda: again.answered)
    assert s.look().promised_kib == 1000


def test_s9_it_ends_with_the_operation() -> None:
    s = Scenario(memory_kib=5000)
    granted = s.asked(1000, id_="operation")
    assert granted.granted_kib == 1000
    ended = list[str]()
    assert s.squeezer.delete("operation", "xenopsd", lambda: ended.append("first"))
    assert s.look().promised_kib == 0
    assert not s.squeezer.delete("operation", "xenopsd", lambda: ended.append("second"))
    assert ended == ["first"]


def test_s9_it_ends_with_the_operation_also_while_the_disk_is_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    s = Scenario(memory_kib=5000)
    s.asked(1000, id_="operation")
    ended = list[str]()

    def full(id_: str) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(s.squeezer.journal, "forget", full)
        assert s.squeezer.delete("operation", "xenopsd", lambda: ended.append("end"))
        with pytest.raises(sqlite3.OperationalError):
            s.squeezer.turn()
        assert ended == [], "its message is still there for the next squeezed"
    s.squeezer.turn()
    assert s.look().promised_kib == 0
    assert ended == ["end"]


def test_a_client_that_begins_anew_has_nothing_reserved_but_for_domains() -> None:
    """All at once: a full disk keeps it from being logged in at all."""
    s = Scenario(memory_kib=5000)
    s.asked(1000, id_="operation")
    s.squeezer.log_in("another", "another/1")
    assert s.look().promised_kib == 1000
    s.squeezer.log_in("xenopsd", "xenopsd/2")
    assert s.look().promised_kib == 0


def test_turns_go_on_after_one_that_met_a_full_disk() -> None:
    stop, due = threading.Event(), squeezed_main.Due()
    turns = iter([sqlite3.OperationalError("database or disk is full"), None])

    class Squeezer:
        def clock(self) -> float:
            return 0.0

        def turn(self) -> None:
            due.change()
            outcome = next(turns)
            if outcome is not None:
                raise outcome
            stop.set()

    due.change()
    squeezed_main.turns(cast(Any, Squeezer()), due, stop)
    assert next(turns, "over") == "over"


def test_who_asks_does_not_wait_for_changes_to_gather(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guests that write without end delay no request."""
    monkeypatch.setattr(squeezed_main, "BETWEEN_TURNS_S", 3600.0)
    due = squeezed_main.Due()
    due.change()
    due.wait(None)
    due.ask()
    due.rest()
    due.wait(None)


def test_s9_it_ends_with_the_domain() -> None:
    s = Scenario(memory_kib=5000)
    told = s.asked(1000)
    domid = s.domain(1000, 1000, 1000, pages_kib=0, driver=False, running=False)
    s.give(told, domid)
    assert s.look().spoken_for_kib == 1000
    s.destroy(domid)
    s.run(1)
    assert s.look().spoken_for_kib == 0
    assert s.squeezer.journal.reservations() == []


def test_s9_it_ends_with_the_clients_next_log_in_and_nobody_elses() -> None:
    s = Scenario(memory_kib=5000)
    s.domain(3000, 3000, 3000)
    s.asked(500, id_="granted")
    waiting = s.ask(9000, id_="waiting")
    s.squeezer.log_in("another", "its session")
    assert s.look().promised_kib == 500
    s.squeezer.log_in("xenopsd", "a new session")
    assert s.look().promised_kib == 0
    assert waiting.answered
    assert waiting.outcome is None


def test_s10_all_who_can_give_do_and_nobody_gets_what_it_does_not_need() -> None:
    s = Scenario(memory_kib=12_000)
    guests = [s.domain(1000, 4000, 4000) for _ in range(3)]
    assert s.asked(6000).granted_kib == 6000
    left = [s.pages(domid) - 1000 for domid in guests]
    assert max(left) - min(left) <= s.inaccuracy_kib + 4
    s.squeezer.log_in("xenopsd", "again")
    s.run(30)
    assert all(s.pages(domid) <= 4000 for domid in guests)


def test_s10_a_refusal_shows_the_sum() -> None:
    s = Scenario(memory_kib=20_000, reserve_kib=1000)
    s.domain(1000, 4000, 4000)
    s.domain(1000, 4000, 4000, driver=False)
    s.domain(1000, 4000, 4000, running=False)
    s.asked(2000)
    refusal = s.asked(19_000).refusal
    assert (refusal.wanted_kib, refusal.reserve_kib) == (19_000, 1000)
    assert refusal.promised_kib == 2000
    assert refusal.free_kib == s.machine.free_kib()
    standings = [part.standing for part in refusal.parts]
    assert standings == [Standing.ASKED, Standing.NO_DRIVER, Standing.PAUSED]
