"""A check of a connection as it is shown: what is looked at, how it stands, what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """How one check stands."""

    PENDING = "pending"
    RUNNING = "running"
    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a check ended: a sentence, what to do next, and facts as (name, value).

    `code` is an error code of reference section a.4 or i.3 where one is documented.
    """

    state: CheckState
    sentence: str
    next_step: str = ""
    details: tuple[tuple[str, str], ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check. It is told when it begins and when it ends."""

    identifier: str
    title: str
    state: CheckState = CheckState.PENDING
    sentence: str = ""
    next_step: str = ""
    details: tuple[tuple[str, str], ...] = ()
    code: str = ""


OnCheck = Callable[[Check], None]
"""Hears of every check when it begins and when it ends."""


@dataclass(frozen=True, slots=True)
class ConnectionTestResult:
    """All checks in order. `left_behind` says what a proof of writing could not clean up."""

    checks: tuple[Check, ...]
    left_behind: str = ""

    @property
    def passed(self) -> bool:
        """True when nothing failed and nothing is left behind."""
        failed = any(check.state is CheckState.FAILED for check in self.checks)
        return not failed and not self.left_behind

    @property
    def failure(self) -> Check | None:
        """The check that failed first."""
        return next((c for c in self.checks if c.state is CheckState.FAILED), None)
