"""What a host's answer at the end of work says of its VM."""

from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any, cast

import pytest
from forwarder.core.context import Context, Work
from forwarder.daemons.hosts import RUN, Hosts
from xenops.codec import NULL
from xenops.envelope import XENOPSD, call_of
from xenops.extensions import Ended
from xenops.types import Task, TaskCompletion, TaskState

ENDED = Task(
    id="operation",
    dbg="",
    ctime=0.0,
    state=TaskState("Completed", TaskCompletion(duration=0.0)),
    subtasks={},
    debug_info={},
    backtrace="",
    cancellable=False,
)


@pytest.mark.parametrize(("said", "kept"), [(NULL, None), ({"state": None}, {"state": None})])
def test_a_host_that_cannot_tell_of_its_vm_has_told_nothing(said: Any, kept: Any) -> None:
    answer: Future[Any] = Future()
    answer.set_result(XENOPSD.success(XENOPSD.method(RUN), Ended(task=ENDED, vm=said), "operation"))
    context = cast(Context, SimpleNamespace(told={}))
    work = Work(call_of(XENOPSD.VM.start), "operation", {"id": "vm"})
    Hosts._read(cast(Hosts, None), context, "host", work, answer)
    assert context.told == {("host", "vm"): kept}
