"""What the daemon knows after a restart: the SRs that are attached, and answers it has given."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daemon.database import Database
from xenops.storage import Merges

ANSWERS_KEPT = 5000
FORGET_EVERY = 100

TABLES = """
create table if not exists srs (
    sr text primary key, driver text not null, config text not null, merges integer not null
);
create table if not exists answers (
    id text primary key, answer text not null, number integer not null unique
);
"""


@dataclass(frozen=True)
class Plugged:
    """An SR that is to be attached here; ``config`` has its secrets in plain text."""

    sr: str
    driver: str
    config: Mapping[str, str]
    merges: Merges


class Journal(Database):
    """Threads share it; each method is one transaction. Only its owner can read the file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        super().__init__(path, TABLES)
        self._given = 0

    def srs(self) -> list[Plugged]:
        return [
            Plugged(sr, driver, json.loads(config), list(Merges)[merges])
            for sr, driver, config, merges in self._run("select * from srs order by sr")
        ]

    def plug(self, sr: Plugged) -> None:
        config, merges = json.dumps(dict(sr.config)), list(Merges).index(sr.merges)
        self._run(
            "insert or replace into srs values (?, ?, ?, ?)", sr.sr, sr.driver, config, merges
        )

    def unplug(self, sr: str) -> None:
        self._run("delete from srs where sr = ?", sr)

    def answer(self, id_: str) -> Any:
        """What was answered to a call; None if it is not known."""
        rows = self._run("select answer from answers where id = ?", id_)
        return json.loads(rows[0][0]) if rows else None

    def keep_answer(self, id_: str, answer: Any) -> None:
        """Keep an answer for repetitions of its call; the SR itself knows after a power cut."""
        with self.until_power_off(), self.together():
            self._run(
                "insert or replace into answers values"
                " (?, ?, (select coalesce(max(number), 0) + 1 from answers))",
                id_,
                json.dumps(answer),
            )
            self._given += 1
            if self._given % FORGET_EVERY == 0:
                self._run(
                    "delete from answers where number <= (select max(number) from answers) - ?",
                    ANSWERS_KEPT,
                )
