"""Leases: one holder at a time, and work that is found when nobody told of it."""

from collections.abc import Iterator

import pytest
from pooldb import Database, leases
from pooldb.transaction import Transaction

NS, KEY, BODY = "lease", "task", {"method": "VM.start"}


@pytest.fixture
def tx(db: Database) -> Iterator[Transaction]:
    with db.transaction() as tx:
        yield tx


def test_an_offer_is_taken_by_the_first_who_asks(tx: Transaction) -> None:
    leases.offer(tx, NS, KEY, 60.0, BODY)
    assert leases.acquire(tx, NS, KEY, "one", 60.0)
    assert not leases.acquire(tx, NS, KEY, "other", 60.0)
    leases.check(tx, NS, KEY, "one")


def test_an_offer_that_nobody_takes_is_found(tx: Transaction) -> None:
    leases.offer(tx, NS, KEY, 60.0, BODY)
    assert leases.expired(tx, NS) == {}
    leases.offer(tx, NS, KEY, 0.0, BODY)
    assert leases.expired(tx, NS) == {KEY: BODY}


def test_an_expired_lease_goes_to_another_with_its_work(tx: Transaction) -> None:
    leases.acquire(tx, NS, KEY, "dead", 0.0, BODY)
    assert leases.expired(tx, NS) == {KEY: BODY}
    assert leases.acquire(tx, NS, KEY, "heir", 60.0)
    assert leases.expired(tx, NS) == {}
    with pytest.raises(leases.LeaseLost):
        leases.check(tx, NS, KEY, "dead")


def test_nobody_holds_what_is_offered(tx: Transaction) -> None:
    leases.offer(tx, NS, KEY, 60.0, BODY)
    with pytest.raises(leases.LeaseLost):
        leases.check(tx, NS, KEY, "one")


def test_what_is_handed_over_is_found_at_once_and_is_nobodys_fault(tx: Transaction) -> None:
    leases.offer(tx, NS, KEY, 60.0, BODY)
    for number in range(2 * leases.VAIN_MAX):
        owner = str(number)
        assert leases.take(tx, NS, KEY, owner, 60.0, BODY)
        leases.hand_over(tx, NS, KEY, owner)
        assert leases.expired(tx, NS) == {KEY: BODY}
        with pytest.raises(leases.LeaseLost):
            leases.check(tx, NS, KEY, owner)
    assert leases.take_overs(tx, NS, KEY) == leases.TakeOvers()


def test_nobody_hands_over_what_is_anothers_or_over(tx: Transaction) -> None:
    leases.acquire(tx, NS, KEY, "heir", 60.0, BODY)
    leases.hand_over(tx, NS, KEY, "dead")
    leases.check(tx, NS, KEY, "heir")
    leases.release(tx, NS, KEY)
    leases.hand_over(tx, NS, KEY, "heir")
    assert tx.kv_get(NS, KEY) is None
