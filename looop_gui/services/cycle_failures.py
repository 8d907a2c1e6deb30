"""What ends a cycle before its end, other than a stop."""

from looop_gui.engine.guard_verdict import GuardVerdict
from looop_gui.engine.probe import ProbeFailure


class CycleFailedError(Exception):
    """The cycle cannot go on: the target refuses the token, or cannot be reached."""

    def __init__(self, failure: ProbeFailure) -> None:
        super().__init__(failure.sentence)
        self.failure = failure


class CycleGuardedError(Exception):
    """A guard objected before the first write."""

    def __init__(self, verdict: GuardVerdict) -> None:
        super().__init__(verdict.sentence)
        self.verdict = verdict
