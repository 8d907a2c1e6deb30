"""The conducts of a service provider: where good authorities differ, one named flag each."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a service provider treats what the RFC forbids or leaves open and clients send anyway.

    unmatched_value_filter_creates: an add or replace at `emails[type eq "work"].value` makes the
        element when there is none. RFC 7644 table 9 says noTarget; Microsoft Entra sends it for
        every person without the element and its validator expects the element (reference k.1).
    unmatched_remove_accepted: a remove whose value filter matches nothing changes nothing. Table 9
        says noTarget; a retried remove of a member must not fail (reference g.4).
    members_removed_by_value: a remove with a value array removes the values named in it. RFC 7644
        section 3.5.2.2 knows no value; Entra's older dialect sends it (request r18).
    booleans_as_text: "True" and "False" are read as booleans (request r14).
    numbers_as_text: "5" is read as a number where the schema has one.
    text_for_complex: plain text stands for a complex attribute's `value`, as Entra sends the
        manager (request r20).
    values_in_lists: a list of one stands for a single value, as in the guide's old manager form.
    empty_replace_removes: a replace with "" or an object that holds nothing removes an attribute
        that cannot be empty text, as the manager is cleared (reference k.2, test 25); so does an
        add of null, which is no value to add (RFC 7643 section 2.5).
    flat_keys: keys of a value without a path may be paths themselves: "name.givenName" or an
        attribute's full URN (request r11).
    unqualified_extension_attributes: `manager` alone finds the enterprise extension's attribute
        where the core schema has none so called (request r27). RFC 7644 section 3.10 wants the URN.
    unknown_attributes_ignored: what the schema does not name is dropped. RFC 7643 leaves it open;
        strictly it does not conform to the schema (RFC 7644 table 9, invalidSyntax).
    unknown_schemas_ignored: a foreign URN in `schemas` is dropped, as Entra sends one for groups
        (request r09). RFC 7643 section 3.1 allows the resource type's schemas only.
    empty_operations_accepted: a PATCH without operations changes nothing. RFC 7644 section 3.5.2
        wants one or more; Microsoft's validator sends none (reference k.1).
    free_text_references: `profileUrl` and the like take any text. RFC 7643 section 2.3.7 wants a
        URI; directories hold free text there.
    canonical_values_enforced: only the canonical values are accepted. RFC 7643 section 7 lets a
        service provider restrict them; none of the presets does, because clients use their own.
    active_by_default: a new user is active unless said otherwise; RFC 7644 section 3.5.1 lets the
        service provider assign defaults, and real targets do.
    """

    name: str
    unmatched_value_filter_creates: bool = True
    unmatched_remove_accepted: bool = True
    members_removed_by_value: bool = True
    booleans_as_text: bool = True
    numbers_as_text: bool = True
    text_for_complex: bool = True
    values_in_lists: bool = True
    empty_replace_removes: bool = True
    flat_keys: bool = True
    unqualified_extension_attributes: bool = True
    unknown_attributes_ignored: bool = True
    unknown_schemas_ignored: bool = True
    empty_operations_accepted: bool = True
    free_text_references: bool = True
    canonical_values_enforced: bool = False
    active_by_default: bool = True


RFC: Final = Conduct(
    name="rfc",
    unmatched_value_filter_creates=False,
    unmatched_remove_accepted=False,
    members_removed_by_value=False,
    booleans_as_text=False,
    numbers_as_text=False,
    text_for_complex=False,
    values_in_lists=False,
    empty_replace_removes=False,
    flat_keys=False,
    unqualified_extension_attributes=False,
    unknown_attributes_ignored=False,
    unknown_schemas_ignored=False,
    empty_operations_accepted=False,
    free_text_references=False,
    active_by_default=False,
)
GENERIC: Final = Conduct(name="generic")
LOOOP: Final = Conduct(name="looop")
