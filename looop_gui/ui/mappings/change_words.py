"""A change count in words: "this change alters 412 of 5,000: 400 change case only"."""

from PySide6.QtCore import QCoreApplication

from looop_gui.model.directory import ObjectType
from looop_gui.services.mapping_preview import ChangeCount
from looop_gui.ui import formats


def change_in_words(count: ChangeCount, object_type: ObjectType) -> str:
    """What unsaved changes do to the whole directory; empty while nobody is there."""
    if not count.total:
        return ""
    translate = QCoreApplication.translate
    noun = (
        translate("Changes", "people")
        if object_type is ObjectType.USER
        else translate("Changes", "groups")
    )
    if not count.altered:
        if not count.finished:
            return translate("Changes", "Counting what this change alters")
        return translate("Changes", "No unsaved change alters any of {total} {noun}.").format(
            total=formats.count(count.total), noun=noun
        )
    parts = [
        words.format(number=formats.count(number))
        for number, words in (
            (count.case_only, translate("Changes", "{number} change case only")),
            (count.failed, translate("Changes", "{number} cannot be evaluated")),
            (count.emptied, translate("Changes", "{number} become empty")),
            (count.filled, translate("Changes", "{number} get a first value")),
        )
        if number
    ]
    sentence = translate("Changes", "This change alters {altered} of {total} {noun}").format(
        altered=formats.count(count.altered), total=formats.count(count.total), noun=noun
    )
    return f"{sentence}: {', '.join(parts)}." if parts else f"{sentence}."
