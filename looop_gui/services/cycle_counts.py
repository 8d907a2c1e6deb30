"""Counts a cycle's outcomes by object: one object counts once, whatever its passes were."""

from looop_gui.engine.conversation import ObjectOutcome
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import CycleCounts
from looop_gui.model.provisioning_log import ProvisioningAction, ProvisioningStatus

_WORDS = {
    ProvisioningAction.CREATE: "created",
    ProvisioningAction.UPDATE: "updated",
    ProvisioningAction.DISABLE: "disabled",
    ProvisioningAction.DELETE: "deleted",
}


class OutcomeCounts:
    """The numbers of one cycle, and by which word each object was counted.

    A person who was created and then got a manager is one created; who was skipped and then got
    one is updated; a failure in any pass is a failure. `words` has the word of each source id.
    """

    def __init__(self) -> None:
        self._counts = {kind: dict.fromkeys(_FIELDS, 0) for kind in ObjectType}
        self.words: dict[str, str] = {}

    def add(self, outcome: ObjectOutcome) -> str:
        """Count an outcome; returns the word under which its object counts now."""
        return self.add_word(outcome.task.object_type, outcome.task.source_id, word_of(outcome))

    def add_word(self, object_type: ObjectType, source_id: str, word: str) -> str:
        """Count an object under a word, or under a stronger one if it has that already."""
        counts = self._counts[object_type]
        before = self.words.get(source_id)
        if before is not None:
            if _FIELDS.index(word) <= _FIELDS.index(before):
                return before
            counts[before] -= 1
        counts[word] += 1
        self.words[source_id] = word
        return word

    def of(self, object_type: ObjectType) -> CycleCounts:
        """The numbers for people or for groups."""
        return CycleCounts(**self._counts[object_type])

    def total(self) -> CycleCounts:
        """People and groups together."""
        return self.of(ObjectType.USER) + self.of(ObjectType.GROUP)


_FIELDS = ("skipped", "updated", "disabled", "deleted", "created", "failed")
"""From the weakest word to the strongest."""


def word_of(outcome: ObjectOutcome) -> str:
    """The word of CycleCounts under which an outcome falls."""
    if outcome.status is ProvisioningStatus.FAILURE:
        return "failed"
    if outcome.status is ProvisioningStatus.SKIPPED:
        return "skipped"
    return _WORDS.get(outcome.action, "skipped")
