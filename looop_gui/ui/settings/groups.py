"""The groups of the settings: each shows a part of a connection and gives it back changed."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from looop_gui.model.connection import (
    Connection,
    ConnectionSettings,
    MatchingStrategy,
    RequestLimits,
)
from looop_gui.model.scope import ProvisioningScope
from looop_gui.ui.palettes import CONNECTION_COLOURS
from looop_gui.ui.settings.form import Field, group
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.labels import hint
from looop_gui.ui.widgets.number_field import NumberField


class SettingsGroup(QWidget):
    """`changed` is emitted when the person changed something."""

    changed = Signal()

    def put(self, card: Card) -> None:
        """Show the group's card."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)

    def show_connection(self, connection: Connection) -> None:
        """Show the group's part of a connection."""
        raise NotImplementedError

    def applied(self, connection: Connection) -> Connection:
        """The connection with what the group says."""
        raise NotImplementedError

    def problem(self) -> str:
        """What keeps this from being saved; empty when nothing does."""
        return ""

    def tell(self, *_arguments: object) -> None:
        """Something changed."""
        self.changed.emit()


class IdentityGroup(SettingsGroup):
    """Name, colour, production."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.name = QLineEdit()
        self.colour = QComboBox()
        self.colour.addItem(self.tr("None"), "")
        words = (
            self.tr("Blue"),
            self.tr("Green"),
            self.tr("Amber"),
            self.tr("Red"),
            self.tr("Light blue"),
            self.tr("Grey"),
        )
        for role, word in zip(CONNECTION_COLOURS, words, strict=True):
            self.colour.addItem(theme.icon("circle-dot", role), word, role.value)
        self.production = QCheckBox(self.tr("This is a production tenant"))
        self._name_field = Field(self.tr("Name"), self.name)
        self.put(
            group(
                self.tr("Connection"),
                self._name_field,
                Field(self.tr("Colour"), self.colour, self.tr("Marks it in the side bar."), 240),
                explained(
                    self.production,
                    self.tr("Marked by a word; what destroys asks for its name to be typed."),
                ),
            )
        )
        self.name.textChanged.connect(self.tell)
        self.colour.currentIndexChanged.connect(self.tell)
        self.production.toggled.connect(self.tell)

    def show_connection(self, connection: Connection) -> None:
        """Show name, colour and production."""
        self.name.setText(connection.name)
        self.colour.setCurrentIndex(max(0, self.colour.findData(connection.colour)))
        self.production.setChecked(connection.production)

    def applied(self, connection: Connection) -> Connection:
        """With this name, colour and mark."""
        return replace(
            connection,
            name=self.name.text().strip(),
            colour=self.colour.currentData(),
            production=self.production.isChecked(),
        )

    def problem(self) -> str:
        """A connection needs a name."""
        words = "" if self.name.text().strip() else self.tr("Give the connection a name.")
        self._name_field.say(words)
        return words


class NotificationGroup(SettingsGroup):
    """Notification email and the portal's check box."""

    def __init__(self) -> None:
        super().__init__()
        self.email = QLineEdit()
        self.email.setPlaceholderText("it@example.org")
        self.send = QCheckBox(self.tr("Send an email notification when a failure occurs"))
        self._field = Field(self.tr("Notification Email"), self.email)
        self.put(
            group(
                self.tr("Notification"),
                self._field,
                explained(
                    self.send,
                    self.tr("Sent when the job enters quarantine, not for single people."),
                ),
            )
        )
        self.email.textChanged.connect(self.tell)
        self.send.toggled.connect(self.tell)

    def show_connection(self, connection: Connection) -> None:
        """Show address and check box."""
        self.email.setText(connection.settings.notification_email)
        self.send.setChecked(connection.settings.send_failure_notification)

    def applied(self, connection: Connection) -> Connection:
        """With this address."""
        return with_settings(
            connection,
            notification_email=self.email.text().strip(),
            send_failure_notification=self.send.isChecked(),
        )

    def problem(self) -> str:
        """An address is needed where mail is wanted, and it has a domain."""
        address = self.email.text().strip()
        words = ""
        if address and ("@" not in address or address.startswith("@") or address.endswith("@")):
            words = self.tr("This is not a mail address.")
        elif self.send.isChecked() and not address:
            words = self.tr("Enter the address that the mail goes to.")
        self._field.say(words)
        return words


class ScopeGroup(SettingsGroup):
    """Scope mode and the guard against accidental deletion."""

    def __init__(self) -> None:
        super().__init__()
        self.assigned = QRadioButton(self.tr("Sync only assigned users and groups"))
        self.all = QRadioButton(self.tr("Sync all users and groups"))
        self._choice = QButtonGroup(self)
        self._choice.addButton(self.assigned)
        self._choice.addButton(self.all)
        self.prevent = QCheckBox(self.tr("Prevent accidental deletion"))
        self.threshold = NumberField(self.tr("Accidental deletion threshold"), 1, 1_000_000)
        self.put(
            group(
                self.tr("Scope"),
                explained(self.assigned, self.tr("Directly, or as a direct member of a group.")),
                explained(self.all, self.tr("Only scoping filters restrict.")),
                explained(
                    self.prevent,
                    self.tr("More disables and deletions in one cycle than this are held back."),
                ),
                Field(self.tr("Accidental deletion threshold"), self.threshold, width=160),
                note=self.tr("from all to assigned takes effect after a restart"),
            )
        )
        self.assigned.toggled.connect(self.tell)
        self.prevent.toggled.connect(self.tell)
        self.prevent.toggled.connect(self.threshold.setEnabled)
        self.threshold.valueChanged.connect(self.tell)

    def show_connection(self, connection: Connection) -> None:
        """Show mode and guard."""
        settings = connection.settings
        chosen = settings.scope is ProvisioningScope.ASSIGNED
        (self.assigned if chosen else self.all).setChecked(True)
        self.prevent.setChecked(settings.prevent_accidental_deletion)
        self.threshold.setValue(settings.deletion_threshold)
        self.threshold.setEnabled(settings.prevent_accidental_deletion)

    def applied(self, connection: Connection) -> Connection:
        """With this mode and guard."""
        chosen = self.assigned.isChecked()
        return with_settings(
            connection,
            scope=ProvisioningScope.ASSIGNED if chosen else ProvisioningScope.ALL,
            prevent_accidental_deletion=self.prevent.isChecked(),
            deletion_threshold=self.threshold.value(),
        )


class PaceGroup(SettingsGroup):
    """How often and how fast, and how people are found."""

    def __init__(self) -> None:
        super().__init__()
        self.interval = NumberField(self.tr("Interval"), 1, 7 * 24 * 60, self.tr("minutes"))
        self.rate = NumberField(self.tr("Requests a second"), 1, 10_000)
        self.concurrency = NumberField(self.tr("Requests at the same time"), 1, 256)
        self.batch = NumberField(self.tr("Members in one request"), 1, 10_000)
        self.matching = QComboBox()
        for strategy, words in (
            (MatchingStrategy.AUTOMATIC, self.tr("Automatically, with fewer requests")),
            (MatchingStrategy.LIST, self.tr("In the target's list")),
            (MatchingStrategy.FILTER, self.tr("A query each, exactly like Entra")),
        ):
            self.matching.addItem(words, strategy)
        self.limits = QComboBox()
        for limits, words in (
            (RequestLimits.NONE, self.tr("None")),
            (RequestLimits.SLACK, self.tr("Slack: 180 writes of people a minute, 20 at once")),
            (RequestLimits.GITHUB, self.tr("GitHub Enterprise: 1,000 writes of people an hour")),
            (RequestLimits.MIRO, self.tr("Miro: each method apart, in 30 seconds")),
            (RequestLimits.AWS, self.tr("AWS IAM Identity Center: 100 members a request")),
        ):
            self.limits.addItem(words, limits)
        self.put(
            group(
                self.tr("Schedule and speed"),
                Field(
                    self.tr("Interval"),
                    self.interval,
                    self.tr("From the start of one cycle to the next; the service uses 40."),
                    200,
                ),
                Field(self.tr("At most this many requests a second"), self.rate, width=200),
                Field(
                    self.tr("Limits of a known application"),
                    self.limits,
                    self.tr("Kept beside the number above, so that nothing is refused."),
                    420,
                ),
                Field(self.tr("Requests at the same time"), self.concurrency, width=200),
                Field(self.tr("Group members in one request"), self.batch, width=200),
                Field(
                    self.tr("How people are found"),
                    self.matching,
                    self.tr("Where nobody is linked yet: the list is read once, in pages."),
                    320,
                ),
            )
        )
        for field in (self.interval, self.rate, self.concurrency, self.batch):
            field.valueChanged.connect(self.tell)
        for choice in (self.matching, self.limits):
            choice.currentIndexChanged.connect(self.tell)

    def show_connection(self, connection: Connection) -> None:
        """Show interval, limits and the way people are found."""
        settings = connection.settings
        self.interval.setValue(settings.interval_minutes)
        self.rate.setValue(round(settings.requests_per_second))
        self.limits.setCurrentIndex(self.limits.findData(settings.request_limits))
        self.concurrency.setValue(settings.concurrency)
        self.batch.setValue(settings.member_batch_size)
        self.matching.setCurrentIndex(self.matching.findData(settings.matching))

    def applied(self, connection: Connection) -> Connection:
        """With this interval, these limits and this way."""
        return with_settings(
            connection,
            interval_minutes=self.interval.value(),
            requests_per_second=float(self.rate.value()),
            request_limits=self.limits.currentData(),
            concurrency=self.concurrency.value(),
            member_batch_size=self.batch.value(),
            matching=self.matching.currentData(),
        )


class BehaviourGroup(SettingsGroup):
    """What the service decides differently from app to app or from year to year."""

    def __init__(self) -> None:
        super().__init__()
        self._boxes: dict[str, QCheckBox] = {}
        lines = (
            (
                "exclude_default_access",
                self.tr("Leave out people with Default Access only"),
                self.tr("Looop's tutorial says so; since July 2020 the service provisions them."),
            ),
            (
                "skip_out_of_scope_deletions",
                self.tr("Leave people alone who fall out of scope"),
                self.tr("SkipOutOfScopeDeletions: they are neither disabled nor deleted."),
            ),
            (
                "supports_soft_delete",
                self.tr("The application can disable accounts"),
                self.tr("Otherwise whoever is disabled is deleted in the target."),
            ),
            (
                "append_only",
                self.tr("Never disable or delete anything (append only)"),
                self.tr("People and groups who leave are left as they are in the target."),
            ),
            (
                "clear_on_null",
                self.tr("Clear a value in the target when the source has none any more"),
                self.tr("Entra never sends nothing, so an old value stays there."),
            ),
            (
                "check_endless_writes",
                self.tr("Check for endless writes after each cycle"),
                self.tr("Reads everybody in the target and says whether a second cycle writes."),
            ),
            (
                "regex_search",
                self.tr("Regular expressions of filters may match a part of the value"),
                self.tr("Otherwise the whole value has to match."),
            ),
            (
                "extended_functions",
                self.tr("Allow functions that Entra documents for other directions only"),
                self.tr("ConvertFromBase64, Trim and Error in expressions."),
            ),
        )
        parts = []
        for name, words, why in lines:
            box = QCheckBox(words)
            box.toggled.connect(self.tell)
            self._boxes[name] = box
            parts.append(explained(box, why))
        self.put(group(self.tr("Behaviour"), *parts))

    def box(self, name: str) -> QCheckBox:
        """The check box of a field of `ConnectionSettings`."""
        return self._boxes[name]

    def show_connection(self, connection: Connection) -> None:
        """Show what is ticked."""
        for name, box in self._boxes.items():
            box.setChecked(getattr(connection.settings, name))

    def applied(self, connection: Connection) -> Connection:
        """With what is ticked."""
        return with_settings(
            connection, **{name: box.isChecked() for name, box in self._boxes.items()}
        )


def explained(control: QWidget, why: str) -> QWidget:
    """A check box or radio button with a sentence below it."""
    widget = QWidget()
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(control)
    words = hint(why)
    words.setContentsMargins(28, 0, 0, 0)
    layout.addWidget(words)
    control.setAccessibleDescription(why)
    return widget


def with_settings(connection: Connection, **changes: object) -> Connection:
    """The connection with fields of its settings changed."""
    settings: ConnectionSettings = replace(connection.settings, **changes)  # type: ignore[arg-type]
    return replace(connection, settings=settings)
