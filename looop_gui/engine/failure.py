"""What ends the provisioning of one object early, and which error code an answer stands for."""

from looop_gui.engine.conversation import Critical
from looop_gui.engine.rate_limits import THROTTLED, UNAVAILABLE, asks_to_wait
from looop_gui.scim.messages import FailureKind, ScimRequest, ScimResponse

INCOMPATIBLE = "SystemForCrossDomainIdentityManagementServiceIncompatible"
SEVERAL_ENTRIES = "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse"


class ObjectFailedError(Exception):
    """The object fails: a code of section i.3, a sentence, and what to do.

    `unsure` is set when a write may have arrived in spite of it; for a create, to the matching
    value by which it can be found. `refused` is set when it surely has not.
    """

    def __init__(
        self,
        code: str,
        reason: str,
        recommended_action: str = "",
        *,
        details: str = "",
        critical: Critical | None = None,
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.recommended_action = recommended_action
        self.details = details
        self.critical = critical
        self.unsure = ""
        self.refused = False


class ObjectSkippedError(Exception):
    """The object is left out: a skip reason of section i.3, and a sentence."""

    def __init__(self, skip_reason: str, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.skip_reason = skip_reason
        self.reason = reason
        self.code = code or "EntrySynchronizationSkipped"


_CODES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "InsufficientRights",
    404: "InvalidAnchor",
    405: "MethodNotAllowed",
    409: "Conflict",
    422: "UnprocessableEntity",
    429: "TooManyRequests",
    500: "InternalServerError",
    501: "NotImplemented",
}
"""HTTP status to error code (section g.6)."""

_ADVICE = {
    "Unauthorized": "The secret token was refused. Make a new one in the application and enter it "
    "under Admin Credentials.",
    "InsufficientRights": "The secret token's account may not do this. Give it administrator "
    "permissions in the application.",
    "InvalidAnchor": "The resource no longer exists in the target. Restart provisioning with a "
    "full reset so that it is matched or created again.",
    "Conflict": "Another resource in the target has the same unique value. Correct it there or in "
    "the source directory.",
    "TooManyRequests": "The target asks for fewer requests. It is tried again in the next cycle.",
    "Timeout": "The target did not answer in time. It is tried again in the next cycle.",
    "WebExceptionProtocolError": "The connection to the target failed. It is tried again in the "
    "next cycle.",
    "InternalServerError": "The target failed. It is tried again in the next cycle.",
    INCOMPATIBLE: "The answer is not SCIM. Check the tenant URL, and look at the exchange below.",
}

_UNREACHABLE = frozenset(
    {FailureKind.NAME_RESOLUTION, FailureKind.CONNECT, FailureKind.CERTIFICATE}
)


def failure_of_answer(request: ScimRequest, response: ScimResponse) -> ObjectFailedError:
    """The failure that an answer without success stands for (section g.6)."""
    if response.failure is not None:
        return _transport_failure(response)
    code = _CODES.get(THROTTLED if _is_throttled(response) else response.status)
    if code is None:
        code = "InternalServerError" if response.status >= 500 else "BadRequest"
    detail = _detail(response)
    return ObjectFailedError(
        code,
        f"The target answered {response.status} to {request.method} {request.path}"
        + (f": {detail}" if detail else "."),
        _ADVICE.get(code, ""),
        details=scim_type(response),
        critical=Critical.CREDENTIALS if response.status == 401 else None,
    )


def _is_throttled(response: ScimResponse) -> bool:
    return response.status != UNAVAILABLE and asks_to_wait(response)


def incompatible(request: ScimRequest, what: str) -> ObjectFailedError:
    """The failure for an answer that is not what SCIM says (sections a.4 and g.6)."""
    reason = f"The answer to {request.method} {request.path} {what}."
    return ObjectFailedError(INCOMPATIBLE, reason, _ADVICE[INCOMPATIBLE])


def defect_failure(defect: Exception) -> ObjectFailedError:
    """The failure that a defect of this program is: of one object, and of no other."""
    return ObjectFailedError(
        "InternalError",
        f"The workbench met a defect of its own: {type(defect).__name__}: {defect}",
        "Please report this with the exchange below.",
    )


def scim_type(response: ScimResponse) -> str:
    """The scimType of an error body, or ""."""
    value = response.body.get("scimType") if isinstance(response.body, dict) else None
    return value if isinstance(value, str) else ""


def _transport_failure(response: ScimResponse) -> ObjectFailedError:
    timed_out = response.failure is FailureKind.TIMEOUT
    code = "Timeout" if timed_out else "WebExceptionProtocolError"
    critical = Critical.UNREACHABLE if response.failure in _UNREACHABLE else None
    return ObjectFailedError(code, response.failure_text, _ADVICE[code], critical=critical)


def _detail(response: ScimResponse) -> str:
    body = response.body
    if isinstance(body, dict):
        detail = body.get("detail")
        if isinstance(detail, str) and detail:
            return detail[:500]
    return " ".join(response.text.split())[:200]
