"""Quirks about the members of groups: how many, and how they are removed."""

from msgspec.structs import replace

from looop_gui.mockserver.quirk import (
    Quirk,
    QuirkService,
    changed_attributes,
    is_group,
    operations_of,
    refusal,
    resource_id,
)
from looop_gui.scim.messages import PATCH_OP, JsonValue, ScimRequest, ScimResponse

Before = ScimRequest | ScimResponse

_MEMBER_CAP = 100
_LARGE_GROUP = 8000


class MemberRemovalByFilterOnly(Quirk):
    """Removes members only by a filtered path."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """400 for a removal by a list of values."""
        if any(_removes(one) and one.get("path") == "members" for one in operations_of(request)):
            return refusal(400, "Name the member in the path.", "invalidPath")
        return request


class MemberRemovalByValueOnly(Quirk):
    """Removes members only by a list of values."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """400 for a removal by a filtered path."""
        if any(
            _removes(one) and str(one.get("path")).startswith("members[")
            for one in operations_of(request)
        ):
            return refusal(400, "Name the members in the value.", "invalidPath")
        return request


class MemberCap(Quirk):
    """Refuses more than 100 membership changes in one request."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """400 above the cap."""
        if _members_sent(request) > _MEMBER_CAP:
            return refusal(400, f"At most {_MEMBER_CAP} members in one request.", "tooMany")
        return request


class MembersBeyondCapDropped(Quirk):
    """Keeps only the first 100 members of a request."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """The request with shorter member lists."""
        body = request.body
        if not request.path.startswith("/Groups") or not isinstance(body, dict):
            return request
        if request.method == "PATCH":
            shortened = [
                {**one, "value": _shortened(one.get("value"))} if "value" in one else one
                for one in operations_of(request)
            ]
            return replace(request, body={"schemas": [PATCH_OP], "Operations": shortened})
        return replace(request, body={n: _shortened(v) for n, v in body.items()})


class LargeGroupsRefused(Quirk):
    """Answers 413 for a group with more than 8,000 members."""

    def before(self, request: ScimRequest, service: QuirkService) -> Before:
        """413 when the group is, or would become, too large."""
        size = _members_sent(request)
        if is_group(request) and request.method != "PUT":
            size += len(service.storage.members(resource_id(request)))
        if size > _LARGE_GROUP:
            return refusal(413, f"The group has more than {_LARGE_GROUP} members.")
        return request


def _removes(operation: dict[str, JsonValue]) -> bool:
    return str(operation.get("op")).lower() == "remove"


def _members_sent(request: ScimRequest) -> int:
    if not request.path.startswith("/Groups"):
        return 0
    if request.method in ("POST", "PUT") and isinstance(request.body, dict):
        members = request.body.get("members")
        return len(members) if isinstance(members, list) else 0
    return sum(
        len(value) if isinstance(value, list) else 1
        for path, value in changed_attributes(request)
        if path.startswith("members")
    )


def _shortened(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return value[:_MEMBER_CAP]
    if isinstance(value, dict):
        return {name: _shortened(inner) for name, inner in value.items()}
    return value
