"""Where tokens are kept: a keyring is tried for real, the file is encrypted, nothing shows."""

import errno
import json
import stat
import threading
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.errors
import pytest

from looop_gui.model.connection import TokenStorage
from looop_gui.model.errors import CredentialsError, StoreCorruptError, StoreFullError
from looop_gui.model.secret import SecretText
from looop_gui.store.token_file import TokenFile
from looop_gui.store.tokens import TokenStore

TOKEN = SecretText("tok-5f1d2c3b4a")
PASSPHRASE = SecretText("correct horse")
COST = 2**10


class FakeKeyring(keyring.backend.KeyringBackend):
    """A keyring in memory; `trouble` is raised by every call, `forgetful` gives nothing back."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self, trouble: Exception | None = None, *, forgetful: bool = False) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.trouble = trouble
        self.forgetful = forgetful

    def _check(self) -> None:
        if self.trouble is not None:
            raise self.trouble

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return None if self.forgetful else self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not found")


@pytest.fixture
def use_keyring() -> Any:
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path, token_file=TokenFile(tmp_path, cost=COST))


def state(store: TokenStore, storage: TokenStorage) -> Any:
    return next(one for one in store.storages() if one.storage is storage)


def test_a_working_keyring_keeps_and_forgets(store: TokenStore, use_keyring: Any) -> None:
    ring = FakeKeyring()
    use_keyring(ring)
    assert state(store, TokenStorage.KEYRING).available
    assert ring.kept == {}
    store.save("c1", TOKEN, TokenStorage.KEYRING)
    assert ring.kept == {("looop-gui", "c1"): TOKEN.reveal()}
    assert store.load("c1", TokenStorage.KEYRING) == TOKEN
    store.delete("c1", TokenStorage.KEYRING)
    store.delete("c1", TokenStorage.KEYRING)
    with pytest.raises(CredentialsError, match="keyring"):
        store.load("c1", TokenStorage.KEYRING)


@pytest.mark.parametrize(
    ("ring", "sentence"),
    [
        (FakeKeyring(keyring.errors.KeyringLocked("locked")), "is locked"),
        (FakeKeyring(keyring.errors.NoKeyringError()), "has no keyring"),
        (FakeKeyring(RuntimeError("bus")), "cannot be used"),
        (FakeKeyring(forgetful=True), "did not give back"),
    ],
)
def test_a_keyring_that_does_not_work_is_not_offered(
    store: TokenStore, use_keyring: Any, ring: FakeKeyring, sentence: str
) -> None:
    use_keyring(ring)
    found = state(store, TokenStorage.KEYRING)
    assert not found.available
    assert sentence in found.sentence


def test_a_keyring_that_waits_for_ever_is_given_up(tmp_path: Path, use_keyring: Any) -> None:
    release = threading.Event()

    class Waiting(FakeKeyring):
        def _check(self) -> None:
            release.wait(30)

    use_keyring(Waiting())
    found = state(TokenStore(tmp_path, keyring_seconds=0.05), TokenStorage.KEYRING)
    release.set()
    assert not found.available
    assert "in time" in found.sentence


def test_a_keyring_unlocked_meanwhile_is_offered(store: TokenStore, use_keyring: Any) -> None:
    ring = FakeKeyring(keyring.errors.KeyringLocked("locked"))
    use_keyring(ring)
    assert not state(store, TokenStorage.KEYRING).available
    ring.trouble = None
    assert state(store, TokenStorage.KEYRING).available


def test_the_encrypted_file_opens_with_its_passphrase_only(
    tmp_path: Path, store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = TokenStorage.ENCRYPTED_FILE
    store.save("c1", TOKEN, storage, PASSPHRASE)
    path = tmp_path / "tokens.enc"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert TOKEN.reveal() not in path.read_text()
    assert store.load("c1", storage) == TOKEN
    later = TokenStore(tmp_path, token_file=TokenFile(tmp_path, cost=COST))
    with pytest.raises(CredentialsError, match="is locked"):
        later.load("c1", storage)
    with pytest.raises(CredentialsError, match="does not open"):
        later.load("c1", storage, SecretText("wrong"))
    monkeypatch.setenv("LOOOP_GUI_PASSPHRASE", "wrong")
    with pytest.raises(CredentialsError, match="does not open"):
        later.load("c1", storage)
    monkeypatch.setenv("LOOOP_GUI_PASSPHRASE", PASSPHRASE.reveal())
    assert later.load("c1", storage) == TOKEN
    assert later.load("c1", storage, PASSPHRASE) == TOKEN
    with pytest.raises(CredentialsError, match="no secret token"):
        later.load("c2", storage)


def test_a_second_token_needs_the_same_passphrase(tmp_path: Path, store: TokenStore) -> None:
    storage = TokenStorage.ENCRYPTED_FILE
    store.save("c1", TOKEN, storage, PASSPHRASE)
    later = TokenStore(tmp_path, token_file=TokenFile(tmp_path, cost=COST))
    with pytest.raises(CredentialsError, match="does not open"):
        later.save("c2", SecretText("other"), storage, SecretText("wrong"))
    later.save("c2", SecretText("other"), storage, PASSPHRASE)
    assert later.load("c1", storage) == TOKEN
    later.delete("c1", storage)
    assert list(json.loads((tmp_path / "tokens.enc").read_text())["entries"]) == ["c2"]


def test_tokens_of_the_file_cannot_be_exchanged(tmp_path: Path, store: TokenStore) -> None:
    storage = TokenStorage.ENCRYPTED_FILE
    store.save("c1", TOKEN, storage, PASSPHRASE)
    store.save("c2", SecretText("other"), storage, PASSPHRASE)
    path = tmp_path / "tokens.enc"
    content = json.loads(path.read_text())
    entries = content["entries"]
    entries["c1"], entries["c2"] = entries["c2"], entries["c1"]
    path.write_text(json.dumps(content))
    with pytest.raises(CredentialsError):
        store.load("c1", storage)


def test_a_damaged_file_is_left_as_it_is(tmp_path: Path, store: TokenStore) -> None:
    (tmp_path / "tokens.enc").write_text("{")
    with pytest.raises(StoreCorruptError, match="damaged"):
        store.save("c1", TOKEN, TokenStorage.ENCRYPTED_FILE, PASSPHRASE)
    assert (tmp_path / "tokens.enc").read_text() == "{"


def test_a_full_disk_leaves_the_old_file(
    tmp_path: Path, store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = TokenStorage.ENCRYPTED_FILE
    store.save("c1", TOKEN, storage, PASSPHRASE)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreFullError, match="is full"):
        store.save("c1", SecretText("other"), storage)
    monkeypatch.undo()
    assert store.load("c1", storage) == TOKEN


def test_memory_keeps_while_it_lives(tmp_path: Path, store: TokenStore) -> None:
    store.save("c1", TOKEN, TokenStorage.MEMORY)
    assert store.load("c1", TokenStorage.MEMORY) == TOKEN
    store.delete("c1", TokenStorage.MEMORY)
    with pytest.raises(CredentialsError, match="any more"):
        store.load("c1", TokenStorage.MEMORY)
    assert list(tmp_path.iterdir()) == []


def test_the_environment_is_read_and_never_written(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOOP_TEST_TOKEN", TOKEN.reveal() + "\n")
    assert store.load("LOOOP_TEST_TOKEN", TokenStorage.ENVIRONMENT) == TOKEN
    monkeypatch.delenv("LOOOP_TEST_TOKEN")
    with pytest.raises(CredentialsError, match="LOOOP_TEST_TOKEN is not set"):
        store.load("LOOOP_TEST_TOKEN", TokenStorage.ENVIRONMENT)
    with pytest.raises(CredentialsError, match="outside"):
        store.save("X", TOKEN, TokenStorage.ENVIRONMENT)


def test_a_secret_never_shows_itself() -> None:
    shown = f"{TOKEN} {TOKEN!r} {[TOKEN]} {TOKEN:>5} {str(TOKEN)!r}"
    assert TOKEN.reveal() not in shown
    assert "***" in shown
    with pytest.raises(TypeError):
        __import__("pickle").dumps(TOKEN)
