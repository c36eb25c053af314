"""Requests: ordinary ones over httpx, crafted ones over a socket."""

import json
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from .profile import Json, Versioning

Body = Mapping[str, Json] | Json
# Longer than any service may take for one answer.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """An answer; its headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")

    @property
    def json(self) -> Json:
        """The body as JSON."""
        found: Json = json.loads(self.body)
        return found

    @property
    def object(self) -> dict[str, Json]:
        """The body, which is a JSON object."""
        found = self.json
        assert isinstance(found, dict), self
        return found

    def at(self, way: tuple[str, ...]) -> Json:
        """What is at the end of a way of keys in the body."""
        found = self.json
        for name in way:
            assert isinstance(found, dict), self
            found = found[name]
        return found


class Client:
    """Calls a service at its base URL; paths that are given begin with a slash."""

    def __init__(self, base_url: str, versioning: Versioning | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.versioning = versioning or Versioning()
        self._http = httpx.Client(
            timeout=PATIENCE_SECONDS,
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=20),
            trust_env=False,
        )

    def close(self) -> None:
        """End all connections."""
        self._http.close()

    def request(
        self,
        method: str,
        path: str,
        body: Body = None,
        headers: Mapping[str, str] | None = None,
        *,
        versioned: bool = False,
    ) -> Answer:
        """Send a request with a JSON body, or none; `versioned` names the version.

        Raises ConnectionError where nobody listens or the connection breaks.
        """
        sent = dict(headers or {})
        if versioned:
            path, named = at_version(path, self.versioning)
            sent = named | sent
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            sent = {"content-type": "application/json"} | sent
        try:
            answer = self._http.request(
                method, self.base_url + path, content=content, headers=sent
            )
        except httpx.TransportError as error:
            raise ConnectionError(f"{method} {path}: {error!r}") from error
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status_code, found, answer.content)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a GET."""
        return self.request("GET", path, headers=headers)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        versioned: bool = False,
    ) -> Answer:
        """Send a request exactly as given, over a connection of its own."""
        sent = dict(headers or {})
        if versioned:
            path, named = at_version(path, self.versioning)
            sent = named | sent
        if body is not None and "transfer-encoding" not in sent:
            sent = {"content-length": str(len(body))} | sent
        url = urlsplit(self.base_url)
        lines = [f"{method} {url.path}{path} HTTP/1.1", f"host: {url.netloc}"]
        lines += ["connection: close", *(f"{k}: {v}" for k, v in sent.items())]
        head = "\r\n".join(lines).encode() + b"\r\n\r\n"
        return parsed(self.exchange(head + (body or b"")))

    def exchange(self, sent: bytes) -> bytes:
        """All that a connection answers to some bytes until it is closed."""
        answer = b""
        with self.connection() as connection:
            # it may answer before it has read all of it
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(sent)
            with suppress(ConnectionResetError):
                while part := connection.recv(65536):
                    answer += part
        return answer

    def connection(self) -> socket.socket:
        """A connection to the service."""
        url = urlsplit(self.base_url)
        secure = url.scheme == "https"
        port = url.port or (443 if secure else 80)
        address = (url.hostname or "", port)
        plain = socket.create_connection(address, timeout=PATIENCE_SECONDS)
        if not secure:
            return plain
        context = ssl.create_default_context()
        return context.wrap_socket(plain, server_hostname=url.hostname)


def at_version(path: str, versioning: Versioning) -> tuple[str, dict[str, str]]:
    """A path of the contract and the headers with which it is asked for."""
    version = versioning.version
    match versioning.style:
        case "uri":
            return f"/v{version}{path}", {}
        case "header":
            return path, {versioning.header: version}
        case "media-type":
            return path, {"accept": f"application/json;v={version}"}
        case _:
            return path, {}


def parsed(answer: bytes) -> Answer:
    """The answer that a connection has given, in one piece."""
    top, _, content = answer.partition(b"\r\n\r\n")
    first, *rest = top.decode("latin-1").split("\r\n")
    assert first.startswith("HTTP/1.1 "), answer[:200]
    pairs = (line.partition(": ") for line in rest)
    headers = {name.lower(): value for name, _, value in pairs}
    return Answer(int(first.split()[1]), headers, content)
