"""The group of the settings about those who leave: how long they are only disabled."""

from looop_gui.model.connection import Connection
from looop_gui.setup.lint_settings import lint_settings
from looop_gui.ui.settings.form import Field, group
from looop_gui.ui.settings.groups import SettingsGroup, with_settings
from looop_gui.ui.widgets.number_field import NumberField

_LONGEST_GRACE = 3_650
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
        found = [one for one in lint_settings(connection.settings) if "grace" in one.identifier]
        self._field.advise(" ".join(one.sentence for one in found) or self._usual)

    def applied(self, connection: Connection) -> Connection:
        """With these days."""
        return with_settings(connection, delete_grace_days=self.grace.value())

    def hint_words(self) -> str:
        """What stands below the days."""
        return self._field.hint.text()
