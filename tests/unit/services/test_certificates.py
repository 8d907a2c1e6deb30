"""The no-op certificate against tenants that change what they take: cause, repair, clean then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from looop_gui.engine.certificate import Certificate, MappingRepair, repaired
from looop_gui.mockserver.server import TenantOptions, running_tenant
from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.directory import ObjectType
from looop_gui.model.errors import ConfigurationError, TargetError
from looop_gui.model.job import CycleProgress, CycleState
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    MappingType,
    SynchronizationSchema,
)
from looop_gui.model.scope import ProvisioningScope
from looop_gui.services.events import CertificateChanged
from looop_gui.services.services import Services

TOKEN = "token-of-the-certificate-tests"
PHONE = 'phoneNumbers[type eq "work"].value'
PEOPLE = (
    "id,userPrincipalName,displayName,givenName,surname,mail,telephoneNumber,accountEnabled",
    "ann,ann@x.org,Ann Lee-Moss, Ann ,Lee,Ann@X.org,+43 (1) 234-56,true",
    "bob,bob@x.org,Bob B. Ray,Bob,Ray ,bob@x.org,+43 1 999 99,true",
)


@asynccontextmanager
async def company(
    services: Services, folder: Path, *quirks: str, case_exact: bool = False, **settings: bool
) -> AsyncIterator[Connection]:
    """A saved connection to a tenant with these quirks; its mapping has phone and display name."""
    folder.mkdir()
    (folder / "users.csv").write_text("\n".join(PEOPLE), "utf-8")
    async with running_tenant(TenantOptions(token=TOKEN, quirks=quirks)) as tenant:
        connection = await services.connections.create(
            Connection(
                "certified",
                "Certified",
                Application.LOOOP,
                TenantConnection(tenant.scim_endpoint, TokenStorage.MEMORY),
                SourceSettings(SourceType.FILES, str(folder)),
                ConnectionSettings(scope=ProvisioningScope.ALL, **settings),
            ),
            TOKEN,
        )
        schema = await services.mappings.schema(connection.id)
        await services.mappings.save(connection.id, widened(schema, case_exact=case_exact))
        yield connection


def widened(schema: SynchronizationSchema, *, case_exact: bool) -> SynchronizationSchema:
    mapping = schema.user_mapping
    rows = (
        *mapping.attribute_mappings,
        AttributeMapping(PHONE, MappingType.DIRECT, "telephoneNumber"),
        AttributeMapping("displayName", MappingType.DIRECT, "displayName"),
    )
    known = [
        replace(one, case_exact=case_exact) if one.name.startswith("emails") else one
        for one in schema.target_user_attributes
    ]
    names = {one.name for one in known}
    known += [AttributeDefinition(n) for n in (PHONE, "displayName") if n not in names]
    return replace(
        schema,
        user_mapping=replace(mapping, attribute_mappings=rows),
        target_user_attributes=tuple(known),
    )


async def repair(services: Services, connection_id: str, certificate: Certificate) -> None:
    """Do what the certificate proposes, and save it."""
    schema = await services.mappings.schema(connection_id)
    for change in certificate.changes:
        edited = repaired(schema, change)
        assert edited is not None, change
        schema = edited
    await services.mappings.save(connection_id, schema)


@pytest.mark.parametrize(
    ("quirk", "case_exact", "causes"),
    [
        (
            "values-normalised",
            True,
            {
                'emails[type eq "work"].value': ("lower case", MappingRepair.EXPRESSION),
                "name.givenName": ("blanks at both ends", MappingRepair.EXPRESSION),
                "name.familyName": ("blanks at both ends", MappingRepair.EXPRESSION),
                PHONE: ("only the digits", MappingRepair.EXPRESSION),
            },
        ),
        (
            "display-name-rebuilt",
            False,
            {"displayName": ("keeps another one", MappingRepair.ONLY_DURING_CREATION)},
        ),
        (
            "external-id-not-stored",
            False,
            {"externalId": ("ignores the value silently", MappingRepair.ONLY_DURING_CREATION)},
        ),
    ],
)
async def test_the_cause_is_named_and_its_repair_ends_it(
    services: Services,
    tmp_path: Path,
    quirk: str,
    case_exact: bool,
    causes: dict[str, tuple[str, MappingRepair]],
) -> None:
    async with company(services, tmp_path / "d", quirk, case_exact=case_exact) as connection:
        first = await services.provisioning.run_cycle(connection.id)
        assert first.state is CycleState.SUCCEEDED

        found = await services.certificates.check(connection.id)
        named = {one.attribute: one for one in found.changes}
        assert set(named) == set(causes)
        for attribute, (words, kind) in causes.items():
            assert words in named[attribute].cause
            assert named[attribute].repair is kind
            assert named[attribute].object_type is ObjectType.USER
        assert 0 < found.writes <= len(PEOPLE) - 1

        await repair(services, connection.id, found)
        await services.provisioning.run_cycle(connection.id)
        again = await services.provisioning.run_cycle(connection.id)
        assert again.users.updated == 0
        assert (await services.certificates.check(connection.id)).clean


async def test_a_clean_certificate_is_kept_with_its_cycle(
    services: Services, tmp_path: Path
) -> None:
    told: list[str] = []
    services.events.subscribe(CertificateChanged, lambda event: told.append(event.connection_id))
    async with company(services, tmp_path / "d") as connection:
        assert await services.certificates.latest(connection.id) is None
        cycle = await services.provisioning.run_cycle(connection.id)
        progress: list[CycleProgress] = []
        certificate = await services.certificates.check(connection.id, progress.append)

        kept = await services.certificates.latest(connection.id)
        assert certificate.clean
        assert kept is not None
        assert (kept.certificate, kept.cycle_id, kept.outdated) == (certificate, cycle.id, False)
        assert told == [connection.id]
        assert progress

        await services.provisioning.run_cycle(connection.id)
        later = await services.certificates.latest(connection.id)
        assert later is not None
        assert later.outdated


async def test_whoever_would_be_created_is_no_attribute(services: Services, tmp_path: Path) -> None:
    async with company(services, tmp_path / "d") as connection:
        await services.provisioning.run_cycle(connection.id)
        people = [*PEOPLE, "cyd,cyd@x.org,Cyd,Cyd,Fox,cyd@x.org,,true"]
        (tmp_path / "d" / "users.csv").write_text("\n".join(people), "utf-8")

        certificate = await services.certificates.check(connection.id)

        assert certificate.changes == ()
        assert dict(certificate.others) == {"create": 1}
        assert certificate.writes == 1


async def test_without_a_completed_cycle_there_is_nothing_to_check(
    services: Services, tmp_path: Path
) -> None:
    async with company(services, tmp_path / "d") as connection:
        assert not await services.certificates.can_check(connection.id)
        with pytest.raises(ConfigurationError, match="no completed cycle"):
            await services.certificates.check(connection.id)


async def test_a_target_that_is_down_leaves_the_former_certificate(
    services: Services, tmp_path: Path
) -> None:
    async with company(services, tmp_path / "d") as connection:
        await services.provisioning.run_cycle(connection.id)
        await services.certificates.check(connection.id)
    with pytest.raises(TargetError):
        await services.certificates.check(connection.id)
    assert await services.certificates.latest(connection.id) is not None


@pytest.mark.parametrize("wanted", [True, False])
async def test_each_cycle_is_checked_where_that_is_wanted(
    services: Services, tmp_path: Path, wanted: bool
) -> None:
    kept = asyncio.Event()
    services.events.subscribe(CertificateChanged, lambda _event: kept.set())
    services.certificates.start()
    async with company(services, tmp_path / "d", check_endless_writes=wanted) as connection:
        cycle = await services.provisioning.run_cycle(connection.id)
        if wanted:
            await asyncio.wait_for(kept.wait(), 20)
        else:
            await services.certificates.idle()
        found = await services.certificates.latest(connection.id)

    assert (found is not None) is wanted
    if found is not None:
        assert found.cycle_id == cycle.id
    await services.certificates.close()


async def test_after_an_undo_there_is_nothing_to_certify(
    services: Services, tmp_path: Path
) -> None:
    async with company(services, tmp_path / "d") as connection:
        cycle = await services.provisioning.run_cycle(connection.id)
        assert await services.certificates.can_check(connection.id)
        plan = await services.undo.plan_saved(connection.id, cycle.id)
        await services.provisioning.apply_plan(connection.id, plan)
        assert not await services.certificates.can_check(connection.id)
        with pytest.raises(ConfigurationError, match="was an undo"):
            await services.certificates.check(connection.id)
