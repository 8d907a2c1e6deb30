"""The group of the settings with the guards beside the accidental deletion prevention."""

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from looop_gui.model.connection import Connection
from looop_gui.ui.settings.form import Field, group
from looop_gui.ui.settings.groups import SettingsGroup, explained, with_settings
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.labels import caption, hint
from looop_gui.ui.widgets.number_field import NumberField

_MOST = 1_000_000
_WIDTH = 200


class GuardGroup(SettingsGroup):
    """Limits that stop a cycle before its first write; 0 is no limit."""

    def __init__(self) -> None:
        super().__init__()
        self._limits: dict[str, NumberField] = {}
        self.duplicates = QCheckBox(self.tr("Two people in scope have the same matching value"))
        self.put(
            group(
                self.tr("Further guards"),
                hint(
                    self.tr(
                        "A percentage is of those who are linked, or of the group's members. Where "
                        "there are two limits, the stricter one counts."
                    )
                ),
                self._both("limit_disables", self.tr("More people would be disabled than")),
                self._both(
                    "limit_deletes",
                    self.tr("More people and groups would be deleted than"),
                ),
                self._limit(
                    "limit_departures_percent",
                    self.tr("More of the linked people would be disabled or deleted than"),
                    percent=True,
                ),
                self._limit(
                    "limit_source_shrink_percent",
                    self.tr("The source is smaller than at the last completed cycle by more than"),
                    percent=True,
                ),
                self._both(
                    "limit_creates", self.tr("More people would be created or matched than")
                ),
                self._both(
                    "limit_renames",
                    self.tr("More people would get another userName or matching value than"),
                ),
                self._both(
                    "limit_members_removed",
                    self.tr("More members would be removed from one group than"),
                ),
                explained(
                    self.duplicates,
                    self.tr("Otherwise the first of them is provisioned and the others fail."),
                ),
                note=self.tr("a cycle stops before its first write, and the dry run says so, when"),
            )
        )
        self.duplicates.toggled.connect(self.tell)

    def limit(self, name: str) -> NumberField:
        """The field of a limit, by its name in `ConnectionSettings`."""
        return self._limits[name]

    def show_connection(self, connection: Connection) -> None:
        """Show the limits."""
        for name, field in self._limits.items():
            field.setValue(getattr(connection.settings, name))
        self.duplicates.setChecked(connection.settings.stop_on_duplicates)

    def applied(self, connection: Connection) -> Connection:
        """With these limits."""
        limits = {name: field.value() for name, field in self._limits.items()}
        return with_settings(connection, stop_on_duplicates=self.duplicates.isChecked(), **limits)

    def _both(self, name: str, words: str) -> Field:
        """A limit as a number and as a share; the stricter one counts."""
        number, share = self._field(name, words), self._field(f"{name}_percent", words, share=True)
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for widget, stretch in ((number, 1), (caption(self.tr("or")), 0), (share, 1)):
            layout.addWidget(widget, stretch)
        layout.addStretch(1)
        row.setFocusProxy(number)
        return Field(words, row, width=3 * _WIDTH)

    def _limit(self, name: str, words: str, *, percent: bool = False) -> Field:
        return Field(words, self._field(name, words, share=percent), width=_WIDTH)

    def _field(self, name: str, words: str, *, share: bool = False) -> NumberField:
        named = self.tr("{0} (percent)").format(words) if share else words
        field = NumberField(named, 0, 100 if share else _MOST, self.tr("percent") if share else "")
        field.setSpecialValueText(self.tr("No percentage") if share else self.tr("No limit"))
        field.setMaximumWidth(_WIDTH)
        field.valueChanged.connect(self.tell)
        self._limits[name] = field
        return field
