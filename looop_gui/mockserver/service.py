"""The SCIM service of a tenant: a request as a value in, a response as a value out.

It knows nothing of HTTP connections and tokens, so it serves the HTTP server, trials inside a
process and tests alike. `handle` also commits; the HTTP server calls `answer` and commits many
requests together.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from math import floor
from random import Random

from looop_gui.mockserver.bulk import run_bulk
from looop_gui.mockserver.conduct import TenantConduct
from looop_gui.mockserver.discovery import Discovery
from looop_gui.mockserver.faults import Faults
from looop_gui.mockserver.membership import MEMBERS, Promises
from looop_gui.mockserver.queries import Hidden, Queries
from looop_gui.mockserver.quirks import Quirks
from looop_gui.mockserver.representation import Representation
from looop_gui.mockserver.resources import Resources
from looop_gui.mockserver.storage.protocol import Record, Storage, StorageFullError
from looop_gui.scim.errors import ScimProtocolError, invalid_syntax
from looop_gui.scim.etag import matches
from looop_gui.scim.messages import JsonValue, ScimRequest, ScimResponse
from looop_gui.scim.schema import ResourceType, SchemaSet
from looop_gui.scim.search import (
    SearchRequest,
    search_request_from_json,
    search_request_from_query,
)

_Show = Callable[[int, Record, ScimRequest, tuple[str, ...]], ScimResponse]
"""Makes the answer to a write: status, record, request and the names that were written."""

_SEARCH = ".search"
_EVERYTHING = SearchRequest()
_COLLECTION_METHODS = "GET, HEAD, OPTIONS, POST"
_RESOURCE_METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"


class ScimService:
    """Serves one tenant. `base_url` is the tenant URL that locations begin with."""

    def __init__(
        self,
        storage: Storage,
        schema_set: SchemaSet,
        conduct: TenantConduct,
        *,
        quirks: Quirks | None = None,
        faults: Faults | None = None,
        seed: int | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.storage = storage
        self.schema_set = schema_set
        self.conduct = conduct
        self.quirks = quirks or Quirks()
        self._faults = faults or Faults()
        self._wall = wall
        # Ids are no secrets; a seed makes them repeatable, and the size keeps a reopened database
        # from beginning the same row again.
        size = sum(storage.count(kind.name) for kind in schema_set.resource_types)
        random = Random() if seed is None else Random(f"{seed}:ids:{size}")  # noqa: S311
        self.resources = Resources(
            storage,
            schema_set,
            conduct,
            now=self._now,
            random=random,
            keep=self.quirks.keep,
        )
        self._representation = Representation(storage, self.resources.definitions)
        self.queries = Queries(self.resources, self._representation, schema_set, conduct)
        self._discovery = Discovery(schema_set, conduct)
        self._endpoints = {kind.endpoint.strip("/"): kind for kind in schema_set.resource_types}
        self._with_requested = {
            name
            for name, definition in self.resources.definitions.items()
            if any(attribute.returned == "request" for attribute in definition.core.values())
        }

    @property
    def base_url(self) -> str:
        """The tenant URL, without a slash at its end."""
        return self._representation.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._representation.base_url = url
        self._discovery.base_url = url

    def handle(self, request: ScimRequest) -> ScimResponse:
        """Answer a request and make its writes durable, or say that they were lost."""
        try:
            try:
                return self.answer(request)
            finally:
                self.storage.commit()
        except StorageFullError:
            error = ScimProtocolError(507, None, "The server has no space left for this change.")
            return ScimResponse(507, {}, error.to_body())

    def answer(self, request: ScimRequest) -> ScimResponse:
        """Answer a request; the writes await a commit. Raises StorageFullError."""
        quirks = self.quirks
        if not quirks.active:
            return self.serve(request)
        changed = quirks.before(request, self)
        if isinstance(changed, ScimResponse):
            return changed
        return quirks.after(request, self.serve(changed), self)

    def serve(self, request: ScimRequest) -> ScimResponse:
        """Answer a request without quirks."""
        try:
            return self._route(request)
        except MethodNotAllowedError as error:
            return ScimResponse(405, {"allow": error.allowed}, error.to_body())
        except ScimProtocolError as error:
            return ScimResponse(error.status, {}, error.to_body())

    def _route(self, request: ScimRequest) -> ScimResponse:
        parts = [part for part in request.path.split("/") if part]
        if not parts:
            return self._root(request)
        kind = self._endpoints.get(parts[0])
        if kind is not None and len(parts) <= 2:
            if len(parts) == 1:
                return self._collection(kind, request)
            if parts[1] == _SEARCH:
                return self._search((kind,), request)
            return self._one(kind, parts[1], request, self._shown)
        if parts == [_SEARCH]:
            return self._search(self.schema_set.resource_types, request)
        if parts == ["Bulk"]:
            return self._bulk(request)
        if parts[0] == "Me":
            raise ScimProtocolError(501, None, "The alias /Me is not supported.")
        found = self._discovery.answer(parts, request)
        if found is None:
            raise ScimProtocolError(404, None, "There is no such endpoint.")
        return found

    # Many resources

    def _root(self, request: ScimRequest) -> ScimResponse:
        if request.method == "OPTIONS":
            return _options("GET, HEAD, OPTIONS")
        _allow(request, "GET", allowed="GET, HEAD, OPTIONS")
        return self._list(self.schema_set.resource_types, search_request_from_query(request.query))

    def _collection(self, kind: ResourceType, request: ScimRequest) -> ScimResponse:
        if request.method == "GET":
            search = search_request_from_query(request.query) if request.query else _EVERYTHING
            return self._list((kind,), search)
        if request.method == "POST":
            return self._create(kind, request, self._shown)
        if request.method == "OPTIONS":
            return _options(_COLLECTION_METHODS)
        raise _not_allowed(request, _COLLECTION_METHODS)

    def _search(self, kinds: tuple[ResourceType, ...], request: ScimRequest) -> ScimResponse:
        if request.method == "OPTIONS":
            return _options("OPTIONS, POST")
        _allow(request, "POST", allowed="OPTIONS, POST")
        return self._list(kinds, search_request_from_json(request.body))

    def _list(self, kinds: tuple[ResourceType, ...], search: SearchRequest) -> ScimResponse:
        return ScimResponse(200, {}, self.queries.search(kinds, search, self._hidden()))

    def _hidden(self) -> Hidden | None:
        delay = self._faults.visibility_delay
        hidden_by_quirk = self.quirks.hidden
        if not delay:
            return hidden_by_quirk
        newest = _rfc3339(self._wall() - delay)
        if hidden_by_quirk is None:
            return lambda record: record.created > newest
        return lambda record: record.created > newest or hidden_by_quirk(record)

    # One resource

    def _one(
        self, kind: ResourceType, resource_id: str, request: ScimRequest, show: _Show
    ) -> ScimResponse:
        method = request.method
        if method not in ("GET", "PUT", "PATCH", "DELETE"):
            if method == "OPTIONS":
                return _options(_RESOURCE_METHODS)
            raise _not_allowed(request, _RESOURCE_METHODS)
        record = self.resources.get(kind, resource_id)
        headers = dict(request.headers)
        if "if-match" in headers or "if-none-match" in headers:
            unchanged = self._check_conditions(method, record, headers)
            if unchanged is not None:
                return unchanged
        if method == "GET":
            return self._shown(200, record, request, ())
        if method == "DELETE":
            self.resources.delete(record)
            return ScimResponse(204)
        if request.body is None:
            raise invalid_syntax(f"A {method} must have a body.")
        if method == "PUT":
            written = self.resources.replace(record, request.body)
            return show(200, written.record, request, _names(request.body))
        return self._patch(record, request, show)

    def _patch(self, record: Record, request: ScimRequest, show: _Show) -> ScimResponse:
        written = self.resources.patch(record, request.body)
        after = written.record
        quiet = MEMBERS in self.resources.definitions[
            after.resource_type
        ].core and self.storage.has_more_members(after.id, self.conduct.group_patch_shows_members)
        if quiet and not any(name.lower() == "attributes" for name, _ in request.query):
            etag = self._representation.version(after)
            return ScimResponse(204, {"etag": etag})
        return show(200, after, request, ())

    def _create(
        self,
        kind: ResourceType,
        request: ScimRequest,
        show: _Show,
        resource_id: str | None = None,
        promises: Promises | None = None,
    ) -> ScimResponse:
        if request.body is None:
            raise invalid_syntax("A POST must have a body.")
        record = self.resources.create(
            kind, request.body, resource_id=resource_id, promises=promises
        )
        return show(201, record, request, _names(request.body))

    def _shown(
        self, status: int, record: Record, request: ScimRequest, requested: tuple[str, ...]
    ) -> ScimResponse:
        search = search_request_from_query(request.query) if request.query else _EVERYTHING
        wanted = requested if record.resource_type in self._with_requested else ()
        shape = self.queries.shape(
            record.resource_type, search.attributes, search.excluded_attributes, wanted
        )
        resource = self._representation.resource(record, with_members=shape.with_members)
        meta = resource["meta"]
        # RFC 7643 section 3.1 equates meta.location with Content-Location; the examples of RFC
        # 7644 sections 3.3 to 3.5 show Location.
        headers = {
            "etag": meta["version"],
            "location": meta["location"],
            "content-location": meta["location"],
        }
        return ScimResponse(status, headers, shape.project(resource))

    def _check_conditions(
        self, method: str, record: Record, headers: Mapping[str, str]
    ) -> ScimResponse | None:
        """304 for an unchanged resource. Raises ScimProtocolError 412 (RFC 7644 section 3.14)."""
        etag = self._representation.version(record)
        if_match = headers.get("if-match")
        if if_match is not None and not matches(if_match, etag):
            raise ScimProtocolError(412, None, "The resource has changed in the meantime.")
        if_none_match = headers.get("if-none-match")
        if if_none_match is not None and matches(if_none_match, etag):
            if method == "GET":
                return ScimResponse(304, {"etag": etag})
            raise ScimProtocolError(412, None, "The resource is in the state that was excluded.")
        return None

    # Bulk

    def _bulk(self, request: ScimRequest) -> ScimResponse:
        if request.method == "OPTIONS":
            return _options("OPTIONS, POST")
        _allow(request, "POST", allowed="OPTIONS, POST")
        body, promises = run_bulk(
            request.body, self._perform, self.resources.new_id, self.conduct.maximum_operations
        )
        if promises.memberships:
            self.resources.keep_promises(promises)
        return ScimResponse(200, {}, body)

    def _perform(
        self, request: ScimRequest, resource_id: str | None, promises: Promises
    ) -> ScimResponse:
        """Carry out one operation of a bulk request, as the quirks have it."""
        quirks = self.quirks
        if not quirks.active:
            return self._perform_plainly(request, self._told, resource_id, promises)
        changed = quirks.before(request, self)
        if isinstance(changed, ScimResponse):
            return changed
        try:
            response = self._perform_plainly(changed, self._shown, resource_id, promises)
        except ScimProtocolError as error:
            response = ScimResponse(error.status, {}, error.to_body())
        return quirks.after(request, response, self)

    def _told(self, status: int, record: Record, *_: object) -> ScimResponse:
        """Where a resource is and its version; a BulkResponse has no more (RFC 7644 3.7.3)."""
        location = self._representation.location(record.resource_type, record.id)
        etag = self._representation.version(record)
        return ScimResponse(status, {"etag": etag, "location": location})

    def _perform_plainly(
        self,
        request: ScimRequest,
        show: _Show,
        resource_id: str | None,
        promises: Promises,
    ) -> ScimResponse:
        parts = [part for part in request.path.split("/") if part]
        kind = self._endpoints.get(parts[0]) if parts else None
        if kind is None or len(parts) > 2 or parts[1:] == [_SEARCH]:
            raise ScimProtocolError(404, None, "A bulk operation must name a resource.")
        if len(parts) == 1:
            _allow(request, "POST", allowed="POST")
            return self._create(kind, request, show, resource_id, promises)
        location = self._representation.location(kind.name, parts[1])
        try:
            if request.method == "POST":
                raise _not_allowed(request, _RESOURCE_METHODS)
            response = self._one(kind, parts[1], request, show)
        except ScimProtocolError as error:
            response = ScimResponse(error.status, {}, error.to_body())
        headers = {"location": location, **response.headers}
        return ScimResponse(response.status, headers, response.body)

    def _now(self) -> str:
        return _rfc3339(self._wall())


class MethodNotAllowedError(ScimProtocolError):
    """405, with the methods that are allowed."""

    def __init__(self, method: str, allowed: str) -> None:
        super().__init__(405, None, f"{method} is not allowed here.")
        self.allowed = allowed


def _not_allowed(request: ScimRequest, allowed: str) -> ScimProtocolError:
    return MethodNotAllowedError(request.method[:20], allowed)


def _allow(request: ScimRequest, method: str, *, allowed: str) -> None:
    if request.method != method:
        raise _not_allowed(request, allowed)


def _options(allowed: str) -> ScimResponse:
    return ScimResponse(204, {"allow": allowed})


def _names(body: JsonValue) -> tuple[str, ...]:
    return tuple(body) if isinstance(body, dict) else ()


class _Rfc3339:
    """RFC 3339 text of a time in seconds; that of a whole second is kept while it lasts."""

    __slots__ = ("_second", "_text")

    def __init__(self) -> None:
        self._second = 0
        self._text = "1970-01-01T00:00:00"

    def __call__(self, seconds: float) -> str:
        second = floor(seconds)
        microseconds = round((seconds - second) * 1_000_000)
        if microseconds == 1_000_000:
            second, microseconds = second + 1, 0
        if second != self._second:
            self._second = second
            self._text = datetime.fromtimestamp(second, UTC).isoformat(timespec="seconds")[:-6]
        return f"{self._text}.{microseconds:06d}Z"


_rfc3339 = _Rfc3339()
