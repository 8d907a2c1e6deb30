"""The exceptions of the workbench: whose fault it is, what is safe, what to do next.

WorkbenchError
├── ConfigurationError        the user's configuration cannot be used (exit code 2)
│   ├── ConnectionFileError
│   ├── ExpressionSyntaxError a text is no expression (expressions/errors.py)
│   └── SourceError           a source directory cannot be read
├── EvaluationError           an expression has no value for one object (expressions/errors.py)
├── TargetError               the target or the way to it (exit code 4)
│   ├── TenantUrlError
│   └── CredentialsError
├── StoreError                the data folder: full, locked, corrupt, newer
│   ├── StoreCorruptError
│   ├── StoreNewerError
│   ├── StoreBusyError        a second instance
│   └── StoreFullError
├── GuardError                a guard stopped the cycle before its first write (exit code 3)
├── QuarantinedError          the job is in quarantine (exit code 5)
└── EngineError               the engine process ended
"""


class WorkbenchError(Exception):
    """Something a person must know. `str()` is one sentence that says what happened.

    `safe` says what is unharmed, `next_step` what to do; both may be shown below the sentence.
    """

    def __init__(self, sentence: str, *, safe: str = "", next_step: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.safe = safe
        self.next_step = next_step


class ConfigurationError(WorkbenchError):
    """The configuration cannot be used as it is."""


class ConnectionFileError(ConfigurationError):
    """A connection file is not what its JSON Schema says."""


class SourceError(ConfigurationError):
    """The source directory cannot be read; nothing was provisioned."""


class TargetError(WorkbenchError):
    """The target did not do its part."""


class TenantUrlError(TargetError):
    """The tenant URL is not one that may be used."""


class CredentialsError(TargetError):
    """The secret token is missing, malformed or refused."""


class StoreError(WorkbenchError):
    """The data folder or its database cannot be used."""


class StoreCorruptError(StoreError):
    """The database is damaged; it was kept aside."""


class StoreNewerError(StoreError):
    """The database was written by a newer version; it was not touched."""


class StoreBusyError(StoreError):
    """Another instance uses the same data folder or the same connection."""


class StoreFullError(StoreError):
    """The disk is full; what was acknowledged is kept."""


class GuardError(WorkbenchError):
    """A guard stopped the cycle before its first write."""


class QuarantinedError(WorkbenchError):
    """The job is in quarantine and is not tried before its next attempt."""


class EngineError(WorkbenchError):
    """The engine process ended unexpectedly; the journal is whole."""
