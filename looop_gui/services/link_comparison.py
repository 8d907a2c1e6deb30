"""Links as a service: a list with both sides, compared attribute by attribute, and mended by hand.

Links are changed only while no cycle runs (section f.9, object connection API): the lock of the
connection's cycles is held, whichever process runs them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from msgspec.structs import replace

from looop_gui.engine.failure import ObjectFailedError, ObjectSkippedError
from looop_gui.engine.importing import imported_attributes
from looop_gui.engine.link_comparison import LinkComparison, compare_link
from looop_gui.engine.matching import find_match
from looop_gui.engine.processing import evaluate_object
from looop_gui.model.connection import Connection
from looop_gui.model.directory import AttributeValue, DirectoryObject, ObjectType
from looop_gui.model.errors import ConfigurationError, TargetError
from looop_gui.model.job import Link
from looop_gui.model.provisioning_log import ProvisioningLogEntry
from looop_gui.scim.dialect import read_request
from looop_gui.scim.messages import JsonObject
from looop_gui.scim.target_path import comparable, member
from looop_gui.services.cycle_lock import cycle_lock
from looop_gui.services.provisioning import ProvisioningService
from looop_gui.services.target_session import TargetSession, TargetSessions
from looop_gui.store.database import Database
from looop_gui.store.jobs import job_number, load_job
from looop_gui.store.link_search import find_links
from looop_gui.store.links import delete_links, load_links, save_links


class SideState(StrEnum):
    """How an object stands on one side of a link."""

    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link with the state of its source object."""

    link: Link
    source_name: str
    source: SideState


@dataclass(frozen=True, slots=True)
class LinkPage:
    """How many links were found, and a page of them by name."""

    total: int
    rows: tuple[LinkRow, ...]


class LinkService:
    """What can be asked of links. Changes raise StoreBusyError while a cycle runs."""

    def __init__(self, sessions: TargetSessions, provisioning: ProvisioningService) -> None:
        self._sessions = sessions
        self._provisioning = provisioning

    async def links(
        self,
        connection_id: str,
        text: str = "",
        object_type: ObjectType | None = None,
        *,
        offset: int = 0,
        limit: int = 200,
    ) -> LinkPage:
        """The links with the text in a name or id, with the source's state."""
        connection = await self._sessions.connection(connection_id)
        worker = self._sessions.worker
        job = await worker.run(load_job, connection_id)
        if job is None:
            return LinkPage(0, ())
        total, links = await worker.run(
            find_links, job.number, text, object_type, offset=offset, limit=limit
        )
        snapshot = await self._sessions.snapshot(connection)
        rows = []
        for link in links:
            source = snapshot.find(link.source_id)
            name = source.display_name if source is not None else link.display_name
            rows.append(LinkRow(link, name, _source_state(source)))
        return LinkPage(total, tuple(rows))

    async def target_states(
        self, connection_id: str, source_ids: Iterable[str]
    ) -> Mapping[str, SideState]:
        """How these links' resources stand in the target; each is read. Raises TargetError."""
        states: dict[str, SideState] = {}
        async with self._sessions.open(connection_id) as session:
            for source_id in source_ids:
                link = session.links.get(source_id)
                if link is not None:
                    resource = await _read(session, link.object_type, link.target_id)
                    states[source_id] = _target_state(resource)
        return states

    async def compare(self, connection_id: str, source_id: str) -> LinkComparison:
        """Source, expected and actual value of every attribute.

        Raises ConfigurationError when the object has no link, TargetError, SourceError.
        """
        async with self._sessions.open(connection_id) as session:
            link = _linked(session, source_id)
            resource = await _read(session, link.object_type, link.target_id)
            source = session.snapshot.find(source_id)
            attributes = None if source is None else _attributes(session, source)
            rules = session.rules.of(link.object_type)
            return compare_link(rules, link, attributes, resource, session.links, session.context)

    async def held(self, connection_id: str, source_id: str) -> Link | None:
        """The whole stored link of an object, as `restore` takes it."""
        connection = await self._sessions.connection(connection_id)
        return await self._sessions.worker.run(_held, connection, source_id)

    async def unlink(self, connection_id: str, source_id: str) -> None:
        """Break a link; nothing is sent. Harmless when there is none (204 is idempotent)."""
        connection = await self._sessions.connection(connection_id)
        with cycle_lock(self._sessions.data_folder, connection):
            await self._sessions.worker.run(_delete, connection, source_id)

    async def restore(self, connection_id: str, source_id: str, link: Link | None) -> None:
        """Put back what `held` gave before a change; None breaks the link that is there now.

        Raises ConfigurationError when the account belongs to another object meanwhile.
        """
        if link is None:
            await self.unlink(connection_id, source_id)
            return
        connection = await self._sessions.connection(connection_id)
        with cycle_lock(self._sessions.data_folder, connection):
            await self._sessions.worker.run(_restore, connection, link)

    async def rematch(self, connection_id: str, source_id: str) -> Link:
        """Look for the object's account by the matching attributes and link it to that.

        Its values are written by the next cycle or a repair. Raises ConfigurationError when there
        is no account or several; the link stays as it was then.
        """
        connection = await self._sessions.connection(connection_id)
        with cycle_lock(self._sessions.data_folder, connection):
            async with self._sessions.open(connection_id) as session:
                source = _source(session, source_id)
                resource = await _match(session, source)
                return await self._save(session, source, resource)

    async def link(self, connection_id: str, source_id: str, target_id: str) -> Link:
        """Link a source object and an account by hand; nothing is sent but a reading.

        Raises ConfigurationError when one of them does not exist or the account is linked already.
        """
        connection = await self._sessions.connection(connection_id)
        with cycle_lock(self._sessions.data_folder, connection):
            async with self._sessions.open(connection_id) as session:
                source = _source(session, source_id)
                resource = await _read(session, source.object_type, target_id)
                if resource is None:
                    raise ConfigurationError(
                        "The target has no account with this id.", safe="Nothing was changed."
                    )
                return await self._save(session, source, resource)

    async def repair(self, connection_id: str, source_id: str) -> ProvisioningLogEntry:
        """Write what differs, by provision on demand. Raises as that does."""
        return await self._provisioning.provision_on_demand(connection_id, source_id, write=True)

    async def _save(
        self, session: TargetSession, source: DirectoryObject, resource: JsonObject
    ) -> Link:
        target_id = resource["id"]
        _refuse_taken(session.links, source.id, target_id)
        name = member(resource, "displayName") or member(resource, "userName")
        old = session.links.get(source.id)
        kept = old is not None and old.target_id == target_id
        link = Link(
            source_id=source.id,
            target_id=target_id,
            object_type=source.object_type,
            display_name=name if isinstance(name, str) else source.display_name,
            disabled=_target_state(resource) is SideState.DISABLED,
        )
        if kept and old is not None:
            link = replace(link, manager=old.manager, members=old.members)
        await self._sessions.worker.run(_store, session.connection, link, session.links)
        return link


def _store(database: Database, connection: Connection, link: Link, known: dict[str, Link]) -> None:
    with database.transaction() as transaction:
        save_links(transaction, job_number(transaction, connection.id), [link], known)


def _refuse_taken(links: Mapping[str, Link], source_id: str, target_id: str) -> None:
    for other in links.values():
        if other.target_id == target_id and other.source_id != source_id:
            raise ConfigurationError(
                f"This account is linked to {other.display_name} already.",
                safe="Nothing was changed.",
                next_step="Unlink that first.",
            )


def _held(database: Database, connection: Connection, source_id: str) -> Link | None:
    job = load_job(database, connection.id)
    return None if job is None else load_links(database, job.number).get(source_id)


def _restore(database: Database, connection: Connection, link: Link) -> None:
    with database.transaction() as transaction:
        job = job_number(transaction, connection.id)
        known = load_links(database, job)
        _refuse_taken(known, link.source_id, link.target_id)
        save_links(transaction, job, [link], known)


def _delete(database: Database, connection: Connection, source_id: str) -> None:
    with database.transaction() as transaction:
        delete_links(transaction, job_number(transaction, connection.id), [source_id])


async def _read(
    session: TargetSession, object_type: ObjectType, target_id: str
) -> JsonObject | None:
    """A resource by id; None where the target has none. Raises TargetError."""
    request = read_request(object_type, target_id)
    response = await session.asking.ask(request, lambda _exchange: None)
    if response.status == 404:
        return None
    body = response.body
    if not response.ok or not isinstance(body, dict) or body.get("id") != target_id:
        what = response.failure_text or f"The target answered {response.status}."
        raise TargetError(what, safe="Nothing was changed.", next_step="Test the connection.")
    return body


async def _match(session: TargetSession, source: DirectoryObject) -> JsonObject:
    rules = session.rules.of(source.object_type)
    try:
        desired = evaluate_object(rules, _attributes(session, source), session.context)
        search = await session.asking.converse(
            find_match(rules, desired, None), lambda _exchange: None
        )
    except (ObjectFailedError, ObjectSkippedError) as problem:
        raise ConfigurationError(problem.reason, safe="The link stays as it was.") from problem
    if search.resource is None:
        raise ConfigurationError(
            f"No account of the target matches {source.display_name}.",
            safe="The link stays as it was.",
            next_step="Link it by hand, or unlink it so that the next cycle creates an account.",
        )
    return search.resource


def _attributes(session: TargetSession, source: DirectoryObject) -> dict[str, AttributeValue]:
    soft_deleted = not session.scope.facts(source).in_scope
    roles = session.scope.roles(source.id)
    return imported_attributes(source, soft_deleted=soft_deleted, roles=roles)


def _source(session: TargetSession, source_id: str) -> DirectoryObject:
    source = session.snapshot.find(source_id)
    if source is None:
        raise ConfigurationError(
            "The source directory has no object with this id.", safe="Nothing was changed."
        )
    return source


def _linked(session: TargetSession, source_id: str) -> Link:
    link = session.links.get(source_id)
    if link is None:
        raise ConfigurationError("This object has no link.", safe="Nothing was changed.")
    return link


def _source_state(source: DirectoryObject | None) -> SideState:
    if source is None:
        return SideState.GONE
    if source.deleted:
        return SideState.DELETED
    return SideState.ACTIVE if source.account_enabled else SideState.DISABLED


def _target_state(resource: JsonObject | None) -> SideState:
    if resource is None:
        return SideState.GONE
    active = comparable(member(resource, "active"))
    return SideState.DISABLED if active == "false" else SideState.ACTIVE
