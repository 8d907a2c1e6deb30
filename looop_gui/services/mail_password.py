"""The password of the mail server in the token store: kept, found, and moved with its storage."""

from contextlib import suppress

from looop_gui.model.connection import TokenStorage
from looop_gui.model.errors import CredentialsError
from looop_gui.model.secret import SecretText
from looop_gui.model.workspace import MailServer
from looop_gui.store.tokens import TokenStore

_PLACES = {
    TokenStorage.KEYRING: "in the system's keyring",
    TokenStorage.ENCRYPTED_FILE: "in the encrypted file",
    TokenStorage.MEMORY: "in memory, which is forgotten when the workbench closes",
}
_AGAIN = "Enter the password again under Mail server on the page Settings."


def kept_password(tokens: TokenStore, server: MailServer) -> SecretText:
    """The kept password. Raises CredentialsError, in words about mail."""
    try:
        return tokens.load(server.password_reference, server.password_storage)
    except CredentialsError as error:
        raise _about_mail(error, server.password_storage) from error


def keep_password(
    tokens: TokenStore,
    former: MailServer,
    server: MailServer,
    password: SecretText | None,
    passphrase: SecretText | None,
) -> None:
    """Keep a new password, or move the one that is kept to another storage.

    Raises CredentialsError where it cannot be kept, or is nowhere to be moved from.
    """
    moved = former.password_storage is not server.password_storage
    if server.password_storage is TokenStorage.ENVIRONMENT or not server.user:
        return
    if password is None:
        if not moved or not former.user:
            return
        password = kept_password(tokens, former)
    try:
        tokens.save(server.password_reference, password, server.password_storage, passphrase)
    except CredentialsError as error:
        raise _about_mail(error, server.password_storage) from error
    if moved and former.user:
        # Where the former storage cannot be used any more, nothing more can be done about it.
        with suppress(CredentialsError):
            tokens.delete(former.password_reference, former.password_storage)


def _about_mail(error: CredentialsError, storage: TokenStorage) -> CredentialsError:
    """The same error about the mail server's password: the token store speaks of tokens."""
    missing = "connection" in error.sentence
    if missing and storage in _PLACES:
        sentence = f"The password of the mail server is not {_PLACES[storage]}."
        return CredentialsError(sentence, safe="No mail was sent.", next_step=_AGAIN)
    next_step = error.next_step.replace("the secret tokens", "the password")
    next_step = next_step.replace("the token", "the password")
    return CredentialsError(error.sentence, safe="No mail was sent.", next_step=next_step)
