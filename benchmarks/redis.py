"""A Redis server of our own, from the Valkey wheel of a generated project."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from .processes import Command, free_port, stop


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """The URL of an empty server, gone with its data afterwards."""
    port = free_port()
    binary = next((folder / ".venv").rglob("valkey-server"))
    command: Command = [binary, "--bind", "127.0.0.1", "--port", str(port)]
    options = ["--save", "", "--appendonly", "no"]
    server = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        stop(server)


def send(url: str, command: bytes) -> None:
    """Have Redis carry out a command that is answered by OK."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), 10) as connection:
        connection.sendall(command)
        if connection.recv(100) != b"+OK\r\n":
            raise RuntimeError("Redis did not do it")
