"""Transport failures named as the engine knows them, with a sentence for a person."""

import ssl
import zlib
from dataclasses import dataclass

import aiohttp
import httpx

from looop_gui.scim.messages import FailureKind


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no usable response came."""

    kind: FailureKind
    sentence: str


def failure_of(error: httpx.HTTPError | aiohttp.ClientError, host: str, proxy: str) -> Failure:
    """Name what went wrong.

    httpx's own classes are too coarse here (a lost connection arrives as ConnectTimeout), so that
    the aiohttp exception behind it decides.
    """
    cause = error.__cause__ if isinstance(error, httpx.HTTPError) else error
    if isinstance(cause, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
        return Failure(FailureKind.CONNECT, f"The proxy {_without_login(proxy)} cannot be used.")
    if isinstance(cause, aiohttp.ClientConnectorDNSError):
        return Failure(FailureKind.NAME_RESOLUTION, f"The name {host} was not found.")
    if isinstance(cause, aiohttp.ClientConnectorCertificateError):
        reason = certificate_reason(cause.certificate_error)
        return Failure(
            FailureKind.CERTIFICATE, f"The certificate of {host} is not trusted{reason}."
        )
    if isinstance(cause, aiohttp.ClientSSLError):
        return Failure(FailureKind.CERTIFICATE, f"{host} did not agree on an encrypted connection.")
    return _later_failure(cause, host)


def _later_failure(cause: BaseException | None, host: str) -> Failure:
    if isinstance(cause, zlib.error):
        return Failure(FailureKind.CONNECTION_LOST, f"The answer of {host} cannot be unpacked.")
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return Failure(FailureKind.CONNECT, f"{host} did not accept the connection in time.")
    if isinstance(cause, aiohttp.ServerTimeoutError | TimeoutError):
        return Failure(FailureKind.TIMEOUT, f"{host} did not answer in time.")
    if isinstance(cause, aiohttp.ClientConnectorError):
        reason = cause.strerror or cause.os_error.strerror or "no connection"
        return Failure(FailureKind.CONNECT, f"{host} cannot be reached ({reason}).")
    if isinstance(cause, aiohttp.ClientResponseError):
        return Failure(FailureKind.CONNECTION_LOST, f"What {host} answered is not HTTP.")
    return Failure(FailureKind.CONNECTION_LOST, f"The connection to {host} was lost.")


def certificate_reason(error: BaseException) -> str:
    """OpenSSL's reason in brackets, e.g. " (self-signed certificate)", or ""."""
    if isinstance(error, ssl.SSLCertVerificationError) and error.verify_message:
        return f" ({error.verify_message.rstrip('.')})"
    return ""


def _without_login(proxy: str) -> str:
    return proxy.rpartition("@")[2].removeprefix("http://").removeprefix("https://")
