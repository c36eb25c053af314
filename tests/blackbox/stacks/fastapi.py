"""Services of the fastapi stack, from a generated project that is installed."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

from groundplan.workspace import open_project

from ..client import Client
from ..profile import Profile
from ..service import Database, LogLine, Refusal, Settings
from .databases import FileDatabase, RemoteDatabase
from .fastapi_profile import profile_of

SECRET = "0123456789abcdef" * 4
START_SECONDS = 60


class FastapiProcess:
    """One process of the project; its log goes to a file."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: str, log: Path):
        self.base_url = f"http://127.0.0.1:{port}"
        self._process = process
        self._log = log

    def terminate(self) -> None:
        """Ask it to end: SIGTERM."""
        self._process.send_signal(signal.SIGTERM)

    def is_running(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def ended_in_order(self, *, within_seconds: float) -> bool:
        """Wait for its end: uvicorn ends by the signal that it was asked with."""
        try:
            status = self._process.wait(timeout=within_seconds)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError("The process does not end") from error
        return status in (0, -signal.SIGTERM)

    def log_text(self) -> str:
        """All that it has written so far."""
        return self._log.read_text("utf-8")

    def log_lines(self) -> list[LogLine]:
        """The same as objects."""
        lines = [json.loads(line) for line in self.log_text().splitlines()]
        assert all(isinstance(line, dict) for line in lines), lines
        return lines


class FastapiStack:
    """Starts a project with its own Python, as it is started in production."""

    secret = SECRET

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = open_project(folder)
        self.package = self.project.package
        self.prefix = f"{self.package.upper()}_"
        self.python = str(folder / ".venv" / "bin" / "python")
        requirements = (folder / "pyproject.toml").read_text("utf-8")
        self.is_remote = "asyncpg" in requirements
        self._running = ExitStack()

    @cached_property
    def profile(self) -> Profile:
        """What the contract and the answers say of it."""
        return profile_of(self.project, SECRET, self._issuer)

    def close(self) -> None:
        """End the server, and remove the files."""
        self._running.close()

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A copy of a file, or a proxy of its own to the one server."""
        if self.is_remote:
            remote = RemoteDatabase(self._server)
            remote.bring_back()
            yield remote
            remote.thaw()
            remote.take_away()
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "data.sqlite3")
            shutil.copyfile(self._file, path)
            file = FileDatabase(path)
            yield file
            file.thaw()

    @contextmanager
    def service(
        self, database: Database, settings: Settings, *, awaited: str = "ready"
    ) -> Iterator[FastapiProcess]:
        """The process, once it is `ready` or `live`."""
        environment = self._environment(database.url, settings)
        port = environment[f"{self.prefix}PORT"]
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder, "log")
            with log.open("wb") as output:
                process = subprocess.Popen(
                    [self.python, "-m", self.package],
                    cwd=self.folder,
                    env=environment,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            service = FastapiProcess(process, port, log)
            try:
                self._wait_for(service, awaited)
                yield service
            finally:
                if process.poll() is None:
                    process.kill()
                process.wait()

    def refusal(
        self, database: Database, settings: Settings, *, without: tuple[str, ...] = ()
    ) -> Refusal:
        """Start it where no file holds settings; give what it says at its end."""
        environment = self._environment(database.url, settings)
        for name in without:
            del environment[self.prefix + name]
        with tempfile.TemporaryDirectory() as empty:
            done = subprocess.run(
                [self.python, "-m", self.package],
                env=environment,
                cwd=empty,
                capture_output=True,
                text=True,
                timeout=START_SECONDS,
                check=False,
            )
        return Refusal(done.returncode, done.stdout + done.stderr)

    @cached_property
    def _file(self) -> Path:
        """A file with all tables and no rows."""
        folder = self._running.enter_context(tempfile.TemporaryDirectory())
        file = Path(folder, "data.sqlite3")
        self._migrate(FileDatabase(file).url)
        return file

    @cached_property
    def _server(self) -> str:
        """The URL of a database with all tables, on a server of its own."""
        script = Path(__file__).parents[2] / "run" / "serve_postgres.py"
        server = subprocess.Popen(
            [self.python, script],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._running.callback(server.communicate, "", timeout=START_SECONDS)
        assert server.stdout
        url = server.stdout.readline().strip()
        self._migrate(url)
        return url

    @cached_property
    def _issuer(self) -> str:
        """The URL of an issuer of its own, where the project wants one."""
        if self.project.auth != "oidc":
            return ""
        script = self.folder / "tests" / "oidc_issuer_server.py"
        issuer = subprocess.Popen(
            [self.python, script, "0"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._running.callback(issuer.communicate, "", timeout=START_SECONDS)
        assert issuer.stdout
        return issuer.stdout.readline().strip()

    def _environment(self, url: str, settings: Settings) -> dict[str, str]:
        given = {
            "ENVIRONMENT": "production",
            "DATABASE_URL": url,
            "PORT": str(free_port()),
            "JWT_SECRET": SECRET,
            # of no account: nothing is charged
            "STRIPE_SECRET_KEY": "sk_live_of_nobody",
            "STRIPE_WEBHOOK_SECRETS": "whsec_of_nobody",
            "STORAGE_SECRET": SECRET,
            "S3_BUCKET": "bucket-of-nobody",
            "SMTP_HOST": "127.0.0.1",
            "PASSWORD_RESET_URL": "https://page.of.nobody.example/reset",
            "RATE_LIMITS": "false",
            "OIDC_ISSUER": self._issuer,
            **settings,
        }
        clean = {k: v for k, v in os.environ.items() if not k.startswith(self.prefix)}
        return clean | {self.prefix + name: value for name, value in given.items()}

    def _migrate(self, url: str) -> None:
        done = subprocess.run(
            [self.python, "-m", f"{self.package}.migrate", "upgrade"],
            cwd=self.folder,
            env=self._environment(url, {}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _wait_for(self, service: FastapiProcess, awaited: str) -> None:
        client = Client(service.base_url)
        path = f"{self.project.platform_path}/health/{awaited}"
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                if client.get(path).status == 200:
                    break
            except ConnectionError:
                pass
            assert service.is_running(), service.log_text()
            assert time.monotonic() < deadline, service.log_text()
            time.sleep(0.05)
        client.close()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
