"""What a target has made the job do otherwise than Entra, and a way to forget it."""

from looop_gui.model.job import JobState
from looop_gui.services.provisioning_jobs import ADAPTED
from looop_gui.ui.desk import Desk
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.labels import prose


class AdaptationCard(Card):
    """Hidden while the target takes what Entra sends."""

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(" ")
        self.heading.setText(self.tr("Written as this target takes it"))
        self._desk = desk
        self._id = connection_id
        self._tasks = Tasks(self)
        self.sentence = prose("")
        self.forget_button = button(
            desk.theme, self.tr("Forget it"), self._forget, icon="rotate-ccw"
        )
        self.forget_button.setToolTip(
            self.tr("The next cycle tries Entra's own form first, and finds out again.")
        )
        self.buttons.addWidget(self.forget_button)
        self.body.addWidget(self.sentence)
        self.hide()

    def show_state(self, state: JobState) -> None:
        """Show what the job remembers of its target."""
        ways = [way for way in state.extra.get(ADAPTED, "").split(", ") if way]
        self.sentence.setText(" ".join(self._words(way) for way in ways))
        self.forget_button.setEnabled(state.running_cycle is None)
        self.setVisible(bool(ways))

    def _words(self, way: str) -> str:
        return {
            "rfc7644": self.tr(
                "The target refused a write as Entra sends it and took it in the plain form of "
                "RFC 7644. Writes are sent in that form."
            ),
            "put": self.tr(
                "The target has no PATCH. Whole resources are read, changed and written back "
                "by PUT."
            ),
            "patched_groups": self.tr(
                "It ignores the members of a group that is written whole. Groups are patched all "
                "the same."
            ),
            "reference": self.tr(
                "It refuses a manager without an address. One is sent beside the id."
            ),
            "pathless": self.tr(
                "The target takes no paths in a PATCH. People are changed by operations without "
                "one."
            ),
        }.get(way, way)

    def _forget(self) -> None:
        forgetting = self._desk.services.provisioning.forget_adaptation(self._id)
        self._tasks.start(forgetting, lambda _none: self._say())

    def _say(self) -> None:
        words = self.tr("Forgotten: the next cycle tries Entra's own form first.")
        self._desk.say(words, "", None)
