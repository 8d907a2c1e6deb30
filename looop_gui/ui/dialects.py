"""The dialects of PATCH in words."""

from PySide6.QtCore import QCoreApplication

from looop_gui.model.connection import Dialect

DIALECT_WORDS = {
    Dialect.ENTRA_LEGACY: "Entra (legacy)",
    Dialect.ENTRA_COMPLIANT: "Entra (aadOptscim062020)",
    Dialect.RFC7644: "RFC 7644",
}


def dialect_word(dialect: Dialect) -> str:
    """The dialect as people call it."""
    return QCoreApplication.translate("Dialects", DIALECT_WORDS[dialect])
