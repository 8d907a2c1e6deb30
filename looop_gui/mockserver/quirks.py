"""The quirks that are switched on, and the catalogue of those there are.

Each is drawn from real applications (`target-quirks.md` in the shared reference names where each
was seen); its sentence says which kind of application behaves so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from looop_gui.mockserver import quirk_answers as answers
from looop_gui.mockserver import quirk_members as members
from looop_gui.mockserver import quirk_requests as requests
from looop_gui.mockserver.quirk import Quirk, QuirkService
from looop_gui.mockserver.storage.protocol import Record
from looop_gui.model.errors import ConfigurationError
from looop_gui.scim.messages import JsonObject, ScimRequest, ScimResponse
from looop_gui.scim.schema import ResourceType


class UnknownQuirkError(ConfigurationError):
    """There is no quirk of that name."""


@dataclass(frozen=True, slots=True)
class QuirkDescription:
    """One quirk: its name and which kind of application behaves so."""

    name: str
    sentence: str


_CATALOGUE: Mapping[str, tuple[Callable[[], Quirk], str]] = MappingProxyType(
    {
        "booleans-as-json-only": (
            requests.BooleansAsJsonOnly,
            'Strictly typed apps refuse "False" as text, so that disabling fails in silence.',
        ),
        "booleans-as-text-only": (
            requests.BooleansAsTextOnly,
            "Apps built against Entra's older dialect alone refuse false as a boolean.",
        ),
        "case-sensitive-username": (
            answers.CaseSensitiveUserName,
            "Apps that compare in a case-sensitive database find Ann but not ann.",
        ),
        "conflict-as-400": (
            answers.ConflictAs400,
            "Apps that treat a duplicate as a failed validation answer 400 in place of 409.",
        ),
        "conflict-as-500": (
            answers.ConflictAs500,
            "Apps that leave duplicates to the database answer 500 in place of 409.",
        ),
        "conflict-without-scimtype": (
            answers.ConflictWithoutScimType,
            "Apps with a general error handler, such as Sentry, answer 409 without scimType.",
        ),
        "contains-breaks": (
            requests.ContainsBreaks,
            "Apps on small SCIM libraries break on a filter with co.",
        ),
        "count-breaks": (
            requests.CountBreaks,
            "Apps that never tested paging, such as canaille once, answer 500 to count.",
        ),
        "delete-disables": (
            requests.DeleteDisables,
            "Apps that must keep history only disable a deleted user.",
        ),
        "delete-disabled": (
            requests.DeleteDisabled,
            "Apps that leave deletion to their administrators answer 405 to DELETE.",
        ),
        "delete-not-implemented": (
            requests.DeleteNotImplemented,
            "Apps with half of SCIM answer 501 to DELETE.",
        ),
        "disable-deletes": (
            requests.DisableDeletes,
            "Apps without a disabled state, such as Fleet, remove the account for good.",
        ),
        "display-name-rebuilt": (
            answers.DisplayNameRebuilt,
            "Apps without a display name of their own make one of given and family name.",
        ),
        "empty-lookup-404": (
            answers.EmptyLookup404,
            "Apps that look a person up like a page answer 404 when nobody matches.",
        ),
        "excluded-attributes-ignored": (
            requests.ExcludedAttributesIgnored,
            "Apps that ignore excludedAttributes return all members with each group.",
        ),
        "external-id-not-stored": (
            answers.ExternalIdNotStored,
            "Apps without a column for it accept externalId and forget it.",
        ),
        "filter-ignored": (
            requests.FilterIgnored,
            "Apps that do not know a filter, such as canaille, return everybody.",
        ),
        "filter-node-cap": (
            requests.FilterNodeCap,
            "Apps with a query budget, such as Databricks, refuse filters above 200 nodes.",
        ),
        "filter-username-only": (
            requests.UserNameFilterOnly,
            "Apps written for one identity provider understand userName eq and nothing else.",
        ),
        "filter-without-and": (
            requests.FilterWithoutAnd,
            "Apps with a hand-made filter parser do not understand and.",
        ),
        "id-changes-on-rename": (
            answers.IdChangesOnRename,
            "Apps whose id is made of the name give a renamed person a new one.",
        ),
        "items-per-page-missing": (
            answers.ItemsPerPageMissing,
            "Apps with minimal lists leave out itemsPerPage and startIndex.",
        ),
        "large-groups-refused": (
            members.LargeGroupsRefused,
            "Apps with a limit, such as Miro, answer 413 for a group above 8,000 members.",
        ),
        "lowercase-ops-only": (
            requests.LowercaseOpsOnly,
            "Strict apps refuse Add, Replace and Remove, so that off-boarding fails in silence.",
        ),
        "manager-as-text": (
            answers.ManagerAsText,
            "Apps with a text column for it return the manager as plain text.",
        ),
        "manager-not-returned": (
            answers.ManagerNotReturned,
            "Apps that keep the manager elsewhere never return it.",
        ),
        "member-cap-100": (
            members.MemberCap,
            "AWS IAM Identity Center takes at most 100 membership changes in one request.",
        ),
        "member-removal-by-filter-only": (
            members.MemberRemovalByFilterOnly,
            "Apps by the letter of the RFC remove a member only by a filtered path.",
        ),
        "member-removal-by-value-only": (
            members.MemberRemovalByValueOnly,
            "Apps built against Entra's older dialect remove members only by a list of values.",
        ),
        "members-beyond-100-dropped": (
            members.MembersBeyondCapDropped,
            "Apps that store a page at a time, such as FusionAuth once, drop the rest in silence.",
        ),
        "members-never-returned": (
            answers.MembersNeverReturned,
            "Apps such as Polis never return members, so that comparing adds them for ever.",
        ),
        "meta-missing": (
            answers.MetaMissing,
            "Apps with home-made SCIM return resources without meta.",
        ),
        "only-active-patched": (
            requests.OnlyActivePatched,
            "Apps such as Sentry ignore every change but that of active.",
        ),
        "page-cap-50": (
            answers.PageCap,
            "AWS IAM Identity Center never lists more than 50 resources, whatever count says.",
        ),
        "paging-ignored": (
            requests.PagingIgnored,
            "Apps that lose the query, such as scimmy behind some versions of Express,"
            " ignore startIndex and count.",
        ),
        "paging-never-ends": (
            answers.PagingNeverEnds,
            "Apps that clamp startIndex return the first page again past the end.",
        ),
        "patch-answers-204": (
            answers.PatchAnswers204,
            "Apps that save the work answer PATCH without the resource.",
        ),
        "patch-answers-empty-200": (
            answers.PatchAnswersEmpty200,
            "Apps with a careless handler answer PATCH with 200 and an empty body.",
        ),
        "patch-needs-path": (
            requests.PatchNeedsPath,
            "Apps with a simple PATCH refuse operations without a path.",
        ),
        "patch-not-advertised": (
            requests.PatchNotAdvertised,
            "Apps with PUT alone say so in their configuration, and answer 400 to PATCH.",
        ),
        "patch-not-implemented": (
            requests.PatchNotImplemented,
            "Apps whose configuration claims PATCH answer 501 to it.",
        ),
        "patch-not-routed": (
            requests.PatchNotRouted,
            "Apps behind a router that knows GET, POST, PUT and DELETE answer 404 to PATCH.",
        ),
        "patch-without-path-only": (
            requests.PatchWithoutPathOnly,
            "Apps built against Okta take a user's changes only without a path.",
        ),
        "pending-users": (
            requests.PendingUsers,
            "Apps with invitations, such as Zoom, accept updates of a pending user and change"
            " nothing.",
        ),
        "schemas-missing": (
            requests.SchemasMissing,
            "Apps without discovery answer 404 to /Schemas.",
        ),
        "soft-delete": (
            requests.SoftDelete,
            "Apps with a recycle bin hide a deleted user, whose userName still clashes.",
        ),
        "special-characters-break-filters": (
            requests.SpecialCharactersBreakFilters,
            "Apps that decode twice fail on ', +, & and % in the value of a filter.",
        ),
        "timestamps-rounded": (
            answers.TimestampsRounded,
            "Apps with a coarse clock return times without fractions of a second.",
        ),
        "total-results-of-page": (
            answers.TotalResultsOfPage,
            "Apps such as Polis count only the page in totalResults.",
        ),
        "values-normalised": (
            answers.ValuesNormalised,
            "Apps that tidy up lower-case mail, trim names and reformat phone numbers.",
        ),
    }
)


def quirk_descriptions() -> tuple[QuirkDescription, ...]:
    """All quirks there are."""
    return tuple(QuirkDescription(name, said) for name, (_, said) in _CATALOGUE.items())


class Quirks:
    """The quirks of one tenant, switchable while it runs."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._on: dict[str, Quirk] = {}
        for name in names:
            self.switch_on(name)

    @property
    def active(self) -> bool:
        """True when any quirk is on."""
        return bool(self._on)

    @property
    def names(self) -> tuple[str, ...]:
        """The quirks that are on."""
        return tuple(self._on)

    def switch_on(self, name: str) -> None:
        """Switch a quirk on. Raises UnknownQuirkError."""
        entry = _CATALOGUE.get(name)
        if entry is None:
            raise UnknownQuirkError(
                f"'{name}' is not a quirk.",
                next_step="Run looop-gui serve --list-quirks to see those there are.",
            )
        self._on.setdefault(name, entry[0]())

    def switch_off(self, name: str) -> bool:
        """Switch a quirk off; False when it was not on."""
        return self._on.pop(name, None) is not None

    def clear(self) -> None:
        """Switch all quirks off."""
        self._on.clear()

    @property
    def hidden(self) -> Callable[[Record], bool] | None:
        """Says which resources lists do not show; None when no quirk hides any."""
        hiding = [one.hides for one in self._on.values() if type(one).hides is not Quirk.hides]
        if not hiding:
            return None
        return lambda record: any(hides(record) for hides in hiding)

    def before(self, request: ScimRequest, service: QuirkService) -> ScimRequest | ScimResponse:
        """The request as the quirks have it, or the answer of the first that refuses it."""
        for quirk in self._on.values():
            changed = quirk.before(request, service)
            if isinstance(changed, ScimResponse):
                return changed
            request = changed
        return request

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """The answer as the quirks have it."""
        for quirk in self._on.values():
            response = quirk.after(request, response, service)
        return response

    def keep(self, kind: ResourceType, document: JsonObject) -> JsonObject:
        """The document to store."""
        for quirk in self._on.values():
            document = quirk.keep(kind, document)
        return document
