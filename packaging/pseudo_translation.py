"""A made-up translation with the length of German, to see what long words do to the window."""

from PySide6.QtCore import QObject, QTranslator

_LETTERS = str.maketrans("aeouAEOU", "äëöüÄËÖÜ")


class PseudoGerman(QTranslator):
    """Every text becomes about a third longer and carries marks; placeholders stay."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's own name
        """It knows every text."""
        return False

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        """The text, longer."""
        if not text or not any(letter.isalpha() for letter in text):
            return text
        words = []
        for word in text.split(" "):
            plain = "{" in word or "&" in word
            words.append(word if plain else word.translate(_LETTERS))
        longer = " ".join(words)
        tail = "ungs" if len(text) < 12 else "ungsverfahren"
        return f"{longer}{tail}" if longer[-1].isalpha() else longer
