"""Groups of the settings about what Entra leaves alone: a grace period, and the drift check."""

from PySide6.QtWidgets import QComboBox

from looop_gui.model.connection import Connection, DriftCheck
from looop_gui.setup.lint_settings import lint_settings
from looop_gui.ui.settings.form import Field, group
from looop_gui.ui.settings.groups import SettingsGroup, with_settings
from looop_gui.ui.widgets.number_field import NumberField

_LONGEST_GRACE = 3_650
_LONGEST_PAUSE = 24 * 365
_WIDTH = 200


class LeavingGroup(SettingsGroup):
    """The grace period before a deletion; 0 days delete at once."""

    def __init__(self) -> None:
        super().__init__()
        words = self.tr("Disable first, delete after")
        self.grace = NumberField(words, 0, _LONGEST_GRACE, self.tr("days"))
        self.grace.setSpecialValueText(self.tr("Delete at once"))
        self._usual = self.tr(
            "Whoever comes back meanwhile is enabled again with the same account. A group cannot "
            "be disabled: it stays as it is until then."
        )
        self._field = Field(words, self.grace, self._usual, _WIDTH)
        self.put(group(self.tr("People and groups to be deleted"), self._field))
        self.grace.valueChanged.connect(self.tell)

    def show_connection(self, connection: Connection) -> None:
        """Show the days, and what makes them useless."""
        self.grace.setValue(connection.settings.delete_grace_days)
        self._field.advise(_objections(connection, "grace") or self._usual)

    def applied(self, connection: Connection) -> Connection:
        """With these days."""
        return with_settings(connection, delete_grace_days=self.grace.value())

    def hint_words(self) -> str:
        """What stands below the days."""
        return self._field.hint.text()


class DriftGroup(SettingsGroup):
    """Whether the target is compared with what it was left as, and how often."""

    def __init__(self) -> None:
        super().__init__()
        self.mode = QComboBox()
        for mode, words in (
            (DriftCheck.OFF, self.tr("Off, as in Entra")),
            (DriftCheck.REPORT, self.tr("Report what differs")),
            (DriftCheck.REPAIR, self.tr("Report and repair what differs")),
        ):
            self.mode.addItem(words, mode)
        self.hours = NumberField(
            self.tr("Hours between drift checks"), 0, _LONGEST_PAUSE, self.tr("hours")
        )
        self.hours.setSpecialValueText(self.tr("With every cycle"))
        self._usual = self.tr(
            "Compares all linked people and groups, with their members, with what the mappings "
            "expect. Repairs are writes like all others: guards and the dry run count them."
        )
        self._field = Field(self.tr("Drift check"), self.mode, self._usual, 320)
        self.put(
            group(
                self.tr("What was changed in the target by hand"),
                self._field,
                Field(self.tr("At most once in"), self.hours, width=_WIDTH),
            )
        )
        self.mode.currentIndexChanged.connect(self.tell)
        self.mode.currentIndexChanged.connect(self._show_hours)
        self.hours.valueChanged.connect(self.tell)

    def show_connection(self, connection: Connection) -> None:
        """Show mode and pause, and what a repair cannot do."""
        self.mode.setCurrentIndex(self.mode.findData(connection.settings.drift_check))
        self.hours.setValue(connection.settings.drift_hours)
        self._field.advise(_objections(connection, "drift") or self._usual)
        self._show_hours()

    def applied(self, connection: Connection) -> Connection:
        """With this mode and pause."""
        hours = self.hours.value()
        return with_settings(connection, drift_check=self._mode(), drift_hours=hours)

    def _show_hours(self, *_arguments: object) -> None:
        self.hours.setEnabled(self._mode() is not DriftCheck.OFF)

    def _mode(self) -> DriftCheck:
        return DriftCheck(self.mode.currentData())


def _objections(connection: Connection, word: str) -> str:
    found = [one for one in lint_settings(connection.settings) if word in one.identifier]
    return " ".join(one.sentence for one in found)
