"""Secret tokens in a file encrypted with a passphrase, for computers without a keyring.

`tokens.enc` is JSON: how the key comes from the passphrase (scrypt), a sealed text that shows
whether a passphrase is right, and one sealed token (AES-256-GCM) for each reference. A reference is
bound to its token, so that two entries cannot be exchanged.
"""

import base64
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from looop_gui.model.errors import CredentialsError, StoreCorruptError
from looop_gui.model.secret import SecretText
from looop_gui.store.sqlite_errors import store_errors

FILE_NAME = "tokens.enc"
SCRYPT_COST = 2**15
"""About 0.1 s and 32 MiB for each guess at a passphrase."""

_CHECK = "passphrase"
_CHECK_TEXT = "looop-gui"


@dataclass(frozen=True, slots=True)
class _Content:
    salt: str
    check: str
    cost: int = SCRYPT_COST
    entries: dict[str, str] = field(default_factory=dict)
    version: int = 1


class TokenFile:
    """The encrypted file of a data folder. The key is kept while this object lives."""

    def __init__(self, data_folder: Path, *, cost: int = SCRYPT_COST) -> None:
        self._path = data_folder / FILE_NAME
        self._cost = cost
        self._key: bytes | None = None

    @property
    def exists(self) -> bool:
        """True when a file is there, which then has its passphrase already."""
        return self._path.exists()

    @property
    def unlocked(self) -> bool:
        """True when the passphrase was given and right."""
        return self._key is not None

    def save(self, reference: str, token: SecretText, passphrase: SecretText | None) -> None:
        """Seal a token. Raises CredentialsError for a missing or wrong passphrase."""
        content = self._content()
        if content is None:
            content = self._new(_given(passphrase))
        key = self._opened(content, passphrase)
        sealed = _seal(key, reference, token.reveal())
        self._write(replace(content, entries={**content.entries, reference: sealed}))

    def load(self, reference: str, passphrase: SecretText | None) -> SecretText:
        """Open a token. Raises CredentialsError: no such token, wrong or missing passphrase."""
        content = self._content()
        if content is None or reference not in content.entries:
            raise CredentialsError(
                "There is no secret token for this connection in the encrypted file.",
                next_step="Enter the secret token again in the connection's settings.",
            )
        key = self._opened(content, passphrase)
        return SecretText(_open(key, reference, content.entries[reference]))

    def delete(self, reference: str) -> None:
        """Forget a token; needs no passphrase."""
        content = self._content()
        if content is not None and reference in content.entries:
            entries = {name: text for name, text in content.entries.items() if name != reference}
            self._write(replace(content, entries=entries))

    def _new(self, passphrase: SecretText) -> _Content:
        salt = os.urandom(16)
        self._key = _derived(passphrase, salt, self._cost)
        check = _seal(self._key, _CHECK, _CHECK_TEXT)
        return _Content(base64.b64encode(salt).decode(), check, self._cost)

    def _opened(self, content: _Content, passphrase: SecretText | None) -> bytes:
        """The key of the file, from memory or from the passphrase."""
        key = self._key
        if key is None or passphrase is not None:
            key = _derived(_given(passphrase), base64.b64decode(content.salt), content.cost)
        _open(key, _CHECK, content.check)
        self._key = key
        return key

    def _content(self) -> _Content | None:
        with store_errors(self._path):
            if not self._path.exists():
                return None
            text = self._path.read_bytes()
        try:
            return msgspec.json.decode(text, type=_Content)
        except msgspec.DecodeError as error:
            raise StoreCorruptError(
                f"The file of secret tokens {self._path} is damaged.",
                safe="It was left as it is.",
                next_step="Move it away and enter the secret tokens again.",
            ) from error

    def _write(self, content: _Content) -> None:
        """Replace the file as a whole, so that a crash leaves the old one."""
        beside = self._path.with_suffix(".new")
        with store_errors(self._path):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(content))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)


def _given(passphrase: SecretText | None) -> SecretText:
    if not passphrase:
        raise CredentialsError(
            "The file of secret tokens is locked.",
            safe="Nothing was sent.",
            next_step="Enter its passphrase, or set LOOOP_GUI_PASSPHRASE for the command line.",
        )
    return passphrase


def _derived(passphrase: SecretText, salt: bytes, cost: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.reveal().encode())


def _seal(key: bytes, reference: str, text: str) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), reference.encode())
    return base64.b64encode(nonce + sealed).decode()


def _open(key: bytes, reference: str, sealed: str) -> str:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    data = base64.b64decode(sealed)
    try:
        return AESGCM(key).decrypt(data[:12], data[12:], reference.encode()).decode()
    except InvalidTag:
        raise CredentialsError(
            "The passphrase does not open the file of secret tokens.",
            safe="The file was not changed.",
            next_step="Try the passphrase again; without it, the tokens must be entered anew.",
        ) from None
