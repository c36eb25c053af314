"""Runs in a generated project with the environment of all: serves once, and ends.

Migrates an empty database, boots the process as in production, looks at what it says
and at its endpoints, and stops it under load.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

sys.path[:0] = [str(Path(__file__).parents[1] / "run"), "tests"]

from black_box import (  # type: ignore[import-not-found] # noqa: E402
    HAS_LOGIN,
    HAS_METRICS,
    IS_POSTGRES,
    OWN,
    PACKAGE,
    SECRET,
    bearer_of,
    call,
    code_of,
    request,
    service,
    settings,
    status,
)
from black_box import database as empty_database  # noqa: E402


@contextmanager
def database() -> Iterator[str]:
    """An empty database of the engine that was chosen."""
    if not IS_POSTGRES:
        with empty_database() as url:
            yield url
        return
    from database_fixture import execute  # type: ignore[import-not-found]
    from sqlalchemy import make_url  # type: ignore[import-not-found]

    server = make_url(os.environ["TEST_DATABASE_URL"])
    name = f"once_{uuid4().hex}"
    asyncio.run(execute(server, f"CREATE DATABASE {name}"))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        asyncio.run(execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


def main() -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        # this script needs what tests need, the service does not
        os.environ["ROW_LOCK"] = os.path.abspath("requirements.lock")
        environment = settings(url)
        migrate = [sys.executable, "-m", f"{PACKAGE}.migrate", "upgrade"]
        call(migrate, environment)
        log = Path(folder, "log")
        with service(environment, log) as (base, process):
            speaks(base)
            stops_in_order(base, process)
        is_structured(log.read_text("utf-8"))
    print("all is well")


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
        token = bearer_of(base, account)
        code, _, body = request("GET", f"{base}{OWN}/auth/me", headers=token)
        assert code == 200 and body["email"] == account["email"], body
        wrong = {"authorization": f"{token['authorization']}a"}
        assert request("GET", f"{base}{OWN}/auth/me", headers=wrong)[0] == 401
    else:
        assert status(f"{base}{OWN}/auth/login") == 404
    assert status(f"{base}{OWN}/metrics") == (200 if HAS_METRICS else 404)


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


if __name__ == "__main__":
    main()
