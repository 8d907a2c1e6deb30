"""Encrypted targets: only what is trusted gets a token, and what is not is shown."""

import os
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from looop_gui.client.authentication import BearerToken
from looop_gui.client.limits import TargetLimits
from looop_gui.client.probe import ProbeError, connect, handshake, resolve
from looop_gui.client.target import Target
from looop_gui.client.trust import ssl_context
from looop_gui.model.connection import TenantConnection
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import FailureKind, ScimRequest
from tests.unit.client.conftest import http

AUTHORITY = trustme.CA(organization_name="Contoso")
USERS = ScimRequest("GET", "/Users")


def server_context(*names: str, **options: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert(*names, **options).configure_cert(context)
    return context


@pytest.fixture
def ca_file(tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(str(path))
    return str(path)


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2].partition("/")[0])


async def test_an_unknown_authority_gets_nothing(server: Any) -> None:
    async with server(http("{}"), context=server_context("127.0.0.1")) as script:
        token = BearerToken(SecretText("tok-12345678"))
        async with Target(TenantConnection(script.url), token) as target:
            response = await target.send(USERS)
    assert (response.status, response.failure) == (0, FailureKind.CERTIFICATE)
    assert response.failure_text.startswith("The certificate of 127.0.0.1 is not trusted (")
    assert script.requests == []


async def test_an_authority_of_ones_own_is_trusted_with_its_file(server: Any, ca_file: str) -> None:
    async with server(http("{}"), context=server_context("127.0.0.1")) as script:
        connection = TenantConnection(script.url, ca_file=ca_file)
        async with Target(connection, BearerToken(SecretText("tok-12345678"))) as target:
            response = await target.send(USERS)
    assert response.ok
    assert script.requests[0].headers["authorization"] == "Bearer tok-12345678"


async def test_a_certificate_for_another_name_is_not_trusted(server: Any, ca_file: str) -> None:
    async with server(http("{}"), context=server_context("other.example")) as script:
        connection = TenantConnection(script.url, ca_file=ca_file)
        async with Target(connection, BearerToken(SecretText("tok-12345678"))) as target:
            response = await target.send(USERS)
    assert response.failure is FailureKind.CERTIFICATE
    assert script.requests == []


async def test_a_server_without_encryption_is_said(server: Any) -> None:
    async with server(http("{}")) as script:
        url = script.url.replace("http:", "https:")
        token = BearerToken(SecretText(""))
        limits = TargetLimits(connect_seconds=0.2)
        async with Target(TenantConnection(url), token, limits=limits) as target:
            response = await target.send(USERS)
    assert response.failure is FailureKind.CONNECT
    assert "127.0.0.1 did not accept the connection" in response.failure_text


def test_one_context_is_shared(ca_file: str) -> None:
    assert ssl_context() is ssl_context()
    assert ssl_context(ca_file) is not ssl_context()
    before = ssl_context(ca_file)
    assert ssl_context(ca_file) is before
    os.utime(ca_file, (1, 1))
    assert ssl_context(ca_file) is not before
    assert ssl_context().minimum_version is ssl.TLSVersion.TLSv1_2
    assert ssl_context().verify_mode is ssl.CERT_REQUIRED
    assert ssl_context().check_hostname


async def test_the_probe_shows_a_certificate_that_is_not_trusted(server: Any) -> None:
    async with server(http("{}"), context=server_context("127.0.0.1", "demo.example")) as script:
        with pytest.raises(ProbeError) as raised:
            await handshake("127.0.0.1", port_of(script.url), ssl_context())
    error = raised.value
    assert "authority that is not trusted" in error.sentence
    assert "CA file" in error.next_step
    assert error.certificate is not None
    assert "Contoso" in error.certificate.issuer
    assert set(error.certificate.names) == {"demo.example", "127.0.0.1"}
    assert error.certificate.valid_from < datetime.now(UTC) < error.certificate.valid_until
    assert len(error.certificate.fingerprint) == 95


@pytest.mark.parametrize(
    ("names", "options", "sentence"),
    [
        (("other.example",), {}, "made for another name"),
        (("127.0.0.1",), {"not_after": datetime(2024, 1, 1, tzinfo=UTC)}, "has expired"),
    ],
)
async def test_the_probe_says_why(
    server: Any, ca_file: str, names: tuple[str], options: dict[str, Any], sentence: str
) -> None:
    async with server(http("{}"), context=server_context(*names, **options)) as script:
        with pytest.raises(ProbeError, match=sentence):
            await handshake("127.0.0.1", port_of(script.url), ssl_context(ca_file))


async def test_the_probe_passes_what_is_trusted(server: Any, ca_file: str) -> None:
    async with server(http("{}"), context=server_context("127.0.0.1")) as script:
        port = port_of(script.url)
        assert await resolve("127.0.0.1", port) == ("127.0.0.1",)
        assert await connect("127.0.0.1", port) == "127.0.0.1"
        found = await handshake("127.0.0.1", port, ssl_context(ca_file))
    assert found.protocol in ("TLSv1.2", "TLSv1.3")
    assert found.certificate is not None


async def test_the_probe_says_what_is_in_the_way(server: Any, unused_tcp_port: int) -> None:
    with pytest.raises(ProbeError, match="was not found"):
        await resolve("nowhere.invalid", 443)
    with pytest.raises(ProbeError, match="was not found"):
        await resolve("x" * 80 + ".example", 443)
    with pytest.raises(ProbeError, match="refuses connections"):
        await connect("127.0.0.1", unused_tcp_port)
    async with server(http("{}")) as script:
        with pytest.raises(ProbeError, match="did not agree on an encrypted connection"):
            await handshake("127.0.0.1", port_of(script.url), ssl_context(), 1)
