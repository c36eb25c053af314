"""A server of these tests that keeps what it is sent: a collector, or a Sentry."""

import gzip
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Intake:
    """What came in, each as its path, its headers and its body, unpacked.

    It answers with `status`, and not at all while `answers` is cleared.
    """

    port: int = 0
    status: int = 200
    received: list[tuple[str, str, bytes]] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)

    def holds(self, *texts: str) -> list[str]:
        """Which of the texts are anywhere in it."""
        everything = b"".join(
            part
            for path, headers, body in self.received
            for part in (path.encode(), headers.encode(), body)
        )
        return [text for text in texts if text.encode() in everything]


@contextmanager
def intake() -> Iterator[Intake]:
    """One that answers, on a free port of 127.0.0.1."""
    kept = Intake()
    kept.answers.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            packing = self.headers["content-encoding"]
            if packing == "gzip":
                body = gzip.decompress(body)
            elif packing == "deflate":
                body = zlib.decompress(body)
            kept.received.append((self.path, str(self.headers), body))
            kept.answers.wait()
            self.send_response(kept.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

        def handle(self) -> None:
            with suppress(ConnectionError):  # the sender has ended
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield kept
    finally:
        kept.answers.set()
        server.shutdown()
        thread.join()
        server.server_close()
