"""What of a log entry may leave this computer: an allow-list, not a search for secrets.

A header, a query parameter or a JSON member leaves only when its name is known to be harmless: it
is SCIM's own, or the mapping names it. A body that is not whole JSON cannot be proven harmless and
stays. What `Redact` hid in the log is hidden in requests and responses, too, and no sentence of an
entry repeats a value that stays (`log_free_text`). Everything that stays is counted with the
reason, so that a preview can say so.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

from msgspec.structs import replace

from looop_gui.engine.importing import REDACTED
from looop_gui.engine.log_free_text import (
    HIDDEN,
    SENSITIVE_NAMES,
    FreeText,
    tellable,
    without_credentials,
)
from looop_gui.engine.rules import ConnectionRules
from looop_gui.model.provisioning_log import (
    ErrorInformation,
    ModifiedProperty,
    ProvisioningLogEntry,
    ProvisioningStep,
    StepType,
    WireExchange,
)

NOT_KNOWN = "it is not known to be free of secrets"
SENSITIVE = "its name says that it is a secret"
WAS_REDACTED = "the mapping hides it with Redact"
NOT_JSON = "it is not whole JSON"

REQUEST_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "content-type",
        "content-length",
        "user-agent",
        "if-match",
        "if-none-match",
    }
)
RESPONSE_HEADERS = frozenset(
    {
        "content-type",
        "content-length",
        "date",
        "etag",
        "retry-after",
        "cache-control",
        "last-modified",
    }
)
PARAMETERS = frozenset(
    ["filter", "attributes", "excludedattributes", "startindex", "count", "sortby", "sortorder"]
)
_WORDS = """
    schemas id externalid meta resourcetype created lastmodified location version
    totalresults itemsperpage startindex resources detail status scimtype operations op path value
    username name formatted familyname givenname middlename honorificprefix honorificsuffix
    displayname nickname profileurl title usertype preferredlanguage locale timezone active emails
    phonenumbers ims photos addresses streetaddress locality region postalcode country groups
    entitlements roles x509certificates type primary display $ref ref members
    employeenumber costcenter organization division department manager
    userprincipalname originaluserprincipalname mail mailnickname givenname surname jobtitle
    companyname officelocation usagelocation accountenabled city state streetaddress postalcode
    country physicaldeliveryofficename telephonenumber mobile mobilephone businessphones
    facsimiletelephonenumber othermails proxyaddresses employeeid employeetype objectid
    issoftdeleted approleassignments securityenabled mailenabled description
    isactive assigned iseffectivelyentitledforprovisioning isinprovisioningscopedisplayname
    scopeevaluationresult skipreason errorcode reason added removed notprovisioned dialect
"""
KNOWN_NAMES = frozenset(_WORDS.split()) | {"scope sync all"}
"""Names of RFC 7643 and 7644, of Graph's people and groups, and of the log's own details."""

_SECRET_NAME = re.compile(SENSITIVE_NAMES, re.IGNORECASE)
_SENTENCES = frozenset({"detail"})
"""Members of JSON that hold a sentence."""

_FILTER_NAMES = re.compile(r"([A-Za-z$][\w$:.-]*)(?=\s+(?:eq|ne|co|sw|ew|gt|lt|ge|le|pr)\b|\[)")


@dataclass(slots=True)
class Exposure:
    """Decides what may leave; `names` are allowed names in lower case, `redacted` hidden ones.

    `left_out` counts what stayed, by what it is and why. `withheld` are the values that stayed of
    the entry that is looked at, `text` what its sentences may say.
    """

    names: frozenset[str] = KNOWN_NAMES
    redacted: frozenset[str] = frozenset()
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    withheld: set[str] = field(default_factory=set)
    text: FreeText = field(default_factory=FreeText)

    def entry(self, entry: ProvisioningLogEntry) -> ProvisioningLogEntry:
        """The entry with nothing in it that may not leave."""
        own = (entry.source_id, entry.source_name, entry.target_id, entry.target_name)
        known = self.names | {text.casefold() for text in own if text}
        hidden = self.redacted | _hidden_names(entry)
        inner = Exposure(self.names, hidden, self.left_out, text=FreeText(known=known))
        shown = replace(
            entry,
            steps=tuple(inner._step(step) for step in entry.steps),
            modified_properties=tuple(inner._property(item) for item in entry.modified_properties),
            error=inner._error(entry.error),
            exchanges=tuple(inner.exchange(exchange) for exchange in entry.exchanges),
        )
        told = (value for value in inner.withheld if value.casefold() not in known)
        return _without(shown, FreeText(tellable(told), known))

    def exchange(self, exchange: WireExchange) -> WireExchange:
        """A request and its response with harmless headers, parameters and members only."""
        return replace(
            exchange,
            url=self.url(exchange.url),
            request_headers=self._headers(exchange.request_headers, REQUEST_HEADERS),
            request_body=self.body(exchange.request_body, "request body"),
            response_headers=self._headers(exchange.response_headers, RESPONSE_HEADERS),
            response_body=self.body(exchange.response_body, "response body"),
            failure=self.text.clean(exchange.failure),
        )

    def url(self, url: str) -> str:
        """A URL without user name and fragment, and with the values of known parameters only."""
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        pairs = []
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            known = name.casefold() in PARAMETERS and all(
                self._problem(found) is None for found in _FILTER_NAMES.findall(value)
            )
            if not known:
                self._count(f"query parameter {name}", NOT_KNOWN)
                self.withheld.add(value)
            pairs.append(f"{quote(name)}={quote_plus(value if known else HIDDEN)}")
        query = f"?{'&'.join(pairs)}" if pairs else ""
        return f"{parts.scheme}://{host}{parts.path}{query}"

    def body(self, text: str, what: str) -> str:
        """A JSON body with the values of known members; "" for what cannot be read as JSON."""
        if not text:
            return ""
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            self._count(what, NOT_JSON)
            return ""
        return json.dumps(self._json(content), ensure_ascii=False, separators=(",", ":"))

    def _json(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._json(item) for item in value]
        if isinstance(value, str):
            return scrubbed(value)
        if not isinstance(value, dict):
            return value
        kept = {}
        path = value.get("path")
        hidden_path = isinstance(path, str) and self._refuses(path)
        for name, item in value.items():
            # The value of a PATCH operation is as secret as the attribute that its path names.
            hide = self._refuses(name) or (hidden_path and name.casefold() == "value")
            if hide and item is not None:
                self.withheld.update(_leaves(item))
                kept[name] = HIDDEN
            elif name.casefold() in _SENTENCES and isinstance(item, str):
                kept[name] = self.text.clean(item)
            else:
                kept[name] = self._json(item)
        return kept

    def _headers(
        self, headers: Iterable[tuple[str, str]], allowed: frozenset[str]
    ) -> tuple[tuple[str, str], ...]:
        kept = []
        for name, value in headers:
            if name.casefold() in allowed:
                kept.append((name, scrubbed(value)))
            else:
                self._count(f"header {name}", NOT_KNOWN)
                self.withheld.update((value, value.rpartition(" ")[2]))
        return tuple(kept)

    def _step(self, step: ProvisioningStep) -> ProvisioningStep:
        # A matching step's details are named by the attributes asked for, with their values.
        details = {}
        for name, value in step.details.items():
            if self._refuses(name):
                self.withheld.add(value)
                details[name] = HIDDEN
            else:
                details[name] = scrubbed(value)
        return replace(step, description=self.text.clean(step.description), details=details)

    def _property(self, item: ModifiedProperty) -> ModifiedProperty:
        if not self._refuses(item.display_name):
            return item
        self.withheld.update(value for value in (item.old_value, item.new_value) if value)
        return ModifiedProperty(
            item.display_name,
            None if item.old_value is None else HIDDEN,
            None if item.new_value is None else HIDDEN,
        )

    def _error(self, error: ErrorInformation | None) -> ErrorInformation | None:
        if error is None:
            return None
        return replace(
            error,
            reason=self.text.clean(error.reason),
            additional_details=self.text.clean(error.additional_details),
        )

    def _refuses(self, name: str) -> bool:
        problem = self._problem(name)
        if problem is not None:
            self._count(name, problem)
        return problem is not None

    def _problem(self, name: str) -> str | None:
        """Why the values under a name may not leave; None when they may."""
        parts = name_parts(name)
        if name.casefold() in self.redacted or any(part in self.redacted for part in parts):
            return WAS_REDACTED
        if _SECRET_NAME.search(name):
            return SENSITIVE
        known = name.casefold() in self.names or all(part in self.names for part in parts)
        return None if known else NOT_KNOWN

    def _count(self, what: str, why: str) -> None:
        self.left_out[what, why] += 1


def exposure_of(rules: ConnectionRules | None) -> Exposure:
    """What may leave under a configuration; without one, only what SCIM and Graph name."""
    if rules is None:
        return Exposure()
    names: set[str] = set()
    redacted: set[str] = set()
    for objects in (rules.users, rules.groups):
        redacted |= {name.casefold() for name in objects.redacted_sources}
        for rule in objects.attributes:
            names |= set(name_parts(rule.path.text)) | {s.casefold() for s in rule.sources}
            names.add(rule.path.text.casefold())
            if rule.redacted:
                redacted.add(rule.path.text.casefold())
    return Exposure(KNOWN_NAMES | frozenset(names - redacted), frozenset(redacted))


def name_parts(name: str) -> tuple[str, ...]:
    """The attribute names of a path in lower case: without URN and value filter, cut at dots."""
    plain = re.sub(r"\[[^\]]*\]", "", name)
    if plain.casefold().startswith("urn:"):
        # In a URN the last colon ends the schema; a schema alone is an extension's container.
        plain = plain.rpartition(":")[2]
        if plain.casefold() in ("user", "group"):
            return ("value",)
    return tuple(part for part in plain.casefold().split(".") if part)


def scrubbed(text: str) -> str:
    """A text without what follows the word Bearer or Basic."""
    return without_credentials(text)


def _without(entry: ProvisioningLogEntry, text: FreeText) -> ProvisioningLogEntry:
    """The entry whose sentences do not repeat what stayed elsewhere in it."""
    if not text.withheld:
        return entry
    clean, error = text.without_withheld, entry.error
    if error is not None:
        error = replace(
            error,
            reason=clean(error.reason),
            additional_details=clean(error.additional_details),
        )
    return replace(
        entry,
        error=error,
        steps=tuple(replace(one, description=clean(one.description)) for one in entry.steps),
        exchanges=tuple(
            replace(
                one,
                failure=clean(one.failure),
                response_body=_without_in_sentences(one.response_body, text),
            )
            for one in entry.exchanges
        ),
    )


def _without_in_sentences(body: str, text: FreeText) -> str:
    """A body that has been looked at, whose sentences do not repeat what stayed."""
    if '"detail"' not in body:
        return body
    content = json.loads(body)
    if isinstance(content, dict) and isinstance(content.get("detail"), str):
        content["detail"] = text.without_withheld(content["detail"])
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _leaves(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif value is not None:
        yield str(value)


def _hidden_names(entry: ProvisioningLogEntry) -> frozenset[str]:
    """What the log itself shows as redacted in this entry, whatever the mapping says now."""
    hidden = {
        item.display_name.casefold()
        for item in entry.modified_properties
        if REDACTED in (item.old_value, item.new_value)
    }
    for step in entry.steps:
        if step.step_type is StepType.IMPORT:
            hidden |= _redacted_details(step.details)
    return frozenset(hidden)


def _redacted_details(details: Mapping[str, str]) -> set[str]:
    return {name.casefold() for name, value in details.items() if value == REDACTED}
