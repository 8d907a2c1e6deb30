"""Carries out a bulk request: order by bulkId references, circular ones too (RFC 7644 3.7).

Ids of resources to be created are given out first, so that every reference is known before
anything is written. Operations run in the order they were sent, except that what one refers to is
created before it. Where references form a circle, the membership that closes it is added last.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from looop_gui.mockserver.bulk_request import (
    BulkOperation,
    BulkRequest,
    bulk_references,
    bulk_response,
    read_bulk_request,
    resolve_bulk_ids,
)
from looop_gui.mockserver.membership import Promises
from looop_gui.scim.errors import ScimProtocolError, invalid_value, shorten
from looop_gui.scim.messages import JsonObject, JsonValue, ScimRequest, ScimResponse

_NO_IDS: Mapping[str, str] = MappingProxyType({})

Perform = Callable[[ScimRequest, str | None, Promises], ScimResponse]
"""Carries one operation out; given the id that a POST shall use and what is promised to others."""


@dataclass(slots=True)
class _Run:
    """A bulk request under way. Ids and failures are by bulkId; `reserved` is yet to be created.

    `references` holds for each operation the bulkIds that it refers to.
    """

    request: BulkRequest
    references: list[set[str]]
    ids: dict[str, str]
    reserved: set[str]
    failed: set[str] = field(default_factory=set)
    results: dict[int, JsonObject] = field(default_factory=dict)
    errors: int = 0


def run_bulk(
    body: JsonValue, perform: Perform, new_id: Callable[[], str], maximum_operations: int
) -> tuple[JsonObject, Promises]:
    """The BulkResponse, and the memberships still to be added.

    Raises ScimProtocolError 400, or 413 for too many operations.
    """
    request = read_bulk_request(body)
    if len(request.operations) > maximum_operations:
        raise ScimProtocolError(
            413, None, f"A bulk request can have {maximum_operations} operations at most."
        )
    created = [one for one in request.operations if one.method == "POST"]
    ids = {one.bulk_id: new_id() for one in created if one.bulk_id is not None}
    references = [_references(one) for one in request.operations]
    run = _Run(request, references, ids, set(ids.values()))
    promises = Promises(run.reserved)
    for position in _in_order(request, references):
        if request.fail_on_errors and run.errors >= request.fail_on_errors:
            break
        run.results[position] = _carry_out(run, position, perform, promises)
    return bulk_response([run.results[position] for position in sorted(run.results)]), promises


def _in_order(request: BulkRequest, references: list[set[str]]) -> Iterable[int]:
    """Positions of the operations, each after those it refers to unless they form a circle."""
    if not any(references):
        return range(len(references))
    return _by_reference(request.operations, references)


def _by_reference(
    operations: tuple[BulkOperation, ...], references: list[set[str]]
) -> Iterator[int]:
    creators = {
        operation.bulk_id: position
        for position, operation in enumerate(operations)
        if operation.method == "POST" and operation.bulk_id is not None
    }
    seen: set[int] = set()
    for start in range(len(operations)):
        waiting = [(start, False)]
        while waiting:
            position, ready = waiting.pop()
            if ready:
                yield position
            elif position not in seen:
                seen.add(position)
                waiting.append((position, True))
                named = references[position]
                needed = sorted(creators[name] for name in named if name in creators)
                waiting.extend((one, False) for one in reversed(needed))


def _references(operation: BulkOperation) -> set[str]:
    return bulk_references(operation.path) | bulk_references(operation.data)


def _carry_out(run: _Run, position: int, perform: Perform, promises: Promises) -> JsonObject:
    operation, references = run.request.operations[position], run.references[position]
    own_id = run.ids.get(operation.bulk_id or "") if operation.method == "POST" else None
    try:
        _check_references(run, references)
        request = _request(operation, run.ids if references else _NO_IDS)
        response = perform(request, own_id, promises)
    except ScimProtocolError as error:
        response = ScimResponse(error.status, {}, error.to_body())
    if own_id is not None:
        run.reserved.discard(own_id)
    if not response.ok:
        run.errors += 1
        if own_id is not None and operation.bulk_id is not None:
            run.failed.add(operation.bulk_id)
    return _result(operation, response)


def _check_references(run: _Run, references: set[str]) -> None:
    for name in references:
        if name not in run.ids:
            raise invalid_value(f"There is no operation with the bulkId '{shorten(name)}'.")
        if name in run.failed:
            raise ScimProtocolError(
                409, None, f"The operation with the bulkId '{shorten(name)}' has failed."
            )


def _request(operation: BulkOperation, ids: Mapping[str, str]) -> ScimRequest:
    """The operation as a request of its own, with these ids in place of its references."""
    headers = () if operation.version is None else (("if-match", operation.version),)
    path = operation.path.partition("?")[0]
    data = None if operation.method == "DELETE" else operation.data
    if ids:
        path, data = resolve_bulk_ids(path, ids), resolve_bulk_ids(data, ids)
    return ScimRequest(operation.method, path, (), headers, data)


def _result(operation: BulkOperation, response: ScimResponse) -> JsonObject:
    result: JsonObject = {"method": operation.method}
    if operation.bulk_id is not None:
        result["bulkId"] = operation.bulk_id
    if "etag" in response.headers:
        result["version"] = response.headers["etag"]
    if "location" in response.headers:
        result["location"] = response.headers["location"]
    result["status"] = str(response.status)
    if not response.ok:
        result["response"] = response.body
    return result
