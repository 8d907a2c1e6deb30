"""Quirks that answer otherwise than the RFC has it, or keep other values than were sent."""

import re

from msgspec.structs import replace

from looop_gui.mockserver.quirk import (
    Quirk,
    QuirkService,
    each_resource,
    filter_of,
    is_list,
    is_user,
    list_body,
    parameter,
    resource_id,
    without_parameters,
)
from looop_gui.scim.filter_tree import Comparison
from looop_gui.scim.messages import (
    ENTERPRISE_USER_SCHEMA,
    JsonObject,
    JsonValue,
    ScimRequest,
    ScimResponse,
)
from looop_gui.scim.schema import ResourceType

_PAGE_CAP = 50


class PageCap(Quirk):
    """Never lists more than 50 resources."""

    def before(self, request: ScimRequest, service: QuirkService) -> ScimRequest | ScimResponse:
        """The request for a shorter page."""
        if not is_list(request):
            return request
        count = parameter(request, "count")
        if count is not None and count.isdecimal() and int(count) <= _PAGE_CAP:
            return request
        shorter = without_parameters(request, "count")
        if request.method == "GET":
            return replace(shorter, query=(*shorter.query, ("count", str(_PAGE_CAP))))
        return replace(shorter, body={**(shorter.body or {}), "count": _PAGE_CAP})


class EmptyLookup404(Quirk):
    """Answers 404 when nobody matches a filter."""

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """404 in place of an empty list."""
        body = list_body(request, response)
        if body is not None and parameter(request, "filter") and body["totalResults"] == 0:
            return ScimResponse(404, {}, {"message": "User not found"})
        return response


class _Conflict(Quirk):
    """Answers a conflict in another way."""

    def conflict(self, body: JsonObject) -> ScimResponse:
        """The answer to a conflict, given the RFC's body."""
        raise NotImplementedError

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """The other answer to 409."""
        return self.conflict(response.body or {}) if response.status == 409 else response


class ConflictWithoutScimType(_Conflict):
    """409 without `scimType`."""

    def conflict(self, body: JsonObject) -> ScimResponse:
        """The body without its scimType."""
        return ScimResponse(409, {}, {k: v for k, v in body.items() if k != "scimType"})


class ConflictAs400(_Conflict):
    """400 in place of 409."""

    def conflict(self, body: JsonObject) -> ScimResponse:
        """400 with the RFC's keyword."""
        return ScimResponse(400, {}, {**body, "status": "400"})


class ConflictAs500(_Conflict):
    """500 in place of 409."""

    def conflict(self, body: JsonObject) -> ScimResponse:
        """500, as from a violated constraint of the database."""
        return ScimResponse(500, {}, {"error": "Internal Server Error"})


class PatchAnswers204(Quirk):
    """Answers PATCH without the resource."""

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """204."""
        return ScimResponse(204) if request.method == "PATCH" and response.ok else response


class PatchAnswersEmpty200(Quirk):
    """Answers PATCH with 200 and nothing."""

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """200 with an empty body."""
        return ScimResponse(200) if request.method == "PATCH" and response.ok else response


class CaseSensitiveUserName(Quirk):
    """Finds a userName only in its own letter case."""

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """The list without those that differ in letter case."""
        tree = filter_of(request)
        body = list_body(request, response)
        if (
            body is None
            or not isinstance(tree, Comparison)
            or tree.path.name.lower() != "username"
            or tree.operator != "eq"
        ):
            return response
        found = [r for r in body["Resources"] if r.get("userName") == tree.value]
        counts = {"totalResults": len(found), "itemsPerPage": len(found)}
        return replace(response, body={**body, **counts, "Resources": found})


class PagingNeverEnds(Quirk):
    """A `startIndex` past the end gives the first page again."""

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """The first page in place of an empty one."""
        body = list_body(request, response)
        if body is None or body["Resources"] or not body["totalResults"]:
            return response
        if parameter(request, "count") == "0":
            return response
        return service.serve(without_parameters(request, "startIndex"))


class TotalResultsOfPage(Quirk):
    """`totalResults` is the size of the page."""

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """The list with the wrong total."""
        body = list_body(request, response)
        if body is None:
            return response
        return replace(response, body={**body, "totalResults": len(body["Resources"])})


class ItemsPerPageMissing(Quirk):
    """Lists have neither `itemsPerPage` nor `startIndex`."""

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """The list without them."""
        body = list_body(request, response)
        if body is None:
            return response
        left_out = ("itemsPerPage", "startIndex")
        kept = {name: value for name, value in body.items() if name not in left_out}
        return replace(response, body=kept)


class _EachResource(Quirk):
    """Shows each resource otherwise."""

    def show(self, resource: JsonObject) -> JsonObject:
        """The resource as it is shown."""
        raise NotImplementedError

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """The answer with its resources changed."""
        if request.path.startswith(("/Users", "/Groups")) or is_list(request):
            return each_resource(response, self.show)
        return response


class MembersNeverReturned(_EachResource):
    """Groups never show their members."""

    def show(self, resource: JsonObject) -> JsonObject:
        """The group without them."""
        return {name: value for name, value in resource.items() if name != "members"}


class MetaMissing(_EachResource):
    """Resources have no `meta`."""

    def show(self, resource: JsonObject) -> JsonObject:
        """The resource without it."""
        return {name: value for name, value in resource.items() if name != "meta"}


class ManagerNotReturned(_EachResource):
    """The manager is accepted but never shown."""

    def show(self, resource: JsonObject) -> JsonObject:
        """The user without the manager."""
        return _with_manager(resource, None)


class ManagerAsText(_EachResource):
    """The manager is shown as plain text."""

    def show(self, resource: JsonObject) -> JsonObject:
        """The user with the manager's id alone."""
        enterprise = resource.get(ENTERPRISE_USER_SCHEMA)
        manager = enterprise.get("manager") if isinstance(enterprise, dict) else None
        if not isinstance(manager, dict):
            return resource
        return _with_manager(resource, manager.get("value"))


class TimestampsRounded(_EachResource):
    """Times are shown without fractions of a second."""

    def show(self, resource: JsonObject) -> JsonObject:
        """The resource with rounded times."""
        meta = resource.get("meta")
        if not isinstance(meta, dict):
            return resource
        return {**resource, "meta": {name: _rounded(value) for name, value in meta.items()}}


class ValuesNormalised(Quirk):
    """Keeps mail in lower case, names trimmed and phone numbers reformatted."""

    def keep(self, kind: ResourceType, document: JsonObject) -> JsonObject:
        """The user in the application's own spelling."""
        if kind.name != "User":
            return document
        kept = _trimmed(document)
        if isinstance(kept.get("name"), dict):
            kept["name"] = _trimmed(kept["name"])
        for name, spell in (("emails", str.lower), ("phoneNumbers", _digits)):
            if isinstance(kept.get(name), list):
                kept[name] = [
                    {**one, "value": spell(one["value"])} if "value" in one else one
                    for one in kept[name]
                ]
        return kept


class DisplayNameRebuilt(Quirk):
    """Makes the display name of given and family name."""

    def keep(self, kind: ResourceType, document: JsonObject) -> JsonObject:
        """The user with a display name of the application's making."""
        name = document.get("name")
        if kind.name != "User" or not isinstance(name, dict):
            return document
        parts = [name[part] for part in ("givenName", "familyName") if name.get(part)]
        return {**document, "displayName": " ".join(parts)} if parts else document


class ExternalIdNotStored(Quirk):
    """Accepts `externalId` and forgets it."""

    def keep(self, kind: ResourceType, document: JsonObject) -> JsonObject:
        """The document without it."""
        return {name: value for name, value in document.items() if name != "externalId"}


class IdChangesOnRename(Quirk):
    """A user who is renamed gets another id."""

    def __init__(self) -> None:
        self._names: dict[str, JsonValue] = {}

    def before(self, request: ScimRequest, service: QuirkService) -> ScimRequest | ScimResponse:
        """Remember the name before the change."""
        if is_user(request) and request.method in ("PATCH", "PUT"):
            record = service.storage.get("User", resource_id(request))
            if record is not None:
                self._names[record.id] = record.document.get("userName")
        return request

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """The user under its new id, when the name has changed."""
        if not is_user(request) or request.method not in ("PATCH", "PUT"):
            return response
        before = self._names.pop(resource_id(request), None)
        record = service.storage.get("User", resource_id(request))
        if not response.ok or record is None or record.document.get("userName") == before:
            return response
        moved = service.resources.give_new_id(record)
        return service.serve(ScimRequest("GET", f"/Users/{moved.id}", request.query))


def _with_manager(resource: JsonObject, manager: JsonValue) -> JsonObject:
    enterprise = resource.get(ENTERPRISE_USER_SCHEMA)
    if not isinstance(enterprise, dict) or "manager" not in enterprise:
        return resource
    shown = {name: value for name, value in enterprise.items() if name != "manager"}
    if manager is not None:
        shown["manager"] = manager
    return {**resource, ENTERPRISE_USER_SCHEMA: shown}


def _trimmed(value: JsonObject) -> JsonObject:
    return {n: v.strip() if isinstance(v, str) else v for n, v in value.items()}


def _rounded(value: JsonValue) -> JsonValue:
    return re.sub(r"\.\d+Z$", "Z", value) if isinstance(value, str) else value


def _digits(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return f"+{digits}" if number.strip().startswith("+") else digits
