"""Runs in a generated project, with its Python: what several processes count together.

Two processes share the budgets in Redis, go on while it is away and count again when it
is back; one key is one execution in both, also after one of them was killed.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from black_box import (  # type: ignore[import-not-found]
    ANSWERS,
    HAS_METRICS,
    OWN,
    PACKAGE,
    PREFIX,
    call,
    code_of,
    database,
    free_port,
    request,
    settings,
    status,
)
from plain_requests import figures, send  # type: ignore[import-not-found]

sys.path.insert(0, "tests")
from redis_fixture import own_redis  # type: ignore[import-not-found]

NOTES = "/planted-notes"
LIMIT, TIMEOUT, MARGIN = 40, 2, 5
WRONG = {"email": "nobody@example.com", "password": "Wrong-enough-1"}


def main() -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        environment = settings(url) | {"NOTES": str(Path(folder, "notes"))}
        call([sys.executable, "-m", f"{PACKAGE}.migrate", "upgrade"], environment)
        shared_budgets(environment, Path(folder))
        if ANSWERS["idempotency"] == "database":
            one_execution(environment, Path(folder))
    print("all is well")


@contextmanager
def process(
    environment: dict[str, str], log: Path, **given: str
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A process of its own, ready, on a port of its own."""
    port = str(free_port())
    given = {PREFIX + name: value for name, value in (given | {"PORT": port}).items()}
    script = Path(__file__).with_name("planted_notes.py")
    base = f"http://127.0.0.1:{port}"
    with log.open("ab") as output:
        started = subprocess.Popen(
            [sys.executable, str(script), PACKAGE],
            env=environment | given,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            deadline = time.monotonic() + 60
            while status(f"{base}{OWN}/health/ready") != 200:
                assert started.poll() is None, log.read_text("utf-8")
                assert time.monotonic() < deadline, log.read_text("utf-8")
                time.sleep(0.05)
            yield base, started
        finally:
            started.kill()
            started.wait()


def shared_budgets(environment: dict[str, str], folder: Path) -> None:
    """Both processes together answer as often as the policy says, to the one."""
    log = folder / "limits.log"
    with ExitStack() as stack:
        redis = stack.enter_context(own_redis())
        limits = {
            "RATE_LIMITS": "true",
            "RATE_LIMIT": f"{LIMIT}/day",
            "REDIS_URL": redis.url,
        }
        bases = [
            stack.enter_context(process(environment, log, **limits))[0]
            for _ in range(2)
        ]
        with ThreadPoolExecutor(16) as pool:
            found = list(pool.map(make_note, (bases * LIMIT)[: 2 * LIMIT]))
        codes = [code for code, _, _ in found]
        assert codes.count(201) == codes.count(429) == LIMIT, codes
        _, headers, body = next(answer for answer in found if answer[0] == 429)
        assert code_of(headers, body) == "too_many_requests", body
        assert int(headers["retry-after"]) > 0 and ";r=0;" in headers["ratelimit"]
        for base in bases:
            assert status(f"{base}{OWN}/health/live") == 200
            if HAS_METRICS:
                refused = [
                    line
                    for line in figures(base)
                    if line.startswith("http_requests_total")
                    and NOTES in line
                    and 'status="429"' in line
                ]
                assert refused and float(refused[0].split()[-1]) > 0, refused
        redis.process.kill()
        redis.process.wait()
        with ThreadPoolExecutor(16) as pool:
            found = list(pool.map(make_note, bases * 20))
        assert {code for code, _, _ in found} == {201}
        stack.enter_context(own_redis(redis.port))
        deadline = time.monotonic() + 60
        while "ratelimit" not in make_note(bases[0])[1]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        text = log.read_text("utf-8")
        assert 1 <= text.count('"redis_away"') <= 2, text.count('"redis_away"')
        assert text.count('"redis_back"') >= 1


def make_note(
    base: str, key: str | None = None, text: str = "a"
) -> tuple[int, dict[str, str], Any]:
    headers = {} if key is None else {"idempotency-key": key}
    answer: tuple[int, dict[str, str], Any] = request(
        "POST", base + NOTES, {"text": text}, headers
    )
    return answer


def one_execution(environment: dict[str, str], folder: Path) -> None:
    """Fifty of one key at once are one; who is killed leaves its key after a time."""
    notes, log = Path(environment["NOTES"]), folder / "keys.log"
    notes.write_text("")
    with ExitStack() as stack:
        given = {"RATE_LIMITS": "false", "REQUEST_TIMEOUT_SECONDS": str(TIMEOUT)}
        started = [
            stack.enter_context(process(environment, log, **given)) for _ in range(2)
        ]
        (one, killed), (other, _) = started
        with ThreadPoolExecutor(50) as pool:
            sent = [
                pool.submit(make_note, base, "fifty", "b") for base in (one, other) * 25
            ]
            found = [future.result() for future in sent]
        assert {code for code, _, _ in found} == {201}, found
        assert len({str(body) for _, _, body in found}) == 1, found
        assert notes.read_text() == "b\n"
        replayed = ["idempotency-replayed" in headers for _, headers, _ in found]
        assert replayed.count(False) == 1

        with ThreadPoolExecutor(1) as pool:
            lost = pool.submit(make_note, one, "killed", "forever")
            while "forever" not in notes.read_text():
                time.sleep(0.01)
            killed.kill()
            assert lost.exception() is not None
        code, headers, body = make_note(other, "killed", "another")
        assert (code, code_of(headers, body)) == (422, "idempotency_key_reused")
        begun = time.monotonic()
        # another process finds it free by itself, and is late in its turn
        while make_note(other, "killed", "forever")[0] == 409:
            assert time.monotonic() - begun < 4 * (TIMEOUT + MARGIN)
            time.sleep(0.1)
        assert notes.read_text() == "b\nforever\nforever\n"
        assert send("POST", other + NOTES, b"{}", {"idempotency-key": "a b"})[0] == 400


if __name__ == "__main__":
    os.environ.pop("TEST_REDIS_URL", None)
    main()
