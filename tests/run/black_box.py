"""Runs in a generated project, with its Python: the real process from outside.

Boots the service on a database of its own, calls it over HTTP, looks at what it says
about itself, stops it under load, and starts it with wrong settings.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PACKAGE = sys.argv[1]
PREFIX = PACKAGE.upper() + "_"
SECRET = "0123456789abcdef" * 4
HAS_LOGIN = Path("src", PACKAGE, "platform", "auth").is_dir()
HAS_METRICS = Path("src", PACKAGE, "platform", "metrics.py").is_file()
IS_POSTGRES = "asyncpg" in Path("pyproject.toml").read_text("utf-8")
ANSWERS = dict(
    line.split(": ", 1)
    for line in Path(".copier-answers.yml").read_text("utf-8").splitlines()
    if re.match(r"\w+: ", line)
)
ERROR_FORMAT = ANSWERS["error_format"]
OWN = ANSWERS["platform_path"].strip("'")  # below it: health, login, documentation


def main() -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        environment = settings(url)
        call([sys.executable, "-m", f"{PACKAGE}.migrate", "upgrade"], environment)
        log = Path(folder, "log")
        with service(environment, log) as (base, process):
            speaks(base)
            stops_in_order(base, process)
        is_structured(log.read_text("utf-8"))
        refuses_bad_settings(environment)
    print("all is well")


@contextmanager
def database() -> Iterator[str]:
    if IS_POSTGRES:
        sys.path.insert(0, "tests")
        from database_fixture import own_server  # type: ignore[import-not-found]

        with own_server() as url:
            yield url.render_as_string(hide_password=False)
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite+aiosqlite:///{folder}/data.sqlite3"


def settings(url: str) -> dict[str, str]:
    given = {
        "ENVIRONMENT": "production",
        "DATABASE_URL": url,
        "PORT": str(free_port()),
        "JWT_SECRET": SECRET,
    }
    clean = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    return clean | {PREFIX + name: value for name, value in given.items()}


@contextmanager
def service(
    environment: dict[str, str], log: Path, *, awaited: str = "ready"
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The process, once it is `ready` or `live`; its log is added to the file."""
    base = f"http://127.0.0.1:{environment[PREFIX + 'PORT']}"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", PACKAGE],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            deadline = time.monotonic() + 60
            while status(f"{base}{OWN}/health/{awaited}") != 200:
                assert process.poll() is None, log.read_text("utf-8")
                assert time.monotonic() < deadline, log.read_text("utf-8")
                time.sleep(0.05)
            yield base, process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def speaks(base: str) -> None:
    code, headers, body = request("GET", f"{base}/no/such/path")
    assert code == 404 and code_of(headers, body) == "not_found", body
    assert headers["x-request-id"]
    assert headers["x-content-type-options"] == "nosniff"
    code, _, body = request("GET", f"{base}{OWN}/openapi.json")
    assert code == 200 and body["paths"]
    assert status(f"{base}{OWN}/health/live") == 200
    if HAS_LOGIN:
        account = {"email": "someone@example.com", "password": "Long-enough-1"}
        code, _, body = request("POST", f"{base}{OWN}/auth/register", account)
        assert code == 201, body
        code, _, body = request("POST", f"{base}{OWN}/auth/login", account)
        assert code == 200, body
        token = {"authorization": f"Bearer {body['accessToken']}"}
        code, _, body = request("GET", f"{base}{OWN}/auth/me", headers=token)
        assert code == 200 and body["email"] == account["email"], body
        wrong = account | {"password": "Wrong-enough-1"}
        assert request("POST", f"{base}{OWN}/auth/login", wrong)[0] == 401
    else:
        assert status(f"{base}{OWN}/auth/login") == 404
    assert status(f"{base}{OWN}/metrics") == (200 if HAS_METRICS else 404)


def code_of(headers: dict[str, str], body: Any) -> str:
    """The machine code of an error, which is where the project's format has it."""
    media, code, request_id = "application/json", "", headers["x-request-id"]
    if ERROR_FORMAT == "problem":
        media = "application/problem+json"
        code, request_id = body["code"], body["requestId"]
    elif ERROR_FORMAT == "envelope":
        code, request_id = body["error"]["code"], body["error"]["request_id"]
    elif ERROR_FORMAT == "flat":
        code = body["error"]
    else:
        media, code = headers["content-type"], headers["x-error-code"]
    assert headers["content-type"] == media, headers
    assert headers["x-request-id"] == request_id, body
    return str(code)


def stops_in_order(base: str, process: "subprocess.Popen[bytes]") -> None:
    """SIGTERM under load: every accepted request is answered, then it ends."""
    answers: list[int] = []
    stopping = threading.Event()

    def load() -> None:
        for _ in range(2000):
            try:
                answers.append(status(f"{base}{OWN}/health/live", refused=False))
            except ConnectionError:
                if stopping.is_set():
                    return
                raise

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(answers) < 40:
        time.sleep(0.01)
    stopping.set()
    process.send_signal(signal.SIGTERM)
    # uvicorn ends by the signal that it was asked to end with
    assert process.wait(timeout=30) in (0, -signal.SIGTERM)
    for thread in threads:
        thread.join(timeout=30)
    assert set(answers) == {200}, set(answers)


def is_structured(log: str) -> None:
    lines = [json.loads(line) for line in log.splitlines()]
    requests = [line for line in lines if line.get("route") == f"{OWN}/health/live"]
    assert requests and all(line["status"] == 200 for line in requests)
    assert SECRET not in log and "Long-enough-1" not in log


def refuses_bad_settings(environment: dict[str, str]) -> None:
    wrong = environment | {
        PREFIX + "PORT": "eighty",
        PREFIX + "DATABASE_POOL_SIZE": "-1",
    }
    done = subprocess.run(
        [sys.executable, "-m", PACKAGE],
        env=wrong,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 78, (done.returncode, said)
    assert f"{PREFIX}PORT" in said and f"{PREFIX}DATABASE_POOL_SIZE" in said, said
    assert SECRET not in said and "Traceback" not in said, said
    if HAS_LOGIN:
        bare = {k: v for k, v in environment.items() if k != PREFIX + "JWT_SECRET"}
        with tempfile.TemporaryDirectory() as empty:
            done = subprocess.run(
                [sys.executable, "-m", PACKAGE],
                env=bare,
                cwd=empty,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        assert done.returncode == 78 and f"{PREFIX}JWT_SECRET" in done.stderr


def request(
    method: str,
    url: str,
    body: object = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, str], dict[str, object]]:
    data = None if body is None else json.dumps(body).encode()
    sent = {"content-type": "application/json"} if data else {}
    wanted = urllib.request.Request(url, data, sent | (headers or {}), method=method)
    try:
        with urllib.request.urlopen(wanted, timeout=30) as answer:
            return answer.status, lower(answer.headers), json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, lower(error.headers), json.loads(error.read())


def lower(headers: object) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}  # type: ignore[attr-defined]


def status(url: str, *, refused: bool = True) -> int:
    """The status of a GET; 0 where nobody listens, unless that is to be raised."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError as error:
        if refused:
            return 0
        raise ConnectionError(str(error)) from error


def call(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
