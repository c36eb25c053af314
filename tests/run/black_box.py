"""For scripts that run in a generated project, with its Python: the real process.

Boots the service on a database of its own and calls it over HTTP. What every service
does is defined in tests/blackbox; the scripts are about single options.
"""

import atexit
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = sys.argv[1]
PREFIX = PACKAGE.upper() + "_"
SECRET = "0123456789abcdef" * 4
HAS_LOGIN = Path("src", PACKAGE, "platform", "auth").is_dir()
HAS_ISSUER = Path("src", PACKAGE, "platform", "oidc").is_dir()
HAS_METRICS = Path("src", PACKAGE, "platform", "metrics.py").is_file()
IS_POSTGRES = "asyncpg" in Path("pyproject.toml").read_text("utf-8")
ANSWERS = dict(
    line.split(": ", 1)
    for line in Path(".copier-answers.yml").read_text("utf-8").splitlines()
    if re.match(r"\w+: ", line)
)
ERROR_FORMAT = ANSWERS["error_format"]
OWN = ANSWERS["platform_path"].strip("'")  # below it: health, login, documentation


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
        # of no account: nothing is charged
        "STRIPE_SECRET_KEY": "sk_live_of_nobody",
        "STRIPE_WEBHOOK_SECRETS": "whsec_of_nobody",
        "STORAGE_SECRET": SECRET,
        "S3_BUCKET": "bucket-of-nobody",
        "SMTP_HOST": "127.0.0.1",
        "PASSWORD_RESET_URL": "https://page.of.nobody.example/reset",
        "RATE_LIMITS": "false",
        **({"OIDC_ISSUER": issuer()} if HAS_ISSUER else {}),
    }
    clean = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    return clean | {PREFIX + name: value for name, value in given.items()}


@cache
def issuer() -> str:
    """The URL of an issuer, which ends with this script."""
    command = [sys.executable, "tests/oidc_issuer_server.py", "0"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen(command, text=True, **pipes)  # type: ignore[call-overload]
    atexit.register(process.communicate, "")
    return str(process.stdout.readline().strip())


def bearer_of(base: str, account: dict[str, str]) -> dict[str, str]:
    """The header with a token of an account, which is made where there is none."""
    if HAS_ISSUER:
        form = {"grant_type": "password", "client_id": "suite"}
        form |= {"username": account["email"], "password": account["password"]}
        sent = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(f"{issuer()}/token", sent, timeout=10) as answer:
            token = json.loads(answer.read())["access_token"]
        return {"authorization": f"Bearer {token}"}
    request("POST", f"{base}{OWN}/auth/register", account)
    code, _, body = request("POST", f"{base}{OWN}/auth/login", account)
    assert code == 200, body
    return {"authorization": f"Bearer {body['accessToken']}"}


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
