"""What the error and skip codes of the log mean, why they usually come, and what to do.

Codes of reference section i.3. `page` is the page of the window where it is done.
"""

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication


@dataclass(frozen=True, slots=True)
class Advice:
    """Meaning, usual causes and remedy of one code, in the language of the window."""

    meaning: str
    causes: str
    remedy: str
    page: str = ""


def advice_for(code: str) -> Advice | None:
    """The advice for a code; application names in front of it are ignored."""
    for known, texts in _ADVICE.items():
        if code == known or code.endswith(known):
            meaning, causes, remedy, page = texts
            return Advice(_translated(meaning), _translated(causes), _translated(remedy), page)
    return None


def _translated(text: str) -> str:
    return QCoreApplication.translate("Troubleshooting", text)


def _n(text: str) -> str:
    """Mark a text for translation."""
    QT_TRANSLATE_NOOP("Troubleshooting", text)
    return text


_RETRIED = _n("It is tried again by itself; if it stays, look at the target's own log.")
_ADVICE: dict[str, tuple[str, str, str, str]] = {
    "RedundantExport": (
        _n("The target already has these values."),
        _n("Nothing relevant changed since the last export."),
        _n("Nothing needs to be done."),
        "",
    ),
    "ChangedSince": (
        _n("It was changed after the run that is being undone."),
        _n("Somebody, or a later cycle, has written an attribute that the run wrote."),
        _n("Decide by hand what it should hold, and change it in the source or in the target."),
        "",
    ),
    "BeforeImageLost": (
        _n("What it held before the run is not known."),
        _n("The program was killed in the very moment in which the run wrote it."),
        _n("Look at the entry of the run, and correct it by hand where it needs to be."),
        "",
    ),
    "NotEffectivelyEntitled": (
        _n("This person or group is not in scope."),
        _n("Not assigned, disabled, deleted, or with Default Access where that is excluded."),
        _n("Assign the person, or a group they are a direct member of (nesting does not count)."),
        "directory",
    ),
    "EntrySynchronizationSkipped": (
        _n("This person or group is not in scope, or there was nothing to do."),
        _n("A scoping filter or the assignment keeps it out."),
        _n("Look at the scoping step to see which clause said no."),
        "scope",
    ),
    "ImportSkipped": (
        _n("The matching attribute has no value in the source."),
        _n("Without it nobody can be found or created in the target."),
        _n("Fill the attribute in the source, or match by another one."),
        "mappings",
    ),
    "DuplicateTargetEntries": (
        _n("More than one account in the target matches."),
        _n("The matching attribute is not unique in the target."),
        _n("Remove the duplicate in the target, or match by a unique attribute."),
        "mappings",
    ),
    "MultipleEntriesInResponse": (
        _n("The target answered a query for one with several."),
        _n("The target ignores the filter, or holds duplicates."),
        _n("Open the HTTP tab and compare the filter with what came back."),
        "mappings",
    ),
    "EntryConflict": (
        _n("The target refused because something unique is taken."),
        _n("An account with the same user name or mail exists and did not match."),
        _n("Change the matching attribute so that the account is found, or rename it."),
        "mappings",
    ),
    "Conflict": (
        _n("The target refused because something unique is taken."),
        _n("An account with the same user name or mail exists and did not match."),
        _n("Change the matching attribute so that the account is found, or rename it."),
        "mappings",
    ),
    "InvalidAnchor": (
        _n("The account that was linked is no longer in the target."),
        _n("Somebody deleted it there."),
        _n("Restart provisioning with broken links, so that people are matched anew."),
        "overview",
    ),
    "Unauthorized": (
        _n("The target did not accept the secret token."),
        _n("It was reset, expired, or belongs to another tenant."),
        _n("Press Reset Token in Looop and replace the token in the settings."),
        "settings",
    ),
    "CredentialValidationFailure": (
        _n("The target did not accept the secret token."),
        _n("It was reset, expired, or belongs to another tenant."),
        _n("Press Reset Token in Looop and replace the token in the settings."),
        "settings",
    ),
    "InsufficientRights": (
        _n("The token is valid but may not do this."),
        _n("The account that made the token has no admin permissions."),
        _n("Make the token with an administrator's account."),
        "settings",
    ),
    "TooManyRequests": (
        _n("The target asked for fewer requests."),
        _n("More requests a second than it allows."),
        _n("It waits and goes on by itself. Lower the rate in the settings if it stays."),
        "settings",
    ),
    "InternalServerError": (_n("The target had an error of its own."), "", _RETRIED, ""),
    "WebExceptionProtocolError": (
        _n("The connection broke before there was an answer."),
        _n("Network trouble, a proxy, or the target closed the connection."),
        _RETRIED,
        "",
    ),
    "Timeout": (_n("The target did not answer in time."), "", _RETRIED, ""),
    "ServiceIncompatible": (
        _n("The answer was not SCIM."),
        _n("The tenant URL leads to a web page, or the target deviates from the standard."),
        _n("Check the tenant URL; open the HTTP tab to see what came back."),
        "settings",
    ),
    "MissingValues": (
        _n("A required attribute has no value."),
        _n("The source attribute is empty and the mapping has no default value."),
        _n("Fill it in the source or set a default value in the mapping."),
        "mappings",
    ),
    "MandatoryFieldsMissing": (
        _n("A required attribute has no value."),
        _n("The source attribute is empty and the mapping has no default value."),
        _n("Fill it in the source or set a default value in the mapping."),
        "mappings",
    ),
    "SchemaAttributeNotFound": (
        _n("The target does not know a mapped attribute."),
        _n("It is misspelt in the mapping or missing in the target's schema."),
        _n("Correct the target attribute or remove the mapping."),
        "mappings",
    ),
    "SchemaPropertyCanOnlyAcceptValue": (
        _n("Several values for an attribute that takes one."),
        _n("A multi-valued source attribute is mapped to a single-valued target."),
        _n("Use an expression that picks one value, such as Item."),
        "mappings",
    ),
    "UnprocessableEntity": (
        _n("The target understood the request and refused a value."),
        _n("A value has a form that the target does not accept."),
        _n("Open the HTTP tab: the answer usually names the attribute."),
        "mappings",
    ),
    "NotImplemented": (
        _n("The target does not support this request."),
        "",
        _n("Untick the action in the mapping, or ask the target's vendor."),
        "mappings",
    ),
    "MethodNotAllowed": (
        _n("The target does not allow this kind of request."),
        "",
        _n("Untick the action in the mapping, or ask the target's vendor."),
        "mappings",
    ),
}
