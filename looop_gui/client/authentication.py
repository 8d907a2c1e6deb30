"""How a request proves who sends it (reference section a.6)."""

from typing import Protocol

from looop_gui.model.errors import CredentialsError
from looop_gui.model.secret import SecretText
from looop_gui.setup.secret_token import secret_token_problem


class Authentication(Protocol):
    """Gives the headers that authenticate a request.

    OAuth client credentials, basic and custom-header authentication fit the same shape: `headers`
    may fetch or renew something first. `secrets` are the texts that no record may contain.
    """

    async def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers to add to the next request."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """What must be replaced where a target echoes it."""
        ...


class BearerToken:
    """The long-lived secret token of the portal, sent as `Authorization: Bearer`.

    A blank token sends no header. Raises CredentialsError for a token that cannot be one, before
    anything is sent.
    """

    def __init__(self, token: SecretText) -> None:
        problem = secret_token_problem(token.reveal())
        if problem:
            raise CredentialsError(
                problem,
                safe="Nothing was sent.",
                next_step="Copy the token again, without anything around it.",
            )
        self._headers = (("Authorization", f"Bearer {token.reveal()}"),) if token else ()
        self._token = token

    async def headers(self) -> tuple[tuple[str, str], ...]:
        """The Authorization header, or nothing for a blank token."""
        return self._headers

    def secrets(self) -> tuple[str, ...]:
        """The token."""
        return (self._token.reveal(),) if self._token else ()

    def __repr__(self) -> str:
        return "BearerToken(***)"
