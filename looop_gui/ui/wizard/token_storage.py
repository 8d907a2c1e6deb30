"""Where the secret token is kept: chosen by the user, with what each place means in a sentence."""

from dataclasses import replace

from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from looop_gui.model.connection import TokenStorage
from looop_gui.store.tokens import TokenStorageState
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.labels import hint, strong
from looop_gui.ui.wizard.session import WizardSession

_OFFERED = (TokenStorage.KEYRING, TokenStorage.ENCRYPTED_FILE, TokenStorage.MEMORY)


class TokenStoragePicker(QWidget):
    """Keyring, encrypted file (with a passphrase) or memory; those that do not work are greyed."""

    def __init__(self, session: WizardSession) -> None:
        super().__init__()
        self._session = session
        self._tasks = Tasks(self)
        self._states: dict[TokenStorage, TokenStorageState] = {}
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("Where the Secret Token is kept"))
        self.choice.setMaximumWidth(360)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setMaximumWidth(360)
        self.passphrase.setAccessibleName(self.tr("Passphrase of the encrypted file"))
        self.passphrase.setPlaceholderText(self.tr("Passphrase of the encrypted file"))
        self.sentence = hint("")
        label = strong(self.tr("Kept in"))
        label.setBuddy(self.choice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, 0, 0)
        layout.setSpacing(GRID // 2)
        for widget in (label, self.choice, self.sentence, self.passphrase):
            layout.addWidget(widget)
        self.passphrase.hide()
        self.choice.activated.connect(self._choose)
        self.passphrase.textEdited.connect(self._type)

    def enter(self) -> None:
        """Learn once which storages work here."""
        if not self._states:
            self._tasks.start(self._session.services.connections.token_storages(), self._take)

    def _take(self, states: tuple[TokenStorageState, ...]) -> None:
        self._states = {state.storage: state for state in states}
        words = {
            TokenStorage.KEYRING: self.tr("Keyring of this desktop"),
            TokenStorage.ENCRYPTED_FILE: self.tr("Encrypted file"),
            TokenStorage.MEMORY: self.tr("Memory only"),
        }
        self.choice.clear()
        target = self._session.draft.target
        chosen = target.token_storage
        if chosen is TokenStorage.ENVIRONMENT:
            variable = self.tr("Environment variable {0}").format(target.token_reference)
            self.choice.addItem(variable, chosen)
        for storage in _OFFERED:
            state = self._states.get(storage)
            if state is not None and state.available:
                self.choice.addItem(words[storage], storage)
        index = self.choice.findData(chosen)
        if index < 0:
            index = max(0, self.choice.findData(TokenStorage.MEMORY))
        self.choice.setCurrentIndex(index)
        self._choose(index)

    def _choose(self, index: int) -> None:
        storage = TokenStorage(self.choice.itemData(index))
        target = replace(self._session.draft.target, token_storage=storage)
        self._session.set_target(target)
        self.passphrase.setVisible(storage is TokenStorage.ENCRYPTED_FILE)
        self.sentence.setText(self._explain(storage))

    def _explain(self, storage: TokenStorage) -> str:
        if storage is TokenStorage.ENVIRONMENT:
            return self.tr("Read from there. Choose another place to keep a token typed here.")
        sentences = [self._states[storage].sentence]
        keyring = self._states.get(TokenStorage.KEYRING)
        if keyring is not None and not keyring.available:
            sentences.append(keyring.sentence)
        return " ".join(sentences)

    def _type(self, text: str) -> None:
        self._session.set_passphrase(text)
