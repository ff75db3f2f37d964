"""Who gives up a call may do so in the moment in which its answer comes."""

from concurrent.futures import Future
from typing import Any

import pytest
from broker.connection import _fail, _succeed

from broker import CallTimeout


class GivenUp(Future[Any]):
    """It is cancelled right after somebody has found that it is not done."""

    def done(self) -> bool:
        found = super().done()
        self.cancel()
        return found

    def set_result(self, result: Any) -> None:
        self.cancel()
        super().set_result(result)

    def set_exception(self, exception: BaseException | None) -> None:
        self.cancel()
        super().set_exception(exception)


@pytest.mark.parametrize(
    "end", [lambda call: _succeed(call, 1), lambda call: _fail(call, CallTimeout("late"))]
)
def test_an_answer_to_a_call_that_was_given_up_disturbs_nobody(end: Any) -> None:
    call = GivenUp()
    end(call)
    assert call.cancelled()


def test_an_answer_counts_once() -> None:
    call: Future[Any] = Future()
    _succeed(call, 1)
    _fail(call, CallTimeout("late"))
    assert call.result() == 1
