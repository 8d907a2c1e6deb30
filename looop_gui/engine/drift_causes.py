"""Why a target differs, as far as that is known: it normalises values, or did not take a write.

What the no-op certificate has named as the target's own way of writing a value is no drift: it
would be there again after every repair. And what holds exactly what was there before the last write
was not changed by that write, though the target answered that it was (quirk 12).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from looop_gui.engine.certificate import EndlessChange
from looop_gui.engine.drift import Candidate, Drift, drifted_object, member_names
from looop_gui.engine.normalisations import recognise
from looop_gui.engine.processing import shown
from looop_gui.engine.rules import ReferenceRule
from looop_gui.model.before_image import BeforeImage
from looop_gui.model.directory import ObjectType
from looop_gui.model.drift import DriftDifference, DriftedObject, DriftKind
from looop_gui.model.job import Link
from looop_gui.scim.messages import JsonObject
from looop_gui.scim.target_path import comparable, reference_id

WITHOUT_EFFECT = (
    "as it was before the last write, which the target had acknowledged; that write had no effect, "
    "or somebody has put it back"
)
_MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class KnownNormalisations:
    """What a certificate has named, by object type and attribute."""

    changes: tuple[EndlessChange, ...] = ()

    def cause(self, object_type: ObjectType, difference: DriftDifference) -> str:
        """What the target does to this value, in a sentence; "" where that does not explain it."""
        held, wanted = difference.actual or "", difference.expected or ""
        if not held or not wanted:
            return ""
        name = difference.attribute.casefold()
        for change in self.changes:
            if change.object_type is object_type and change.attribute.casefold() == name:
                return change.cause if _explains(held, wanted) else ""
        return ""


def _explains(held: str, wanted: str) -> bool:
    """Whether a value is another one's normalised form: another spelling, and not another value."""
    return bool(recognise([(held, wanted)])) or _core(held) == _core(wanted) != ""


def _core(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())


def classified(
    drift: Drift,
    known: KnownNormalisations,
    images: Sequence[BeforeImage],
    links: Mapping[str, Link],
) -> tuple[Drift | None, DriftedObject | None]:
    """A drift without what the target normalises, with causes; and what it normalises.

    `images` are what cycles found before they wrote this object, the newest first.
    """
    found = drift.found
    rest, normalised = [], []
    for one in found.differences:
        cause = known.cause(found.object_type, one)
        if cause:
            normalised.append(replace(one, cause=cause))
        else:
            rest.append(replace(one, cause=_cause(one, images, links)))
    as_written = (
        replace(found, kind=DriftKind.NORMALISED, differences=tuple(normalised))
        if normalised
        else None
    )
    if not rest and normalised:
        return None, as_written
    itself = any(one.attribute != _MEMBERS for one in rest) or found.kind is DriftKind.GONE
    found = replace(found, differences=tuple(rest))
    return replace(drift, found=found, itself=itself), as_written


def _cause(
    difference: DriftDifference, images: Iterable[BeforeImage], links: Mapping[str, Link]
) -> str:
    for image in images:
        if difference.attribute == _MEMBERS:
            written = image.added if difference.actual is None else image.removed
            told = difference.expected if difference.actual is None else difference.actual
            if written:
                return WITHOUT_EFFECT if member_names(written, links) == told else ""
            continue
        for path, before, after in image.values:
            if path == difference.attribute:
                same = (_text(before), _text(after)) == (
                    _folded(difference.actual),
                    _folded(difference.expected),
                )
                return WITHOUT_EFFECT if same and not image.doubtful else ""
    return ""


def _text(value: object) -> str:
    return _folded(None if value is None else reference_id(value) or shown(value))


def _folded(text: str | None) -> str:
    return str(comparable(text)) if text else ""


def may_keep_manager(rule: ReferenceRule | None, candidate: Candidate, held: JsonObject) -> bool:
    """Whether somebody shows a manager in the target whom the source and the link do not have."""
    source, link = candidate.source, candidate.link
    if rule is None or source is None or source.object_type is not ObjectType.USER:
        return False
    if source.manager or link.manager or not candidate.references or candidate.soft_deleted:
        return False
    return reference_id(rule.path.read(held)) is not None


def kept_manager(
    rule: ReferenceRule, candidate: Candidate, resource: JsonObject, images: Iterable[BeforeImage]
) -> Drift | None:
    """A manager whom a cycle took away and who is there all the same."""
    held = reference_id(rule.path.read(resource))
    for image in images:
        for path, before, after in image.values:
            if path == rule.path.text:
                if after is not None or reference_id(before) != held:
                    return None
                told = DriftDifference(path, None, held, WITHOUT_EFFECT)
                found = drifted_object(candidate, DriftKind.CHANGED, (told,))
                return Drift(found, itself=True, references=True)
    return None
