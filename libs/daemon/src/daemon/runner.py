"""Runs a plan: atomic by atomic, timed, cancellable, with progress by weight."""

import logging
import time
from concurrent.futures import Executor, wait
from typing import Generic

import telemetry
from xenops.errors import XenopsError, unexpected

from daemon.plans import Atomic, BestEffort, H, Parallel, Serial, Step, leaves
from daemon.tasks import RunningTask

log = logging.getLogger(__name__)


class Runner(Generic[H]):
    """Runs plans on ``host``; ``executor`` runs parallel steps.

    Nested groups run in order within their branch.
    """

    def __init__(self, host: H, executor: Executor, service: str) -> None:
        self._host = host
        self._executor = executor
        self._service = service

    def run(self, plan: tuple[Step[H], ...], task: RunningTask, subject: str) -> None:
        """Run the whole plan; raises the first XenopsError."""
        total = sum(leaf.weight for step in plan for leaf in leaves(step)) or 1
        done = 0
        for step in plan:
            weight = sum(leaf.weight for leaf in leaves(step))
            task.enter(done / total, (done + weight) / total)
            self._step(step, task, subject, may_fan_out=True)
            done += weight

    def _step(self, step: Step[H], task: RunningTask, subject: str, *, may_fan_out: bool) -> None:
        match step:
            case Serial(steps):
                for inner in steps:
                    self._step(inner, task, subject, may_fan_out=may_fan_out)
            case Parallel(steps) if may_fan_out:
                self._parallel(steps, task, subject)
            case Parallel(steps):
                for inner in steps:
                    self._step(inner, task, subject, may_fan_out=False)
            case BestEffort(inner):
                try:
                    self._step(inner, task, subject, may_fan_out=may_fan_out)
                except XenopsError as error:
                    log.info("%s: %s failed, which does not matter: %s", subject, inner, error)
            case _:
                self._atomic(step, task, subject)

    def _parallel(self, steps: tuple[Step[H], ...], task: RunningTask, subject: str) -> None:
        futures = [
            self._executor.submit(self._step, step, task, subject, may_fan_out=False)
            for step in steps
        ]
        wait(futures)
        errors = [error for future in futures if (error := future.exception()) is not None]
        for error in errors[1:]:
            log.error("%s: another parallel step failed too: %s", subject, error)
        if errors:
            raise errors[0]

    def show(self, step: str, task: RunningTask, subject: str, began: float) -> None:
        """Show a step that is no atomic, begun at ``began`` (perf_counter)."""
        ms = (time.perf_counter() - began) * 1000
        telemetry.hop(service=self._service, step=step, task=task.id, subject=subject, ms=ms)

    def _atomic(self, atomic: Atomic[H], task: RunningTask, subject: str) -> None:
        task.check_cancelled()
        began = time.perf_counter()
        try:
            atomic.perform(self._host, task)
        except XenopsError:
            raise
        except Exception as error:  # a bug in an atomic fails its operation and nothing else
            log.exception("%s failed", atomic)
            raise unexpected(f"{atomic}: {type(error).__name__}: {error}") from error
        finally:
            telemetry.hop(
                service=self._service,
                atomic=str(atomic),
                task=task.id,
                subject=subject,
                ms=(time.perf_counter() - began) * 1000,
            )
