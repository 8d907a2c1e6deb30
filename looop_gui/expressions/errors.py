"""What can go wrong with an expression: its text cannot be read, or its value cannot be had."""

from looop_gui.model.errors import ConfigurationError, WorkbenchError


class ExpressionSyntaxError(ConfigurationError):
    """The text is not an expression (reference section d.1).

    `position` and `length` say where, in characters from 0; the length is at least 1 except at the
    end of the text. `message` is a sentence; `expected` names what could have stood there.
    """

    def __init__(
        self, position: int, length: int, message: str, expected: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.position = position
        self.length = length
        self.message = message
        self.expected = expected


class EvaluationError(WorkbenchError):
    """An expression has no value for this object; other objects are not concerned.

    `code` is a short word for programs ("out_of_bounds"); the sentence is for people.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
