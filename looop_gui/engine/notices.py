"""What is told by mail about a job, and when: once each, and never about a single object (i.6)."""

from dataclasses import dataclass
from enum import StrEnum

from looop_gui.model.job import JobState, QuarantineReason


class NoticeKind(StrEnum):
    """Why a mail is sent."""

    QUARANTINE = "quarantine"
    REASON_CHANGED = "quarantine reason changed"
    DELETION_THRESHOLD = "deletion threshold"
    FAILURES = "failures in a cycle"


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail's subject and text."""

    kind: NoticeKind
    subject: str
    body: str


def quarantine_notice(job: JobState, name: str, told_reason: str) -> Notice | None:
    """The notice that a job's quarantine deserves, when `told_reason` was told last ("": none).

    Entering is told once, and so is another reason; the deletion threshold has its own words.
    """
    quarantine = job.quarantine
    if quarantine is None or quarantine.reason.value == told_reason:
        return None
    ends = f"{quarantine.began:%Y-%m-%d %H:%M} UTC"
    tried = f"{quarantine.next_attempt:%Y-%m-%d %H:%M} UTC"
    facts = (
        f"Connection: {name}\nReason: {quarantine.reason.value}\nSince: {ends}\n"
        f"Next attempt: {tried}\n"
    )
    if quarantine.reason is QuarantineReason.TOO_MANY_DELETES:
        return Notice(
            NoticeKind.DELETION_THRESHOLD,
            f"{name}: the deletion threshold was reached",
            f"{quarantine.sentence}\n\nNothing was disabled or deleted.\n\n{facts}\n"
            "Open the provisioning log to see who would be deleted. Then allow the deletions, or "
            "correct the source directory and restart provisioning.\n",
        )
    if told_reason:
        kind, subject = NoticeKind.REASON_CHANGED, "is in quarantine for another reason"
    else:
        kind, subject = NoticeKind.QUARANTINE, "provisioning is in quarantine"
    return Notice(
        kind,
        f"{name}: {subject}" if not told_reason else f"{name} {subject}",
        f"{quarantine.sentence}\n\nWhat was provisioned stays as it is. Provisioning is tried "
        f"again less often until the cause is gone.\n\n{facts}\n"
        "Correct the cause, then run a cycle or restart provisioning.\n",
    )


def failure_notice(job: JobState, name: str) -> Notice | None:
    """The notice about the last cycle's failed objects; None without any."""
    cycle = job.last_cycle
    if cycle is None or cycle.ended is None:
        return None
    failed = cycle.users.failed + cycle.groups.failed
    if not failed:
        return None
    what = "object" if failed == 1 else "objects"
    total = cycle.users + cycle.groups
    return Notice(
        NoticeKind.FAILURES,
        f"{name}: {failed} {what} failed",
        f"The {cycle.kind.value} cycle that ended {cycle.ended:%Y-%m-%d %H:%M} UTC left {failed} "
        f"{what} that could not be provisioned. They are tried again.\n\n"
        f"Created {total.created}, updated {total.updated}, disabled {total.disabled}, deleted "
        f"{total.deleted}, skipped {total.skipped}, failed {failed}.\n\n"
        "Open the provisioning log and filter by the status Failure to see why.\n",
    )
