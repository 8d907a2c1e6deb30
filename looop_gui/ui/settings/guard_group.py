"""The group of the settings with the guards beside the accidental deletion prevention."""

from PySide6.QtWidgets import QCheckBox

from looop_gui.model.connection import Connection
from looop_gui.ui.settings.form import Field, group
from looop_gui.ui.settings.groups import SettingsGroup, explained, with_settings
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
                self._limit("limit_disables", self.tr("More people would be disabled than")),
                self._limit(
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
                self._limit(
                    "limit_creates", self.tr("More people would be created or matched than")
                ),
                self._limit(
                    "limit_renames",
                    self.tr("More people would get another userName or matching value than"),
                ),
                self._limit(
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

    def _limit(self, name: str, words: str, *, percent: bool = False) -> Field:
        unit = self.tr("percent") if percent else ""
        field = NumberField(words, 0, 100 if percent else _MOST, unit)
        field.setSpecialValueText(self.tr("No limit"))
        field.valueChanged.connect(self.tell)
        self._limits[name] = field
        return Field(words, field, width=_WIDTH)
