"""What the window and the engine process say to each other: JSON, one message a line.

Orders and secrets go to the engine's standard input, never into arguments or the environment; what
happens comes back on its standard output. The end of standard input ends the engine.
"""

from typing import Any

import msgspec

from looop_gui.model.connection import Connection, DriftCheck
from looop_gui.model.errors import (
    ConfigurationError,
    CredentialsError,
    EngineError,
    GuardError,
    SourceError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    TargetError,
    TenantUrlError,
    WorkbenchError,
)
from looop_gui.model.job import Cycle, CycleKind, CycleProgress
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.plan import Plan
from looop_gui.model.provisioning_log import ProvisioningLogEntry, ProvisioningStep
from looop_gui.model.secret import SecretText
from looop_gui.model.undo import UndoOrder
from looop_gui.services.cycle_rehearsal import DryRun
from looop_gui.services.engine_local import CycleOrder
from looop_gui.services.provisioning_on_demand import OnDemandOrder


class OrderMessage(msgspec.Struct, frozen=True):
    """An order with its secret."""

    connection: Connection
    schema: SynchronizationSchema
    token: str
    kind: CycleKind | None
    allowed_guard: str = ""
    plan: Plan | None = None
    undo: UndoOrder | None = None
    drift: DriftCheck | None = None

    def order(self) -> CycleOrder:
        """The order as services have it."""
        token = SecretText(self.token)
        return CycleOrder(
            self.connection,
            self.schema,
            token,
            self.kind,
            self.allowed_guard,
            self.plan,
            self.undo,
            self.drift,
        )


def order_message(order: CycleOrder) -> OrderMessage:
    """The order as it is sent."""
    return OrderMessage(
        order.connection,
        order.schema,
        order.token.reveal(),
        order.kind,
        order.allowed_guard,
        order.plan,
        order.undo,
        order.drift,
    )


class _Numbered(msgspec.Struct, frozen=True):
    """`number` is that of an order, also in each answer to it."""

    number: int


class _WithOrder(_Numbered, frozen=True):
    order: OrderMessage


class RunMessage(_WithOrder, frozen=True, tag="run"):
    """Run a cycle."""


class RehearseMessage(_WithOrder, frozen=True, tag="rehearse"):
    """Say what a cycle would do: with its log entries, with every write, or both.

    `certified` asks for the no-op certificate, too, so that the writes need not be sent for it.
    """

    entries: bool
    objects: bool
    certified: bool = False


class CancelMessage(_Numbered, frozen=True, tag="cancel"):
    """End a dry run that nobody waits for any more; there is no answer."""


class OnDemandMessage(_WithOrder, frozen=True, tag="on-demand"):
    """Provision one object now, perhaps a group with members, or say what would happen."""

    demand: OnDemandOrder


class StopMessage(msgspec.Struct, frozen=True, tag="stop"):
    """Stop the cycle of a connection."""

    connection_id: str


class ProgressMessage(_Numbered, frozen=True, tag="progress"):
    """How a cycle stands; `entries` were written to the log since the last time."""

    progress: CycleProgress
    entries: int


class StepMessage(_Numbered, frozen=True, tag="step"):
    """A step of provision on demand, as it happens."""

    step: ProvisioningStep


class MemberEntryMessage(_Numbered, frozen=True, tag="member-entry"):
    """The log entry of a member that goes with a group on demand."""

    entry: ProvisioningLogEntry


class CycleMessage(_Numbered, frozen=True, tag="cycle"):
    """A cycle has ended."""

    cycle: Cycle


class DryRunMessage(_Numbered, frozen=True, tag="dry-run"):
    """What a dry run found."""

    dry_run: DryRun


class EntryMessage(_Numbered, frozen=True, tag="entry"):
    """The log entry of provision on demand."""

    entry: ProvisioningLogEntry


class RefusalMessage(_Numbered, frozen=True, tag="refusal"):
    """An order could not be carried out; `kind` is the name of the exception."""

    kind: str
    sentence: str
    safe: str
    next_step: str

    def error(self) -> WorkbenchError:
        """The exception as it was raised in the engine."""
        return _ERRORS.get(self.kind, EngineError)(
            self.sentence, safe=self.safe, next_step=self.next_step
        )


def refusal_message(number: int, error: WorkbenchError) -> RefusalMessage:
    """An exception as it is sent."""
    kind = next((c.__name__ for c in type(error).__mro__ if c.__name__ in _ERRORS), "EngineError")
    return RefusalMessage(number, kind, error.sentence, error.safe, error.next_step)


ToEngine = RunMessage | RehearseMessage | CancelMessage | OnDemandMessage | StopMessage
FromEngine = (
    ProgressMessage
    | StepMessage
    | MemberEntryMessage
    | CycleMessage
    | DryRunMessage
    | EntryMessage
    | RefusalMessage
)

_ERRORS: dict[str, type[WorkbenchError]] = {
    kind.__name__: kind
    for kind in (
        ConfigurationError,
        SourceError,
        TargetError,
        TenantUrlError,
        CredentialsError,
        StoreError,
        StoreBusyError,
        StoreFullError,
        EngineError,
        GuardError,
    )
}
_TO_ENGINE: msgspec.json.Decoder[Any] = msgspec.json.Decoder(ToEngine)
_FROM_ENGINE: msgspec.json.Decoder[Any] = msgspec.json.Decoder(FromEngine)


def encode_message(message: ToEngine | FromEngine) -> bytes:
    """A message as one line."""
    return msgspec.json.encode(message) + b"\n"


def decode_order(line: bytes) -> ToEngine:
    """A line of the engine's standard input. Raises EngineError."""
    message: ToEngine = _decoded(_TO_ENGINE, line)
    return message


def decode_answer(line: bytes) -> FromEngine:
    """A line of the engine's standard output. Raises EngineError."""
    message: FromEngine = _decoded(_FROM_ENGINE, line)
    return message


def _decoded(decoder: msgspec.json.Decoder[Any], line: bytes) -> Any:
    try:
        return decoder.decode(line)
    except msgspec.DecodeError:
        # The cause is not chained: it may quote the line, and the line may hold a secret.
        raise EngineError("A message between the window and the engine was not readable.") from None
