"""Where secret tokens are kept: the system's keyring, an encrypted file, memory, the environment.

A keyring is trusted only after a real set and get, because a locked one says that it works; and
every call to it has a time limit, because a keyring may ask the user and wait for ever.
"""

import os
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from looop_gui.model.connection import TokenStorage
from looop_gui.model.errors import CredentialsError
from looop_gui.model.secret import SecretText
from looop_gui.store.token_file import TokenFile

KEYRING_SERVICE = "looop-gui"
KEYRING_SECONDS = 10.0

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class TokenStorageState:
    """Whether a storage can be used here, and what that means, in a sentence."""

    storage: TokenStorage
    available: bool
    sentence: str


class TokenStore:
    """Saves and loads secret tokens by a reference: a connection's id or a variable's name.

    All methods may block and are called in a worker thread. They raise CredentialsError with a
    sentence that names the storage and never the token.
    """

    def __init__(
        self,
        data_folder: Path,
        *,
        keyring_seconds: float = KEYRING_SECONDS,
        token_file: TokenFile | None = None,
    ) -> None:
        self._file = token_file or TokenFile(data_folder)
        self._keyring_seconds = keyring_seconds
        self._memory: dict[str, SecretText] = {}
        self._keyring_state: TokenStorageState | None = None

    def save(
        self,
        reference: str,
        token: SecretText,
        storage: TokenStorage,
        passphrase: SecretText | None = None,
    ) -> None:
        """Keep a token. The environment cannot be written; its variable is set outside."""
        match storage:
            case TokenStorage.KEYRING:
                self._keyring(lambda ring: ring.set_password(reference, token.reveal()))
            case TokenStorage.ENCRYPTED_FILE:
                self._file.save(reference, token, passphrase or _passphrase_given())
            case TokenStorage.MEMORY:
                self._memory[reference] = token
            case TokenStorage.ENVIRONMENT:
                raise CredentialsError(
                    "A token in the environment is set outside the workbench.",
                    next_step=f"Set the variable {reference} before starting the workbench.",
                )

    def load(
        self, reference: str, storage: TokenStorage, passphrase: SecretText | None = None
    ) -> SecretText:
        """A kept token; raises CredentialsError where there is none."""
        match storage:
            case TokenStorage.KEYRING:
                text = self._keyring(lambda ring: ring.get_password(reference))
                return _found(text, "in the system's keyring")
            case TokenStorage.ENCRYPTED_FILE:
                return self._file.load(reference, passphrase or self._passphrase_needed())
            case TokenStorage.MEMORY:
                kept = self._memory.get(reference)
                return _found(kept.reveal() if kept else None, "in memory any more")
            case TokenStorage.ENVIRONMENT:
                return _from_environment(reference)

    def delete(self, reference: str, storage: TokenStorage) -> None:
        """Forget a token; harmless when there is none."""
        match storage:
            case TokenStorage.KEYRING:
                self._keyring(lambda ring: ring.delete_password(reference))
            case TokenStorage.ENCRYPTED_FILE:
                self._file.delete(reference)
            case TokenStorage.MEMORY:
                self._memory.pop(reference, None)
            case TokenStorage.ENVIRONMENT:
                pass

    def storages(self) -> tuple[TokenStorageState, ...]:
        """All storages, the one to offer first at the head of those that are available.

        A keyring that could not be used is tried again: it may have been unlocked meanwhile.
        """
        if self._keyring_state is None or not self._keyring_state.available:
            self._keyring_state = None
            self._keyring_state = self._probed_keyring()
        locked = self._file.exists and not self._file.unlocked
        return (
            self._keyring_state,
            TokenStorageState(
                TokenStorage.ENCRYPTED_FILE,
                True,
                "Kept in the data folder, encrypted with a passphrase that you choose."
                if not locked
                else "Kept in the data folder; its passphrase is asked once after each start.",
            ),
            TokenStorageState(
                TokenStorage.MEMORY, True, "Kept until the workbench is closed, then asked again."
            ),
            TokenStorageState(
                TokenStorage.ENVIRONMENT, True, "Read from an environment variable that you name."
            ),
        )

    def _passphrase_needed(self) -> SecretText | None:
        """The passphrase of the environment, while the file is not open."""
        return None if self._file.unlocked else _passphrase_given()

    def _probed_keyring(self) -> TokenStorageState:
        reference = f"probe-{secrets.token_hex(8)}"
        value = secrets.token_hex(8)

        def probe(ring: "_Keyring") -> bool:
            ring.set_password(reference, value)
            found = ring.get_password(reference)
            ring.delete_password(reference)
            return found == value

        try:
            works = self._keyring(probe)
        except CredentialsError as error:
            return TokenStorageState(TokenStorage.KEYRING, False, error.sentence)
        if not works:
            sentence = "The system's keyring did not give back what it was given."
            return TokenStorageState(TokenStorage.KEYRING, False, sentence)
        sentence = "Kept in the system's keyring, which opens when you sign in."
        return TokenStorageState(TokenStorage.KEYRING, True, sentence)

    def _keyring(self, call: Callable[["_Keyring"], Result]) -> Result:
        """Call the keyring in a thread of its own that may be left behind."""
        if self._keyring_state is not None and not self._keyring_state.available:
            raise _keyring_error(self._keyring_state.sentence)
        outcome: list[Result] = []
        failure: list[Exception] = []

        def run() -> None:
            try:
                outcome.append(call(_Keyring()))
            except Exception as error:  # noqa: BLE001 - backends raise whatever their system raises
                failure.append(error)

        thread = threading.Thread(target=run, name="keyring", daemon=True)
        thread.start()
        thread.join(self._keyring_seconds)
        if thread.is_alive():
            raise _keyring_error("The system's keyring did not answer in time.")
        if failure:
            raise _keyring_error(_keyring_sentence(failure[0]))
        return outcome[0]


class _Keyring:
    """The system's keyring, narrowed to what is used; the library is imported with the first."""

    def set_password(self, reference: str, text: str) -> None:
        """Keep a text."""
        import keyring

        keyring.set_password(KEYRING_SERVICE, reference, text)

    def get_password(self, reference: str) -> str | None:
        """A kept text or None."""
        import keyring

        return keyring.get_password(KEYRING_SERVICE, reference)

    def delete_password(self, reference: str) -> None:
        """Forget a text; harmless when there is none."""
        import keyring
        from keyring.errors import PasswordDeleteError

        try:
            keyring.delete_password(KEYRING_SERVICE, reference)
        except PasswordDeleteError:
            return


def _passphrase_given() -> SecretText | None:
    """The passphrase for the command line, from the environment."""
    text = os.environ.get("LOOOP_GUI_PASSPHRASE", "")
    return SecretText(text) if text else None


def _keyring_sentence(error: Exception) -> str:
    from keyring.errors import KeyringLocked, NoKeyringError

    if isinstance(error, NoKeyringError):
        return "This computer has no keyring."
    if isinstance(error, KeyringLocked):
        return "The system's keyring is locked."
    return f"The system's keyring cannot be used ({type(error).__name__})."


def _keyring_error(sentence: str) -> CredentialsError:
    return CredentialsError(
        sentence,
        safe="Nothing was sent.",
        next_step="Unlock it and try again, or keep the token in the encrypted file.",
    )


def _found(text: str | None, where: str) -> SecretText:
    if not text:
        raise CredentialsError(
            f"The secret token of this connection is not {where}.",
            safe="Nothing was sent.",
            next_step="Enter the secret token again in the connection's settings, or with "
            "looop-gui connections set-token.",
        )
    return SecretText(text)


def _from_environment(name: str) -> SecretText:
    value = os.environ.get(name, "")
    if not value:
        raise CredentialsError(
            f"The environment variable {name} is not set or is empty.",
            safe="Nothing was sent.",
            next_step=f"Set {name} to the secret token and try again.",
        )
    return SecretText(value.strip())
