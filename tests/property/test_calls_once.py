"""A synchronous call is run once, whatever becomes of its messages, its gateway and forwarders."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import pooldb
import pytest
from pooldb import Transaction, calls, leases, outcomes
from xapi.numbers import Numbers

SOON_S, NEVER_S = 0.0, 1e9


class Pool:
    """Every message that was ever sent may arrive at any time, any number of times."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.db = pooldb.connect(f"sqlite:///{folder / 'pool.db'}")
        self.random = random
        self.gateways = [Numbers(), Numbers()]
        self.sent: list[dict[str, Any]] = []
        self.waiting: dict[str, tuple[Numbers, int]] = {}
        """The calls whose clients wait, with their numbers at their gateways."""
        self.arrivals = 0
        self.ended: Counter[str] = Counter()

    def call(self) -> None:
        gateway, task = self.random.choice(self.gateways), f"OpaqueRef:{len(self.sent)}"
        numbered = gateway.next()
        call = {"method": "VM.clone", "task": task, "user": "", "asynchronous": False}
        self.sent.append({**call, "numbered": asdict(numbered)})
        self.waiting[task] = (gateway, numbered.number)

    def arrive(self) -> None:
        """A message arrives at a forwarder, which may die before it commits, or after it did."""
        if not self.sent:
            return
        call = self.random.choice(self.sent[-5:])
        task = call["task"]
        dies = self.random.choice(["", "", "before", "within", "replying"])
        tx = self.db.begin()
        if self._claim(tx, call) and dies != "before":
            if dies == "within":
                self.db.commit(tx)
                return
            self._end(tx, task)
            if not dies:
                self._hear(task)
        else:
            self.db.undo()

    def _claim(self, tx: Transaction, call: dict[str, Any]) -> bool:
        if tx.kv_get(leases.TASKS, call["task"]) is None:
            if not calls.is_new(tx, call):
                return False
            calls.accept(tx, call, NEVER_S)
        self.arrivals += 1
        owner = f"forwarder {self.arrivals}"
        return leases.take(tx, leases.TASKS, call["task"], owner, NEVER_S)

    def _end(self, tx: Transaction, task: str) -> None:
        leases.release(tx, leases.TASKS, task)
        outcomes.leave(tx, task, None, None)
        self.db.commit(tx)
        self.ended[task] += 1

    def _hear(self, task: str) -> None:
        """The gateway hears the outcome, if it still waits for it."""
        if task in self.waiting:
            gateway, number = self.waiting.pop(task)
            gateway.fetch(number, task)

    def hear_nothing(self) -> None:
        """A gateway has heard nothing of a call, so it sees to it that it is in the database."""
        if self.waiting:
            self._fall_back(self.random.choice(list(self.waiting)))

    def _fall_back(self, task: str) -> None:
        gateway, number = self.waiting[task]
        call = next(call for call in self.sent if call["task"] == task)
        with self.db.transaction() as tx:
            if not calls.is_known(tx, task):
                calls.accept(tx, call, SOON_S)
        gateway.end(number)
        if self.db.read_kv(outcomes.OUTCOMES, task) is not None:
            self._hear(task)

    def take_over(self) -> None:
        """Forwarders find what nobody does."""
        with self.db.transaction() as tx:
            found = list(tx.kv_items(leases.TASKS))
        for task in found:
            self._end(self.db.begin(), task)

    def restart(self) -> None:
        """A gateway starts anew; its clients hear nothing any more."""
        place = self.random.randrange(len(self.gateways))
        gone, self.gateways[place] = self.gateways[place], Numbers()
        self.waiting = {task: at for task, at in self.waiting.items() if at[0] is not gone}


@pytest.mark.parametrize("seed", range(10))
def test_each_call_is_run_once_at_most_and_if_its_client_waits_it_is_run(
    tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    pool = Pool(tmp_path, random)
    steps = {pool.call: 4, pool.arrive: 8, pool.hear_nothing: 1, pool.take_over: 1}
    for number in range(300):
        random.choices(list(steps), list(steps.values()))[0]()
        if number % 100 == 99:
            pool.restart()
        assert set(pool.ended.values()) <= {1}
    for task in list(pool.waiting):
        pool._fall_back(task)
    pool.take_over()
    assert all(pool.ended[task] == 1 for task in pool.waiting)
    with pool.db.transaction() as tx:
        kept = len(tx.kv_items(outcomes.OUTCOMES))
    assert kept < len(pool.ended)
    pool.db.close()
