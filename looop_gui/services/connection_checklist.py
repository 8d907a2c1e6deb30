"""The checks of Test Connection, one after the other, to the first that fails.

They go the way a request goes: URL, name, connection, certificate, authentication, the matching
queries for users and groups, discovery. A token that cannot be one, and a target that is not
trusted, end the test before the token is sent.
"""

from dataclasses import replace
from urllib.parse import urlsplit

from looop_gui.client.addresses import request_target, usable_url
from looop_gui.client.authentication import BearerToken
from looop_gui.client.limits import TargetLimits
from looop_gui.client.probe import Certificate, ProbeError, connect, handshake, resolve
from looop_gui.client.target import Target
from looop_gui.client.trust import proxy_for, ssl_context
from looop_gui.model.connection import TenantConnection
from looop_gui.model.directory import ObjectType
from looop_gui.model.errors import ConfigurationError, CredentialsError, TenantUrlError
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.secret import SecretText
from looop_gui.scim.dialect import lookup_request
from looop_gui.scim.messages import FailureKind, ScimRequest, ScimResponse
from looop_gui.services.checks import Check, CheckState, ConnectionTestResult, OnCheck, Verdict
from looop_gui.services.clock import Clock
from looop_gui.services.connection_verdicts import (
    credentials_verdict,
    exchange_details,
    query_verdict,
)
from looop_gui.services.discovery_verdict import DISCOVERY_REQUESTS, discovery_verdict
from looop_gui.setup.loopback import is_loopback
from looop_gui.setup.tenant_url import LOOOP_DOMAIN

CERTIFICATE_WARNING_DAYS = 14

_TITLES = {
    "url": "Tenant URL",
    "name": "Name resolution",
    "connection": "Connection",
    "certificate": "Certificate",
    "authentication": "Authentication",
    "users": "Query for users",
    "groups": "Query for groups",
    "discovery": "Discovery",
}


class _StoppedError(Exception):
    """A check failed and ends the test."""


class ConnectionChecklist:
    """One run of Test Connection; `guid` is the name that nobody has."""

    def __init__(
        self,
        target: TenantConnection,
        token: SecretText,
        schema: SynchronizationSchema,
        on_check: OnCheck,
        *,
        clock: Clock,
        limits: TargetLimits,
        guid: str,
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._guid = guid
        self._connection = target
        self._token = token
        self._schema = schema
        self._on_check = on_check
        self._checks = {key: Check(key, title) for key, title in _TITLES.items()}
        self._proxy = ""

    async def run(self) -> ConnectionTestResult:
        """All checks in order, to the first that fails."""
        for check in self._checks.values():
            self._on_check(check)
        try:
            self._check_url()
            await self._check_way()
            await self._check_service()
        except _StoppedError:
            self._skip_rest()
        return ConnectionTestResult(tuple(self._checks.values()))

    def _check_url(self) -> None:
        self._begin("url")
        try:
            url = usable_url(self._connection.tenant_url)
            self._proxy = proxy_for(url, self._connection.proxy)
            self._context = (
                ssl_context(self._connection.ca_file) if url.startswith("https:") else None
            )
        except (TenantUrlError, ConfigurationError) as error:
            self._end("url", Verdict(CheckState.FAILED, error.sentence, error.next_step))
            return
        self._url = url
        self._end("url", Verdict(CheckState.PASSED, f"{url} is a tenant URL."))

    async def _check_way(self) -> None:
        """Name, connection and certificate of the host, or of the proxy in front of it."""
        parts = urlsplit(self._proxy or self._url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        seconds = self._limits.connect_seconds
        noun = f"The proxy {host}" if self._proxy else host
        try:
            self._begin("name")
            addresses = await resolve(host, port, seconds)
            found = (("Addresses", ", ".join(addresses)),)
            self._end("name", Verdict(CheckState.PASSED, f"{noun} was found.", details=found))
            self._begin("connection")
            address = await connect(host, port, seconds)
            facts = (("Address", address), ("Port", str(port)))
            sentence = f"{noun} accepts connections."
            self._end("connection", Verdict(CheckState.PASSED, sentence, details=facts))
            await self._check_certificate(host, port)
        except ProbeError as error:
            running = next(c for c in self._checks.values() if c.state is CheckState.RUNNING)
            details = certificate_details(error.certificate)
            verdict = Verdict(CheckState.FAILED, error.sentence, error.next_step, details)
            self._end(running.identifier, verdict)

    async def _check_certificate(self, host: str, port: int) -> None:
        self._begin("certificate")
        if self._context is None:
            sentence = "Plain http within this computer; there is no certificate."
            self._end("certificate", Verdict(CheckState.SKIPPED, sentence))
            return
        if self._proxy:
            sentence = "Checked with the first request, through the proxy."
            self._end("certificate", Verdict(CheckState.SKIPPED, sentence))
            return
        found = await handshake(host, port, self._context, self._limits.connect_seconds)
        self._end("certificate", self._certificate_verdict(found.certificate, found.protocol))

    def _certificate_verdict(self, certificate: Certificate | None, protocol: str) -> Verdict:
        details = (("Protocol", protocol), *certificate_details(certificate))
        if certificate is not None:
            days = (certificate.valid_until - self._clock.now()).days
            if days < CERTIFICATE_WARNING_DAYS:
                sentence = f"The certificate is trusted and expires in {days} days."
                next_step = "Its owner should renew it before provisioning stops."
                return Verdict(CheckState.WARNING, sentence, next_step, details)
        return Verdict(CheckState.PASSED, "The certificate is trusted.", details=details)

    async def _check_service(self) -> None:
        """What the service says to the token, to the matching queries and about itself."""
        self._begin("authentication")
        try:
            authentication = BearerToken(self._token)
        except CredentialsError as error:
            verdict = Verdict(CheckState.FAILED, error.sentence, error.next_step)
            self._end("authentication", verdict)
            return
        async with Target(
            self._connection, authentication, concurrency=1, limits=self._limits
        ) as target:
            await self._check_users(target)
            await self._check_groups(target)
            await self._check_discovery(target)

    async def _check_users(self, target: Target) -> None:
        """The first query tells whether the token is accepted, and whether users can be found."""
        attribute = self._matching_attribute(ObjectType.USER)
        request = lookup_request(ObjectType.USER, attribute, self._guid)
        response = await target.send(request)
        details = exchange_details(request, self._url + request_target(request), response)
        self._blame_the_way(response, details)
        refused = credentials_verdict(
            response, looop=self._is_looop(), sent_token=bool(self._token)
        )
        if refused is not None:
            self._end("authentication", replace(refused, details=details))
        said = "The tenant accepts the token." if self._token else "The tenant asks for no token."
        self._end("authentication", Verdict(CheckState.PASSED, said))
        self._begin("users")
        self._end_query("users", response, ObjectType.USER, attribute, details)

    def _blame_the_way(self, response: ScimResponse, details: tuple[tuple[str, str], ...]) -> None:
        """Fail the check of the way where the request could not be sent, as through a proxy."""
        certificate = response.failure is FailureKind.CERTIFICATE
        if certificate or response.failure in (FailureKind.CONNECT, FailureKind.NAME_RESOLUTION):
            next_step = "Check the proxy, and the CA file if your organisation has one."
            verdict = Verdict(CheckState.FAILED, response.failure_text, next_step, details)
            self._update("authentication", Verdict(CheckState.SKIPPED, ""))
            self._end("certificate" if certificate else "connection", verdict)
        if response.failure is not None:
            next_step = "Try again; if it stays so, ask who runs the application."
            verdict = Verdict(CheckState.FAILED, response.failure_text, next_step, details)
            self._end("authentication", verdict)

    async def _check_groups(self, target: Target) -> None:
        self._begin("groups")
        if not self._schema.group_mapping.enabled:
            sentence = "The mapping of groups is off, so that groups are not asked for."
            self._end("groups", Verdict(CheckState.SKIPPED, sentence))
            return
        attribute = self._matching_attribute(ObjectType.GROUP)
        request = lookup_request(ObjectType.GROUP, attribute, self._guid)
        response = await target.send(request)
        details = exchange_details(request, self._url + request_target(request), response)
        self._end_query("groups", response, ObjectType.GROUP, attribute, details)

    async def _check_discovery(self, target: Target) -> None:
        self._begin("discovery")
        responses: list[tuple[ScimRequest, ScimResponse]] = []
        for request in DISCOVERY_REQUESTS:
            responses.append((request, await target.send(request)))
        self._end("discovery", discovery_verdict(responses, self._schema))

    def _end_query(
        self,
        key: str,
        response: ScimResponse,
        object_type: ObjectType,
        attribute: str,
        details: tuple[tuple[str, str], ...],
    ) -> None:
        verdict = query_verdict(response, object_type, attribute)
        self._end(key, replace(verdict, details=details))

    def _matching_attribute(self, object_type: ObjectType) -> str:
        matching = self._schema.mapping_of(object_type).matching
        usual = "userName" if object_type is ObjectType.USER else "displayName"
        return matching[0].target_attribute if matching else usual

    def _is_looop(self) -> bool:
        host = urlsplit(self._url).hostname or ""
        named = self._schema.unknown.get("targetDirectoryName") == "Looop"
        return host.endswith(LOOOP_DOMAIN) or (named and is_loopback(host))

    def _begin(self, key: str) -> None:
        self._checks[key] = replace(self._checks[key], state=CheckState.RUNNING)
        self._on_check(self._checks[key])

    def _end(self, key: str, verdict: Verdict) -> None:
        """Tell how a check ended. Raises _StoppedError when it failed."""
        self._update(key, verdict)
        if verdict.state is CheckState.FAILED:
            raise _StoppedError

    def _update(self, key: str, verdict: Verdict) -> None:
        self._checks[key] = Check(
            key,
            _TITLES[key],
            verdict.state,
            verdict.sentence,
            verdict.next_step,
            verdict.details,
            verdict.code,
        )
        self._on_check(self._checks[key])

    def _skip_rest(self) -> None:
        for key, check in self._checks.items():
            if check.state in (CheckState.PENDING, CheckState.RUNNING):
                self._update(key, Verdict(CheckState.SKIPPED, ""))


def certificate_details(certificate: Certificate | None) -> tuple[tuple[str, str], ...]:
    """A certificate as facts to show."""
    if certificate is None:
        return ()
    return (
        ("Subject", certificate.subject),
        ("Issuer", certificate.issuer),
        ("Valid from", f"{certificate.valid_from:%Y-%m-%d %H:%M} UTC"),
        ("Valid until", f"{certificate.valid_until:%Y-%m-%d %H:%M} UTC"),
        ("Names", ", ".join(certificate.names)),
        ("SHA-256 fingerprint", certificate.fingerprint),
    )
