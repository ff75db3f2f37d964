"""The balloon driver of a simulated guest: how fast and how far it goes, and when it rests."""

from dataclasses import dataclass

RATE_KIB_S = 512 * 1024


@dataclass
class Balloon:
    """One guest's driver. Amounts are KiB; None is no bound."""

    rate_kib_s: float = RATE_KIB_S
    floor_kib: int | None = None
    ceiling_kib: int | None = None
    inaccuracy_kib: int = 0
    """How far from its target it stops."""
    stuck_every_s: float = 0.0
    """It works for so long, rests for so long, and so on; 0 for a driver that never rests."""
    stuck: bool = False
    target_kib: int | None = None
    _owed_kib: float = 0.0

    def step(self, memory_kib: int, clock_s: float, passed_s: float) -> int:
        """How much memory it takes in the next ``passed_s``; below 0 it gives."""
        if self.target_kib is None or self._is_stuck(clock_s):
            return 0
        gap = self._goal() - memory_kib
        if abs(gap) <= self.inaccuracy_kib:
            return 0
        self._owed_kib += self.rate_kib_s * passed_s
        step = min(int(self._owed_kib), abs(gap) - self.inaccuracy_kib)
        self._owed_kib = min(self._owed_kib - step, 1.0)
        return step if gap > 0 else -step

    def _goal(self) -> int:
        assert self.target_kib is not None
        goal = max(self.target_kib, self.floor_kib or 0)
        return goal if self.ceiling_kib is None else min(goal, self.ceiling_kib)

    def _is_stuck(self, clock_s: float) -> bool:
        if self.stuck_every_s == 0.0:
            return self.stuck
        return self.stuck or int(clock_s / self.stuck_every_s) % 2 == 1
