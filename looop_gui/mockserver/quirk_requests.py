"""Quirks that refuse, rewrite or swallow requests which the RFC allows."""

import re

from msgspec.structs import replace

from looop_gui.mockserver.quirk import (
    Quirk,
    QuirkService,
    changed_attributes,
    disables,
    filter_of,
    is_list,
    is_user,
    operations_of,
    parameter,
    refusal,
    resource_id,
    without_parameters,
)
from looop_gui.mockserver.storage.protocol import Record
from looop_gui.scim.filter_tree import And, Comparison, nodes
from looop_gui.scim.messages import PATCH_OP, JsonValue, ScimRequest, ScimResponse

Before = ScimRequest | ScimResponse

_FILTER_NODES = 200


class LowercaseOpsOnly(Quirk):
    """Refuses `Add`, `Replace` and `Remove`."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """400 for an `op` that is not in lower case."""
        if any(str(one.get("op")) != str(one.get("op")).lower() for one in operations_of(request)):
            return refusal(400, "op must be add, replace or remove.", "invalidSyntax")
        return request


class BooleansAsJsonOnly(Quirk):
    """Refuses "True" and "False"."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """400 for a boolean as text."""
        if any(_is_boolean_text(value) for _, value in changed_attributes(request)):
            return refusal(400, "A boolean must not be text.", "invalidValue")
        return request


class BooleansAsTextOnly(Quirk):
    """Refuses true and false in a PATCH."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """400 for a JSON boolean."""
        if any(isinstance(value, bool) for _, value in changed_attributes(request)):
            return refusal(400, "A boolean must be sent as text.", "invalidValue")
        return request


class PatchNeedsPath(Quirk):
    """Refuses operations without a path."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """400 for an operation without a path."""
        if any(not one.get("path") for one in operations_of(request)):
            return refusal(400, "Each operation must have a path.", "invalidPath")
        return request


class PatchWithoutPathOnly(Quirk):
    """Refuses operations with a path."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """400 for a user's operation with a path."""
        if is_user(request) and any(one.get("path") for one in operations_of(request)):
            return refusal(400, "Operations with a path are not supported.", "invalidPath")
        return request


class OnlyActivePatched(Quirk):
    """Ignores every change but that of `active`, with 200."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """The request without its other operations."""
        if not is_user(request) or request.method != "PATCH":
            return request
        values = dict(changed_attributes(request))
        if "active" not in values:
            return service.serve(ScimRequest("GET", request.path, request.query))
        operation = {"op": "replace", "path": "active", "value": values["active"]}
        return replace(request, body={"schemas": [PATCH_OP], "Operations": [operation]})


class PendingUsers(Quirk):
    """Updates of a user who has not accepted the invitation succeed and change nothing."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """The user as it is."""
        if is_user(request) and request.method in ("PATCH", "PUT"):
            return service.serve(ScimRequest("GET", request.path, request.query))
        return request


class DisableDeletes(Quirk):
    """Setting `active` to false removes the account for good."""

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """The same answer, and the user is gone."""
        if is_user(request) and response.ok and disables(request):
            service.serve(ScimRequest("DELETE", request.path))
        return response


class DeleteDisabled(Quirk):
    """Answers 405 to DELETE."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """405."""
        if request.method == "DELETE":
            return refusal(405, "Deleting is not supported.")
        return request


class DeleteNotImplemented(Quirk):
    """Answers 501 to DELETE."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """501."""
        if request.method == "DELETE":
            return refusal(501, "Deleting is not implemented.")
        return request


class DeleteDisables(Quirk):
    """A deleted user is only disabled and stays visible."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """A PATCH of `active` in place of the DELETE."""
        if request.method != "DELETE" or not is_user(request):
            return request
        operation = {"op": "replace", "path": "active", "value": False}
        body = {"schemas": [PATCH_OP], "Operations": [operation]}
        return ScimRequest("PATCH", request.path, (), request.headers, body)

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """204, as if it were deleted."""
        if request.method == "DELETE" and is_user(request) and response.ok:
            return ScimResponse(204)
        return response


class SoftDelete(Quirk):
    """A deleted user is hidden but still occupies its userName."""

    def __init__(self) -> None:
        self._deleted: set[str] = set()

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """404 for a user that was deleted; a DELETE only hides."""
        if not is_user(request):
            return request
        user_id = resource_id(request)
        if user_id in self._deleted:
            return refusal(404, "There is no such user.")
        if request.method == "DELETE" and service.storage.get("User", user_id) is not None:
            self._deleted.add(user_id)
            return ScimResponse(204)
        return request

    def hides(self, record: Record) -> bool:
        """True for a user that was deleted."""
        return record.id in self._deleted


class UserNameFilterOnly(Quirk):
    """Understands no filter but `userName eq` (and `displayName eq` for groups)."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """400 for any other filter."""
        if not parameter_given(request, "filter"):
            return request
        tree = filter_of(request)
        if (
            isinstance(tree, Comparison)
            and tree.operator == "eq"
            and tree.path.name.lower() in ("username", "displayname")
        ):
            return request
        return refusal(400, "Only userName eq is supported.", "invalidFilter")


class FilterWithoutAnd(Quirk):
    """Understands no `and`."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """400 for a filter with `and`."""
        tree = filter_of(request)
        if tree is not None and any(isinstance(node, And) for node in nodes(tree)):
            return refusal(400, "'and' is not supported.", "invalidFilter")
        return request


class FilterNodeCap(Quirk):
    """Refuses filters of more than 200 nodes."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """400 above the cap."""
        tree = filter_of(request)
        if tree is not None and sum(1 for _ in nodes(tree)) > _FILTER_NODES:
            return refusal(400, f"A filter can have {_FILTER_NODES} nodes.", "invalidFilter")
        return request


class SpecialCharactersBreakFilters(Quirk):
    """Answers 400 when the value of a filter holds ', +, & or %."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """400 for such a value."""
        text = parameter(request, "filter") if is_list(request) else None
        if text and re.search(r"['+&%]", text):
            return refusal(400, "The filter cannot be read.", "invalidFilter")
        return request


class FilterIgnored(Quirk):
    """Answers every filter with everybody."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """The same list without its filter."""
        return without_parameters(request, "filter") if is_list(request) else request


class CountBreaks(Quirk):
    """Answers 500 to `count`."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """500."""
        if parameter_given(request, "count"):
            return refusal(500, "The service met an unexpected condition.")
        return request


class ContainsBreaks(Quirk):
    """Answers 500 to a filter with `co`."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """500."""
        tree = filter_of(request)
        if tree is not None and any(
            isinstance(node, Comparison) and node.operator == "co" for node in nodes(tree)
        ):
            return refusal(500, "The service met an unexpected condition.")
        return request


class PagingIgnored(Quirk):
    """Ignores `startIndex` and `count`."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """The same list from its beginning."""
        return without_parameters(request, "startIndex", "count") if is_list(request) else request


class ExcludedAttributesIgnored(Quirk):
    """Shows members although they were excluded."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """The request without `excludedAttributes`."""
        return without_parameters(request, "excludedAttributes")


class SchemasMissing(Quirk):
    """Has no /Schemas."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """404."""
        if request.path.strip("/").split("/")[0] == "Schemas":
            return refusal(404, "There is no such endpoint.")
        return request


class PatchNotImplemented(Quirk):
    """Claims PATCH and answers 501."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """501."""
        if request.method == "PATCH":
            return refusal(501, "PATCH is not implemented.")
        return request


class PatchNotAdvertised(Quirk):
    """Says that there is no PATCH, and answers 400 to it."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """400."""
        if request.method == "PATCH":
            return refusal(400, "The request cannot be processed.")
        return request

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """The configuration with patch not supported."""
        if request.path != "/ServiceProviderConfig" or not isinstance(response.body, dict):
            return response
        return replace(response, body={**response.body, "patch": {"supported": False}})


class PatchNotRouted(Quirk):
    """Answers PATCH as a router does that has no such route."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """404 with what is no SCIM error."""
        if request.method == "PATCH":
            return ScimResponse(404, {}, {"message": f"Cannot PATCH {request.path}"})
        return request


def parameter_given(request: ScimRequest, name: str) -> bool:
    """True when a list has the parameter."""
    return is_list(request) and parameter(request, name) is not None


def _is_boolean_text(value: JsonValue) -> bool:
    return isinstance(value, str) and value.lower() in ("true", "false")
