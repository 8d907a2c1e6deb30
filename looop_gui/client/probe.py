"""Looks at the way to a target step by step, before a token goes there: name, connection, TLS."""

import asyncio
import hashlib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from looop_gui.client.failures import certificate_reason

PROBE_SECONDS = 10.0

_EXPIRED, _NOT_YET_VALID = 10, 9
_WRONG_NAME = (62, 63, 64)
_UNKNOWN_ISSUER = (18, 19, 20, 21)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a person wants to know of a server's certificate; times are in UTC."""

    subject: str
    issuer: str
    valid_from: datetime
    valid_until: datetime
    names: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Handshake:
    """An encrypted connection that is trusted."""

    protocol: str
    certificate: Certificate | None


class ProbeError(Exception):
    """A step failed; `certificate` is the one that was not trusted, where it was seen."""

    def __init__(
        self, sentence: str, next_step: str, certificate: Certificate | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step
        self.certificate = certificate


async def resolve(host: str, port: int, seconds: float = PROBE_SECONDS) -> tuple[str, ...]:
    """The addresses of a host. Raises ProbeError where it has none."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError:
        raise ProbeError(
            f"Looking up the name {host} took longer than {seconds:g} seconds.",
            "Check the network connection and its name server.",
        ) from None
    except (OSError, UnicodeError):
        raise ProbeError(
            f"The name {host} was not found.",
            "Check how the tenant URL is spelt, and that this computer is on the network.",
        ) from None
    return tuple(dict.fromkeys(str(address[4][0]) for address in found))


async def connect(host: str, port: int, seconds: float = PROBE_SECONDS) -> str:
    """Open a connection and close it; gives the address that answered. Raises ProbeError."""
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        raise ProbeError(
            f"{host} did not answer on port {port} within {seconds:g} seconds.",
            "A firewall may stand between, or a proxy may be needed; check both with your network.",
        ) from None
    except ConnectionRefusedError:
        raise ProbeError(
            f"{host} refuses connections on port {port}.",
            "Check the port in the tenant URL, and that the application runs.",
        ) from None
    except OSError as error:
        raise ProbeError(
            f"{host} cannot be reached on port {port} ({error.strerror or error}).",
            "Check the network connection, and whether a proxy is needed.",
        ) from None
    address = writer.get_extra_info("peername")[0]
    await _close(writer)
    return str(address)


async def handshake(
    host: str, port: int, context: ssl.SSLContext, seconds: float = PROBE_SECONDS
) -> Handshake:
    """Open an encrypted connection and look at its certificate. Raises ProbeError."""
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLCertVerificationError as error:
        certificate = await _untrusted_certificate(host, port, seconds)
        raise ProbeError(*_distrust(error, host), certificate) from None
    except TimeoutError:
        raise ProbeError(
            f"{host} did not agree on an encrypted connection within {seconds:g} seconds.",
            "Check that the port in the tenant URL is one for https.",
        ) from None
    except (ssl.SSLError, OSError) as error:
        reason = getattr(error, "reason", None) or error.strerror or "connection closed"
        raise ProbeError(
            f"{host} did not agree on an encrypted connection ({reason}).",
            "Check that the port in the tenant URL is one for https, with TLS 1.2 or newer.",
        ) from None
    connection = writer.get_extra_info("ssl_object")
    found = Handshake(connection.version(), _certificate(connection.getpeercert(True)))
    await _close(writer)
    return found


def _distrust(error: ssl.SSLCertVerificationError, host: str) -> tuple[str, str]:
    """Why a certificate is not trusted, and what to do, by OpenSSL's verification code."""
    if error.verify_code == _EXPIRED:
        return f"The certificate of {host} has expired.", "Its owner must renew it."
    if error.verify_code == _NOT_YET_VALID:
        return f"The certificate of {host} is not valid yet.", "Check this computer's date."
    if error.verify_code in _WRONG_NAME:
        return (
            f"The certificate was made for another name than {host}.",
            "Check the host in the tenant URL; the certificate's names are shown here.",
        )
    if error.verify_code in _UNKNOWN_ISSUER:
        return (
            f"The certificate of {host} comes from an authority that is not trusted here.",
            "Where your organisation has an authority of its own, give its file (PEM) as CA file. "
            "Otherwise do not go on: somebody may be listening.",
        )
    return (
        f"The certificate of {host} is not trusted{certificate_reason(error)}.",
        "Ask who runs the application for a certificate that is trusted.",
    )


async def _untrusted_certificate(host: str, port: int, seconds: float) -> Certificate | None:
    """Fetch the certificate to show it; nothing is sent over that connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except (OSError, TimeoutError):
        return None
    content = writer.get_extra_info("ssl_object").getpeercert(True)
    await _close(writer)
    return _certificate(content)


def _certificate(content: bytes | None) -> Certificate | None:
    if not content:
        return None
    from cryptography import x509

    parsed = x509.load_der_x509_certificate(content)
    names: tuple[str, ...] = ()
    with suppress(x509.ExtensionNotFound):
        extension = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = tuple(extension.value.get_values_for_type(x509.DNSName))
        addresses = extension.value.get_values_for_type(x509.IPAddress)
        names += tuple(str(address) for address in addresses)
    digest = hashlib.sha256(content).hexdigest().upper()
    return Certificate(
        subject=parsed.subject.rfc4514_string(),
        issuer=parsed.issuer.rfc4514_string(),
        valid_from=parsed.not_valid_before_utc,
        valid_until=parsed.not_valid_after_utc,
        names=names,
        fingerprint=":".join(digest[i : i + 2] for i in range(0, len(digest), 2)),
    )


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(1):
            await writer.wait_closed()
