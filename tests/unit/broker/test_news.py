"""News of commits: the last one is always told, and none twice or backwards."""

import threading
from typing import Any

import pytest
from broker.news import News

from broker import news


class Listeners:
    """``heard`` are the generations in the order in which they were told of."""

    def __init__(self, last: int) -> None:
        self.heard: list[int] = []
        self.have_last = threading.Event()
        self._last = last

    def publish(self, exchange: str, key: str, message: Any) -> None:
        self.heard.append(message.body["generation"])
        if self.heard[-1] == self._last:
            self.have_last.set()


@pytest.mark.parametrize("order", [[1], [1, 2, 3], [3, 1, 2], [2, 2, 1, 3, 3], [*range(1, 200)]])
def test_the_last_commit_is_told(order: list[int]) -> None:
    listeners = Listeners(max(order))
    told = News(listeners)
    for generation in order:
        told.tell(generation)
    assert listeners.heard[0] == order[0], "the first one waits for nothing"
    assert listeners.have_last.wait(60.0)
    assert listeners.heard == sorted({*listeners.heard})


def test_a_crowd_is_told_of_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "BETWEEN_S", 1e6)
    listeners = Listeners(1)
    told = News(listeners)
    for generation in (1, 2, 3):
        told.tell(generation)
    assert listeners.heard == [1]
