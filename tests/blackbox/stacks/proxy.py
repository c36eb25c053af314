"""A way to a server that can be cut, frozen and mended: what networks do."""

import socket
import threading
from contextlib import suppress


class Proxy:
    """Hands connections to 127.0.0.1:`port` on to a server; closed at first."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.server = server
        self._sockets: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self._flows = threading.Event()
        self._flows.set()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    def open(self) -> None:
        """Accept connections."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._run(self._accept, self._listener)

    def cut(self) -> None:
        """End all connections, and refuse new ones."""
        listener, self._listener = self._listener, None
        for item in [*([listener] if listener else []), *self._sockets]:
            with suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)
            item.close()
        self._sockets.clear()

    def freeze(self) -> None:
        """Accept connections and what they send, and hand nothing on."""
        self._flows.clear()

    def thaw(self) -> None:
        """Hand on again, first what has come meanwhile."""
        self._flows.set()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self.server)
                self._sockets += [client, server]
                self._run(self._hand_on, client, server)
                self._run(self._hand_on, server, client)

    def _hand_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def _run(self, work: object, *arguments: object) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()  # type: ignore[arg-type]
