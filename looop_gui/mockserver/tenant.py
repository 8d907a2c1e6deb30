"""The tenant's identity: its organisation domain and its one token, kept as a hash."""

import hashlib
import hmac
import secrets

from looop_gui.mockserver.storage.protocol import Storage
from looop_gui.model.errors import ConfigurationError

DEFAULT_ORGANISATION_DOMAIN = "demo.looop.example"

_TOKEN_SETTING = "token-hash"  # noqa: S105  (the setting's name)
_DOMAIN_SETTING = "organisation-domain"


class Tenant:
    """One organisation's tenant. The token itself is known only to whoever it was handed to."""

    def __init__(self, storage: Storage, organisation_domain: str | None = None) -> None:
        self._storage = storage
        kept = storage.read_setting(_DOMAIN_SETTING)
        self.organisation_domain = organisation_domain or kept or DEFAULT_ORGANISATION_DOMAIN
        if self.organisation_domain != kept:
            storage.write_setting(_DOMAIN_SETTING, self.organisation_domain)
        self._token_hash = storage.read_setting(_TOKEN_SETTING) or ""
        storage.commit()

    def reset_token(self, token: str | None = None) -> str:
        """Make a new token (or take the given one) and return it; the old one fails at once.

        Raises ConfigurationError for a token that no Authorization header can carry.
        """
        new = token if token is not None else secrets.token_urlsafe(32)
        if not new.strip() or new != new.strip() or not new.isascii() or not new.isprintable():
            raise ConfigurationError(
                "The token must be printable ASCII text without blanks around it.",
                next_step="Leave the token out to have one generated.",
            )
        salt = secrets.token_hex(16)
        self._token_hash = f"{salt}${_digest(salt, new)}"
        self._storage.write_setting(_TOKEN_SETTING, self._token_hash)
        self._storage.commit()
        return new

    def accepts(self, token: str) -> bool:
        """True for the current token; takes the same time however much of it is right."""
        salt, _, expected = self._token_hash.partition("$")
        return bool(expected) and hmac.compare_digest(_digest(salt, token), expected)

    def __repr__(self) -> str:
        return f"Tenant({self.organisation_domain!r})"


def _digest(salt: str, token: str) -> str:
    return hashlib.sha256(f"{salt}{token}".encode("utf-8", "surrogateescape")).hexdigest()
