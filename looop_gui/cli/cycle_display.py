"""How cycles are shown on a terminal, and as lines of JSON for programs."""

import sys
import time
from dataclasses import asdict
from typing import Any, Protocol

import click
import msgspec

from looop_gui.cli.json_names import told
from looop_gui.engine.certificate import Certificate
from looop_gui.model.job import Cycle, CycleCounts, CycleProgress, JobState
from looop_gui.services.cycle_rehearsal import DryRun
from looop_gui.services.provisioning_jobs import HELD_BACK

TERMINAL_SECONDS = 0.2
DEFECTS_SHOWN = 10
GUARDED_SHOWN = 20


class CycleDisplay(Protocol):
    """What can be shown."""

    def note(self, sentence: str) -> None:
        """A remark."""

    def problem(self, sentence: str, safe: str, next_step: str) -> None:
        """What went wrong."""

    def progress(self, progress: CycleProgress, *, dry_run: bool = False) -> None:
        """How a cycle or a dry run stands."""

    def cycle(self, cycle: Cycle, state: JobState) -> None:
        """How a cycle ended."""

    def certificate(self, certificate: Certificate) -> None:
        """Whether another cycle would write nothing."""

    def dry_run(self, dry_run: DryRun) -> None:
        """What a cycle would do, and what would stop it."""


class JsonLines:
    """One JSON object a line on standard output, flushed."""

    def note(self, sentence: str) -> None:
        """A remark, for people, on standard error."""
        click.echo(sentence, err=True)

    def problem(self, sentence: str, safe: str, next_step: str) -> None:
        """What went wrong, as an event and for people."""
        _line({"event": "error", "sentence": sentence, "safe": safe, "nextStep": next_step})
        click.echo(_joined(sentence, safe, next_step), err=True)

    def progress(self, progress: CycleProgress, *, dry_run: bool = False) -> None:
        """The counters and the phase."""
        _line(
            {
                "event": "progress",
                **({"dryRun": True} if dry_run else {}),
                "cycle": progress.kind,
                "phase": progress.phase,
                "done": progress.done,
                "total": progress.total,
                **asdict(progress.users + progress.groups),
                "requests": progress.requests,
                "retries": progress.retries,
                "throttled": progress.throttled,
                "seconds": progress.seconds,
            }
        )

    def cycle(self, cycle: Cycle, state: JobState) -> None:
        """The defects of its source, the end of a cycle, and last its summary."""
        for defect in cycle.defects:
            _line({"event": "source-problem", **asdict(defect)})
        if cycle.defect_count:
            shown = len(cycle.defects)
            _line({"event": "source-problems", "total": cycle.defect_count, "shown": shown})
            click.echo(_defects_words(cycle, 0), err=True)
        _line(
            {
                "event": "cycle",
                "id": cycle.id,
                "cycle": cycle.kind,
                "state": cycle.state,
                "endedBy": cycle.ended_by,
                "sentence": cycle.sentence,
                "quarantine": state.quarantine.reason if state.quarantine else None,
                "guardToken": state.extra.get(HELD_BACK),
            }
        )
        _line(summary_of(cycle))

    def certificate(self, certificate: Certificate) -> None:
        """Whether another cycle would write nothing, and why if it would."""
        _line({"event": "certificate", **told(certificate)})

    def dry_run(self, dry_run: DryRun) -> None:
        """What the guards object to, the groups of a dry run, and last its summary."""
        forecast = dry_run.forecast
        for guard in dry_run.plan.guards:
            _line({"event": "guard", **msgspec.to_builtins(guard)})
        for group in forecast.by_action:
            _line({"event": "forecast", **msgspec.to_builtins(group)})
        _line(
            {
                "event": "summary",
                "dryRun": True,
                **asdict(forecast.users + forecast.groups),
                "requests": forecast.requests,
                "writes": forecast.writes,
                "guard": forecast.guard or None,
                "guardToken": dry_run.plan.guard_token or None,
                "users": asdict(forecast.users),
                "groups": asdict(forecast.groups),
            }
        )


class TerminalDisplay:
    """A line that is written over on a terminal; elsewhere only the ends of cycles."""

    def __init__(self) -> None:
        self._moving = sys.stderr.isatty()
        self._last = 0.0

    def note(self, sentence: str) -> None:
        """A remark."""
        self._clear()
        click.echo(sentence, err=True)

    def problem(self, sentence: str, safe: str, next_step: str) -> None:
        """What went wrong, what is safe, what to do next."""
        self._clear()
        click.echo(_joined(sentence, safe, next_step), err=True)

    def progress(self, progress: CycleProgress, *, dry_run: bool = False) -> None:
        """The line of progress."""
        if not self._moving or time.monotonic() - self._last < TERMINAL_SECONDS:
            return
        self._last = time.monotonic()
        counts = progress.users + progress.groups
        remaining = progress.seconds_remaining
        left = f", {remaining:.0f} s left" if remaining is not None else ""
        text = (
            f"{'Dry run, ' if dry_run else ''}"
            f"{progress.phase}: {progress.done} of {progress.total}{left}"
            f"  ({_words(counts)}; {progress.requests_per_second:.0f} requests/s)"
        )
        click.echo(f"\r\x1b[2K{text[:118]}", nl=False, err=True)

    def cycle(self, cycle: Cycle, state: JobState) -> None:
        """The end of a cycle in a few lines; defects of its source on standard error."""
        self._clear()
        if cycle.defect_count:
            click.echo(_defects_words(cycle, DEFECTS_SHOWN), err=True)
        click.echo(f"{cycle.kind.capitalize()} cycle: {cycle.state}. {cycle.sentence}".rstrip())
        click.echo(f"  people  {_words(cycle.users)}")
        click.echo(f"  groups  {_words(cycle.groups)}")
        what = "request" if cycle.requests == 1 else "requests"
        click.echo(f"  {cycle.requests} {what} in {cycle.seconds:.1f} s")
        if state.quarantine is not None:
            click.echo(f"The job is in quarantine ({state.quarantine.reason}).")
        if HELD_BACK in state.extra:
            click.echo(f"Who it concerns: looop-gui logs CONNECTION --cycle {cycle.id}")
            click.echo(f"To allow exactly this once: --allow-guard {state.extra[HELD_BACK]}")
            click.echo(f"To refuse it: --reject-guard {state.extra[HELD_BACK]}")

    def certificate(self, certificate: Certificate) -> None:
        """Whether another cycle would write nothing, in sentences."""
        for one in certificate.left_behind:
            name = _plain(one.source_name)
            click.echo(f"  {one.object_type} {name} ({_plain(one.source_id)}): {one.sentence}")
        if certificate.clean:
            click.echo("Certified: another cycle would write nothing.")
            return
        click.echo(f"Another cycle would send {certificate.writes} writes:")
        for change in certificate.changes:
            click.echo(f"  {change.attribute}, {change.count} times. {change.cause}")
            for held, wanted in change.examples[:1]:
                click.echo(f'    Wanted "{wanted}", held "{held}".')
            click.echo(f"    {change.proposal}")
        for action, count in certificate.others:
            click.echo(
                f"  {action}: {count}. They, or whom they refer to, failed or changed since."
            )

    def dry_run(self, dry_run: DryRun) -> None:
        """What a cycle would do, in sentences."""
        self._clear()
        forecast = dry_run.forecast
        click.echo("DRY RUN: nothing was written.")
        for sentence in forecast.sentences:
            if sentence != forecast.guard:
                click.echo(sentence)
        click.echo(
            f"A cycle would send {forecast.requests} requests, {forecast.writes} of them writes."
        )
        for guard in dry_run.plan.guards:
            click.echo(f"Stopped by the guard {guard.guard}. {guard.sentence}")
            for one in guard.objects[:GUARDED_SHOWN]:
                click.echo(f"  {one.what}  {_plain(one.source_name)}  ({_plain(one.source_id)})")
            if len(guard.objects) > GUARDED_SHOWN:
                click.echo(f"  and {len(guard.objects) - GUARDED_SHOWN} more")
        if dry_run.plan.guard_token:
            click.echo(f"To allow exactly this once: --allow-guard {dry_run.plan.guard_token}")

    def _clear(self) -> None:
        if self._moving:
            click.echo("\r\x1b[2K", nl=False, err=True)


def summary_of(cycle: Cycle) -> dict[str, Any]:
    """The summary event of a cycle: people and groups together, and apart."""
    return {
        "event": "summary",
        **asdict(cycle.users + cycle.groups),
        "requests": cycle.requests,
        "seconds": round(cycle.seconds, 3),
        "users": asdict(cycle.users),
        "groups": asdict(cycle.groups),
    }


def _line(event: dict[str, Any]) -> None:
    sys.stdout.write(msgspec.json.encode(event).decode() + "\n")
    sys.stdout.flush()


def _words(counts: CycleCounts) -> str:
    return ", ".join(f"{name} {count}" for name, count in asdict(counts).items())


def _defects_words(cycle: Cycle, shown: int) -> str:
    """How many defects the source has, and the first of them, one a line."""
    what = "defect" if cycle.defect_count == 1 else "defects"
    lines = [f"The source has {cycle.defect_count} {what}; the other rows were used."]
    lines += [f"  {one.file}:{one.line}: {one.sentence}" for one in cycle.defects[:shown]]
    if shown and cycle.defect_count > shown:
        more = cycle.defect_count - shown
        lines.append(f"  and {more} more; looop-gui directory check FOLDER lists all.")
    return "\n".join(lines)


def _plain(text: str) -> str:
    """A text without characters that a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
