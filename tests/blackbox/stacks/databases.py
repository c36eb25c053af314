"""Databases that can be taken away and frozen."""

import sqlite3
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from .proxy import Proxy


class RemoteDatabase:
    """A PostgreSQL server behind a proxy, which is closed at first."""

    is_remote = True

    def __init__(self, server_url: str) -> None:
        parts = urlsplit(server_url)
        assert parts.hostname and parts.port, server_url
        self._proxy = Proxy((parts.hostname, parts.port))
        account = parts.netloc.rpartition("@")[0]
        place = f"{account}@127.0.0.1:{self._proxy.port}"
        self.url = urlunsplit(parts._replace(netloc=place))

    def take_away(self) -> None:
        """End all connections, and refuse new ones."""
        self._proxy.cut()

    def bring_back(self) -> None:
        """Accept connections."""
        self._proxy.open()

    def freeze(self) -> None:
        """Accept connections and what they send, and hand nothing on."""
        self._proxy.freeze()

    def thaw(self) -> None:
        """Hand on again, first what has come meanwhile."""
        self._proxy.thaw()


class FileDatabase:
    """An SQLite file."""

    is_remote = False

    def __init__(self, file: Path) -> None:
        self.url = f"sqlite+aiosqlite:///{file}"
        self._file = file
        self._away = file.with_name("away")
        self._lock: sqlite3.Connection | None = None

    def take_away(self) -> None:
        """No file, and none that could be made."""
        self._file.rename(self._away)
        self._file.mkdir()

    def bring_back(self) -> None:
        """The file is where it was."""
        self._file.rmdir()
        self._away.rename(self._file)

    def freeze(self) -> None:
        """Hold the lock that writers need."""
        self._lock = sqlite3.connect(
            self._file, isolation_level=None, timeout=30, check_same_thread=False
        )
        self._lock.execute("BEGIN IMMEDIATE")

    def thaw(self) -> None:
        """Give the lock back."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.execute("ROLLBACK")
            lock.close()
