"""The steps of the wizard: in what state each is, and what is missing before one may go on.

A table for the wizard's list at the left: each step has one function that names its problems. A
problem that `blocks` keeps Next (and, at the review, Save) disabled; the others only mark the step.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from looop_gui.model.connection import Application, SourceType, TokenStorage
from looop_gui.setup.draft import SetupDraft, SetupStep

_MAIL_ADDRESS = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")


class StepState(StrEnum):
    """How a step is shown in the list."""

    TO_DO = "to do"
    CURRENT = "current"
    DONE = "done"
    NEEDS_ATTENTION = "needs attention"


class TestState(StrEnum):
    """How Test Connection stands with the present credentials."""

    __test__ = False

    NOT_RUN = "not run"
    RUNNING = "running"
    FAILED = "failed"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class StepProblem:
    """What is missing: the step, the field it concerns (empty for all), and a sentence."""

    step: SetupStep
    field: str
    sentence: str
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """What the wizard learned and the draft does not hold.

    `url_problem` is the sentence of the tenant URL's advice, `source_problem` why the source
    cannot be read, `users` and `groups` how many it has (None while it was not read), the
    `..._errors` are the sentences of lint that block saving. `taken_names` are other connections'.
    """

    has_token: bool = False
    has_passphrase: bool = False
    token_problem: str = ""
    url_problem: str = ""
    test: TestState = TestState.NOT_RUN
    source_problem: str = ""
    users: int | None = None
    groups: int | None = None
    user_mapping_errors: tuple[str, ...] = ()
    group_mapping_errors: tuple[str, ...] = ()
    scope_errors: tuple[str, ...] = ()
    taken_names: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class StepStatus:
    """One line of the list of steps; `reason` is the first problem's sentence."""

    step: SetupStep
    state: StepState
    reason: str = ""


def steps_of(application: Application) -> tuple[SetupStep, ...]:
    """The steps that a set-up of that application has; the generic one has no preparation."""
    if application is Application.GENERIC:
        return tuple(step for step in SetupStep if step is not SetupStep.PREPARATION)
    return tuple(SetupStep)


def statuses(draft: SetupDraft, facts: SetupFacts) -> tuple[StepStatus, ...]:
    """The list of steps with their states."""
    return tuple(_status(draft, facts, step) for step in steps_of(draft.application))


def problems_of(draft: SetupDraft, facts: SetupFacts, step: SetupStep) -> tuple[StepProblem, ...]:
    """What is missing or wrong on one step, the most important first."""
    return tuple(_PROBLEMS[step](draft, facts))


def why_not_next(draft: SetupDraft, facts: SetupFacts, step: SetupStep) -> str:
    """Why one cannot go on from a step; empty when one can."""
    blocking = (p.sentence for p in problems_of(draft, facts, step) if p.blocks)
    return next(blocking, "")


def why_not_save(draft: SetupDraft, facts: SetupFacts) -> StepProblem | None:
    """The first problem of any step that keeps the connection from being saved, or None.

    Test Connection must have passed before Save (reference section a.2, step 4).
    """
    for step in steps_of(draft.application):
        for problem in problems_of(draft, facts, step):
            if problem.blocks or step is SetupStep.CREDENTIALS:
                return problem
    return None


def next_step(draft: SetupDraft) -> SetupStep | None:
    """The step after the current one; None at the last."""
    steps = steps_of(draft.application)
    index = steps.index(draft.step) + 1
    return steps[index] if index < len(steps) else None


def previous_step(draft: SetupDraft) -> SetupStep | None:
    """The step before the current one; None at the first."""
    steps = steps_of(draft.application)
    index = steps.index(draft.step)
    return steps[index - 1] if index > 0 else None


def reachable(draft: SetupDraft, facts: SetupFacts, step: SetupStep) -> bool:
    """Whether the list may lead to a step: it was visited, or nothing before it blocks."""
    if step in draft.visited:
        return True
    for earlier in steps_of(draft.application):
        if earlier is step:
            return True
        if earlier not in draft.visited or why_not_next(draft, facts, earlier):
            return False
    return False


def _status(draft: SetupDraft, facts: SetupFacts, step: SetupStep) -> StepStatus:
    if step is draft.step:
        return StepStatus(step, StepState.CURRENT)
    if step not in draft.visited:
        return StepStatus(step, StepState.TO_DO)
    problems = problems_of(draft, facts, step)
    if problems:
        return StepStatus(step, StepState.NEEDS_ATTENTION, problems[0].sentence)
    return StepStatus(step, StepState.DONE)


def _welcome(draft: SetupDraft, facts: SetupFacts) -> Sequence[StepProblem]:
    name = draft.name.strip()
    if not name:
        return [StepProblem(SetupStep.WELCOME, "name", "Give the connection a name.")]
    if name.casefold() in {taken.casefold() for taken in facts.taken_names}:
        sentence = f"There is a connection named {name} already. Choose another name."
        return [StepProblem(SetupStep.WELCOME, "name", sentence)]
    return []


def _nothing(_draft: SetupDraft, _facts: SetupFacts) -> Sequence[StepProblem]:
    return []


def _credentials(draft: SetupDraft, facts: SetupFacts) -> Sequence[StepProblem]:
    step = SetupStep.CREDENTIALS
    if not draft.url_text.strip():
        return [StepProblem(step, "tenant_url", "Enter the Tenant URL.")]
    if facts.url_problem:
        return [StepProblem(step, "tenant_url", facts.url_problem)]
    if not facts.has_token:
        return [StepProblem(step, "secret_token", "Enter the Secret Token.")]
    if facts.token_problem:
        return [StepProblem(step, "secret_token", facts.token_problem)]
    if draft.target.token_storage is TokenStorage.ENCRYPTED_FILE and not facts.has_passphrase:
        sentence = "Enter the passphrase of the encrypted file that keeps the Secret Token."
        return [StepProblem(step, "passphrase", sentence)]
    return _untested(draft, facts)


def _untested(draft: SetupDraft, facts: SetupFacts) -> Sequence[StepProblem]:
    if facts.test is TestState.PASSED or draft.tested_url == draft.target.tenant_url:
        return []
    sentence = {
        TestState.RUNNING: "Test Connection is still running.",
        TestState.FAILED: "Test Connection did not pass. Nothing can be saved until it does.",
    }.get(facts.test, "Test Connection was not run with these credentials.")
    return [StepProblem(SetupStep.CREDENTIALS, "test", sentence, blocks=False)]


def _notification(draft: SetupDraft, _facts: SetupFacts) -> Sequence[StepProblem]:
    step = SetupStep.NOTIFICATION
    address = draft.settings.notification_email.strip()
    if address and not _MAIL_ADDRESS.fullmatch(address):
        sentence = "This is not one e-mail address, such as it@example.org."
        return [StepProblem(step, "notification_email", sentence)]
    if draft.settings.send_failure_notification and not address:
        sentence = "Enter the address that failure notifications go to, or clear the check box."
        return [StepProblem(step, "notification_email", sentence)]
    return []


def _source(draft: SetupDraft, facts: SetupFacts) -> Sequence[StepProblem]:
    step = SetupStep.SOURCE
    if draft.source.type is SourceType.FILES and not draft.source.folder:
        return [StepProblem(step, "folder", "Choose the folder that holds the export.")]
    if facts.source_problem:
        return [StepProblem(step, "folder", facts.source_problem)]
    if facts.users is None:
        return [StepProblem(step, "folder", "The source directory is still being read.")]
    if facts.users == 0:
        return [StepProblem(step, "folder", "The source directory has no people.")]
    return []


def _user_mappings(_draft: SetupDraft, facts: SetupFacts) -> Sequence[StepProblem]:
    step = SetupStep.USER_MAPPINGS
    return [StepProblem(step, "", sentence) for sentence in facts.user_mapping_errors]


def _group_mappings(_draft: SetupDraft, facts: SetupFacts) -> Sequence[StepProblem]:
    step = SetupStep.GROUP_MAPPINGS
    return [StepProblem(step, "", sentence) for sentence in facts.group_mapping_errors]


def _scope(_draft: SetupDraft, facts: SetupFacts) -> Sequence[StepProblem]:
    return [StepProblem(SetupStep.SCOPE, "", sentence) for sentence in facts.scope_errors]


_PROBLEMS: dict[SetupStep, Callable[[SetupDraft, SetupFacts], Sequence[StepProblem]]] = {
    SetupStep.WELCOME: _welcome,
    SetupStep.PREPARATION: _nothing,
    SetupStep.CREDENTIALS: _credentials,
    SetupStep.NOTIFICATION: _notification,
    SetupStep.SOURCE: _source,
    SetupStep.USER_MAPPINGS: _user_mappings,
    SetupStep.GROUP_MAPPINGS: _group_mappings,
    SetupStep.SCOPE: _scope,
    SetupStep.REVIEW: _nothing,
}
