"""One window for a data folder: a second start raises the first one's window instead."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MILLISECONDS = 300


class SingleInstance:
    """A local socket named after the data folder; only this user can reach it."""

    def __init__(self, data_folder: Path) -> None:
        digest = hashlib.sha256(str(data_folder.resolve()).encode()).hexdigest()[:16]
        self._name = f"looop-gui-{digest}"
        self._server: QLocalServer | None = None

    def raise_other(self) -> bool:
        """Ask a window that is already open to come to the front; False when there is none."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(WAIT_MILLISECONDS):
            return False
        socket.write(b"raise\n")
        socket.waitForBytesWritten(WAIT_MILLISECONDS)
        socket.disconnectFromServer()
        return True

    def listen(self, on_raise: Callable[[], object]) -> None:
        """From now on, call `on_raise` when another start asks for this window."""
        server = QLocalServer()
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not server.listen(self._name):
            QLocalServer.removeServer(self._name)
            server.listen(self._name)
        server.newConnection.connect(lambda: self._take(on_raise))
        self._server = server

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _take(self, on_raise: Callable[[], object]) -> None:
        assert self._server is not None
        socket = self._server.nextPendingConnection()
        if socket is not None:
            socket.disconnected.connect(socket.deleteLater)
        on_raise()
