"""The canvas by keyboard: a cursor that moves between attributes and draws wires.

Arrow keys move, a letter jumps, Space picks a source up (or a target), Enter or Space on the other
end maps, Escape lets go. Every place that the cursor comes to is told in words.
"""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from looop_gui.ui.mappings.canvas.items import PlaceItem
from looop_gui.ui.mappings.canvas.layout import Kind
from looop_gui.ui.signs import MAPPING_SIGNS

Key = tuple[Kind, str]

_COLUMNS = (Kind.SOURCE, Kind.NODE, Kind.TARGET)
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_SIDES = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
_ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def joins(start: PlaceItem, end: PlaceItem) -> bool:
    """Whether a wire may run between these two, in either direction."""
    from_source = start.place.kind is Kind.SOURCE
    return end.place.kind in ((Kind.TARGET, Kind.NODE) if from_source else (Kind.SOURCE,))


class CanvasKeys(QObject):
    """`moved` carries the item the cursor came to, `connected` both ends of a wanted wire.

    `items` is the canvas's own mapping, which changes under way. `changed` says that the cursor or
    what it picked up has to be shown anew, `told` says where it is in words.
    """

    moved = Signal(object)
    connected = Signal(object, object)
    changed = Signal()
    told = Signal(str)

    def __init__(self, items: Mapping[Key, PlaceItem], parent: QObject) -> None:
        super().__init__(parent)
        self._items = items
        self._key: Key | None = None
        self._picked: Key | None = None

    @property
    def item(self) -> PlaceItem | None:
        """Where the cursor is."""
        return self._items.get(self._key) if self._key is not None else None

    @property
    def picked(self) -> PlaceItem | None:
        """What was picked up to draw a wire from."""
        return self._items.get(self._picked) if self._picked is not None else None

    @property
    def end(self) -> PlaceItem | None:
        """Where a wire from `picked` would end now, if it may."""
        start, end = self.picked, self.item
        return end if start is not None and end is not None and joins(start, end) else None

    def follow(self, item: PlaceItem) -> None:
        """Be where the mouse or another view went."""
        self._key = (item.place.kind, item.place.key)
        self._tell()

    def begin(self) -> None:
        """Stand somewhere: at the first source where it stood nowhere."""
        if self.item is None:
            first = next((column for kind in _COLUMNS if (column := self._column(kind))), None)
            self._key = (first[0].place.kind, first[0].place.key) if first else None
        self._tell()

    def let_go(self) -> None:
        """Draw no wire."""
        if self._picked is not None:
            self._picked = None
            self._tell()
        else:
            self.changed.emit()

    def press(self, event: QKeyEvent) -> bool:
        """Do what the key says; False when it means nothing to the cursor."""
        key = Qt.Key(event.key())
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            return False
        if key in _STEPS or key in _SIDES or key in _ENDS or event.text().isalpha():
            self._go(self._next(key, event.text()))
            return True
        if key == Qt.Key.Key_Escape and self._picked is not None:
            self.let_go()
            return True
        return self._use(key)

    def _use(self, key: Qt.Key) -> bool:
        item, picked, end = self.item, self.picked, self.end
        if item is None or key not in (*_ENTER, Qt.Key.Key_Space):
            return False
        if picked is not None and end is not None:
            self._picked = None
            self.connected.emit(picked, end)
            self._tell()
            return True
        if item.place.kind is Kind.SOURCE or (
            item.place.kind is Kind.TARGET and key == Qt.Key.Key_Space
        ):
            self._picked = None if item is picked else self._key
            self._tell()
            return True
        return False

    def _next(self, key: Qt.Key, text: str) -> PlaceItem | None:
        item = self.item
        if item is None:
            self.begin()
            return self.item
        if key in _SIDES:
            return self._beside(item, _SIDES[key])
        column = self._column(item.place.kind)
        place = column.index(item)
        if key in _STEPS:
            return column[min(len(column) - 1, max(0, place + _STEPS[key]))]
        if key in _ENDS:
            return column[_ENDS[key]]
        later = (*column[place + 1 :], *column[: place + 1])
        return next((i for i in later if i.place.text.casefold().startswith(text.casefold())), None)

    def _beside(self, item: PlaceItem, step: int) -> PlaceItem | None:
        """The nearest in the next column that has any."""
        column = _COLUMNS.index(item.place.kind) + step
        while 0 <= column < len(_COLUMNS):
            found = self._column(_COLUMNS[column])
            if found:
                return min(found, key=lambda other: abs(other.place.y - item.place.y))
            column += step
        return None

    def _column(self, kind: Kind) -> list[PlaceItem]:
        found = [item for key, item in self._items.items() if key[0] is kind]
        return sorted(found, key=lambda item: item.place.y)

    def _go(self, item: PlaceItem | None) -> None:
        if item is not None:
            self._key = (item.place.kind, item.place.key)
            self.moved.emit(item)
            self._tell()

    def _tell(self) -> None:
        self.changed.emit()
        if self.item is not None:
            self.told.emit(" ".join((self._place_in_words(self.item), self._what_next())).strip())

    def _place_in_words(self, item: PlaceItem) -> str:
        place, mapping = item.place, item.mapping
        parts = [place.text]
        if place.kind is Kind.SOURCE:
            parts.append(self.tr("source attribute"))
            parts.append(self.tr("in use") if item.wired else self.tr("not used"))
        elif place.kind is Kind.NODE:
            target = mapping.target_attribute if mapping is not None else ""
            parts.append(self.tr("for {target}").format(target=target))
        else:
            parts.append(self.tr("target attribute"))
            if place.definition is not None and place.definition.required:
                parts.append(self.tr("required"))
            parts.append(self.tr("not mapped") if mapping is None else "")
        if mapping is not None and place.kind is Kind.TARGET:
            word = MAPPING_SIGNS[mapping.mapping_type].word
            parts.append(f"{word} {mapping.source}".strip())
        if item.problem:
            parts.append(item.problem.rstrip("."))
        return ", ".join(part for part in parts if part) + "."

    def _what_next(self) -> str:
        picked, item = self.picked, self.item
        if picked is not None:
            if self.end is not None:
                return self.tr("Enter maps {name} here.").format(name=picked.place.text)
            words = self.tr("{name} is picked up; Escape lets go.")
            return words.format(name=picked.place.text)
        if item is not None and item.place.kind is Kind.SOURCE:
            return self.tr("Space picks it up.")
        return ""
