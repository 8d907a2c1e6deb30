"""The question before a cycle: does the target answer, and does it take the token (section a.4).

A person who cannot exist is asked for by the first matching attribute; the right answer is 200 and
an empty list.
"""

from dataclasses import dataclass

from looop_gui.engine.conversation import Conversation, Critical
from looop_gui.engine.failure import ObjectFailedError
from looop_gui.engine.matching import read_list
from looop_gui.engine.quarantine import CriticalError
from looop_gui.engine.rate_limits import asks_to_wait
from looop_gui.engine.rules import ConnectionRules
from looop_gui.model.directory import ObjectType
from looop_gui.scim.dialect import lookup_request
from looop_gui.scim.messages import ScimResponse


@dataclass(frozen=True, slots=True)
class ProbeFailure:
    """Why a cycle cannot start or go on. `critical` puts the job into quarantine, None does not.

    `stale` says that a plan that was being applied does not fit any more.
    """

    sentence: str
    critical: CriticalError | None
    credentials: bool = False
    stale: bool = False


def probe(
    rules: ConnectionRules, object_type: ObjectType, identifier: str
) -> Conversation[ProbeFailure | None]:
    """Ask for somebody who cannot exist; `identifier` is a random GUID."""
    matching = rules.of(object_type).matching
    attribute = matching[0].path.text if matching else "userName"
    request = lookup_request(object_type, attribute, identifier)
    response = yield request
    if response.status == 404:
        sentence = (
            f"The target does not know {request.path} (404). The tenant URL may be wrong, or the "
            "target does not answer a query for nobody with an empty list."
        )
        return ProbeFailure(sentence, CriticalError.NOT_FOUND)
    try:
        read_list(request, response)
    except ObjectFailedError as failure:
        return _failure(failure, response)
    return None


def _failure(failure: ObjectFailedError, response: ScimResponse) -> ProbeFailure:
    status = response.status
    if asks_to_wait(response):
        return ProbeFailure(failure.reason, None)
    if failure.critical is Critical.CREDENTIALS or status == 403:
        sentence = f"The secret token was refused. {failure.reason}"
        return ProbeFailure(sentence, CriticalError.CREDENTIALS, credentials=True)
    if status and 200 <= status < 300:
        return ProbeFailure(failure.reason, CriticalError.INCOMPATIBLE)
    return ProbeFailure(failure.reason, None)


def critical_failure(outcome_error: str, critical: Critical) -> ProbeFailure:
    """The same for an answer in the middle of a cycle that concerns the whole job."""
    if critical is Critical.CREDENTIALS:
        sentence = f"The secret token was refused. {outcome_error}"
        return ProbeFailure(sentence, CriticalError.CREDENTIALS, credentials=True)
    return ProbeFailure(outcome_error, None)
