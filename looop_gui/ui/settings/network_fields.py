"""How the tenant is reached: the file of a certificate authority, and the proxy."""

import ssl
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from looop_gui.model.connection import TenantConnection
from looop_gui.ui.settings.form import Field
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button


class NetworkFields(QWidget):
    """Two fields of the admin credentials; both may be empty. `changed` follows the typing."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.ca_file = QLineEdit()
        self.ca_file.setAccessibleName(self.tr("Certificate authority"))
        self.ca_file.setPlaceholderText("/etc/ssl/certs/company-ca.pem")
        self.choose_button = button(theme, self.tr("Choose a file"), self._choose)
        self.proxy = QLineEdit()
        self.proxy.setPlaceholderText("http://proxy.example.org:3128")
        self._ca_field = Field(
            self.tr("Certificate authority"),
            self._file_line(),
            self.tr("A PEM file, trusted beside the usual authorities. Empty for these alone."),
            560,
        )
        self._proxy_field = Field(
            self.tr("Proxy"),
            self.proxy,
            self.tr("Empty takes the system's proxy. Saved as typed, so leave a password out."),
            560,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(self._ca_field)
        layout.addWidget(self._proxy_field)
        self.ca_file.textChanged.connect(self.changed)
        self.proxy.textChanged.connect(self.changed)

    def show_target(self, target: TenantConnection) -> None:
        """Show file and proxy."""
        self.ca_file.setText(target.ca_file)
        self.proxy.setText(target.proxy)

    def applied(self, target: TenantConnection) -> TenantConnection:
        """With this file and proxy."""
        return replace(target, ca_file=self.ca_file.text().strip(), proxy=self.proxy.text().strip())

    def problem(self) -> str:
        """What is wrong with the file or the proxy, said beside each."""
        ca_words = self._ca_problem(self.ca_file.text().strip())
        proxy_words = self._proxy_problem(self.proxy.text().strip())
        self._ca_field.say(ca_words)
        self._proxy_field.say(proxy_words)
        return ca_words or proxy_words

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("File of the certificate authority"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        every = self.tr("All files")
        dialog.setNameFilters(["PEM (*.pem *.crt *.cer)", f"{every} (*)"])
        dialog.fileSelected.connect(self.ca_file.setText)
        dialog.open()

    def _file_line(self) -> QWidget:
        line = QWidget()
        line.setFocusProxy(self.ca_file)
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.ca_file, 1)
        layout.addWidget(self.choose_button)
        return line

    def _ca_problem(self, text: str) -> str:
        if not text:
            return ""
        try:
            path = Path(text).expanduser()
            # The engine may run in another folder than the window.
            if not path.is_absolute():
                return self.tr("Give the whole path of the file.")
            if not path.is_file():
                return self.tr("There is no such file.")
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except ssl.SSLError:
            return self.tr(
                "This is not a PEM file: it has no BEGIN CERTIFICATE lines that can be read."
            )
        except (OSError, ValueError, RuntimeError):
            return self.tr("This file cannot be read.")
        return ""

    def _proxy_problem(self, text: str) -> str:
        if not text:
            return ""
        wrong = self.tr("This is not the URL of a proxy, such as http://proxy.example.org:3128.")
        try:
            parts = urlsplit(text if "://" in text else f"http://{text}")
            host, _port = parts.hostname, parts.port
        except ValueError:
            return wrong
        if not host or " " in text or parts.path not in ("", "/"):
            return wrong
        if parts.scheme not in ("http", "https"):
            return self.tr("The proxy has to be an HTTP proxy: http:// or https://.")
        return ""
