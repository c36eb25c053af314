"""Runs in a generated project, with its Python: login, from outside.

Refresh tokens and their reuse, keys that change while people are logged in, and a flood
of logins beside other requests.
"""

import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from black_box import (  # type: ignore[import-not-found]
    PACKAGE,
    PREFIX,
    SECRET,
    call,
    code_of,
    database,
    request,
    service,
    settings,
    status,
)

ACCOUNT = {"email": "someone@example.com", "password": "Long-enough-1"}
NEW_SECRET = SECRET[::-1]
FLOOD = 80


def main() -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        environment = settings(url)
        call([sys.executable, "-m", f"{PACKAGE}.migrate", "upgrade"], environment)
        log = Path(folder, "log")
        with service(environment, log) as (base, _):
            code, _, body = request("POST", f"{base}/auth/register", ACCOUNT)
            assert code == 201, body
            reuse_ends_the_login(base)
            outlasting = log_in(base)
            flood_passes_by(base)
        said = log.read_text("utf-8")
        assert "refresh_token_reused" in said
        keys_change(environment, outlasting, log)
        tokens = [outlasting["accessToken"], outlasting["refreshToken"]]
        secrets = [*ACCOUNT.values(), *tokens, SECRET, NEW_SECRET]
        for text in (said, log.read_text("utf-8")):
            assert not [secret for secret in secrets if secret in text]
    print("all is well")


def log_in(base: str) -> dict[str, Any]:
    code, _, body = request("POST", f"{base}/auth/login", ACCOUNT)
    assert code == 200, body
    return dict(body)


def refresh(base: str, token: str) -> tuple[int, dict[str, str], dict[str, Any]]:
    body = {"refreshToken": token}
    code, headers, answer = request("POST", f"{base}/auth/refresh", body)
    return code, headers, answer


def me(base: str, pair: dict[str, Any]) -> int:
    token = {"authorization": f"Bearer {pair['accessToken']}"}
    return int(request("GET", f"{base}/auth/me", headers=token)[0])


def reuse_ends_the_login(base: str) -> None:
    first = log_in(base)
    code, _, second = refresh(base, first["refreshToken"])
    assert code == 200 and me(base, second) == 200, second
    for token in (first["refreshToken"], second["refreshToken"], "nonsense"):
        code, headers, body = refresh(base, token)
        assert code == 401 and code_of(headers, body) == "unauthorized", body
        assert headers["www-authenticate"]


def flood_passes_by(base: str) -> None:
    """Every login is let in or told when to come again; others are served meanwhile."""
    answers: list[tuple[int, dict[str, str], float]] = []
    over = threading.Event()
    served: list[tuple[int, float]] = []

    def one() -> None:
        begun = time.monotonic()
        code, headers, _ = request("POST", f"{base}/auth/login", ACCOUNT)
        answers.append((code, headers, time.monotonic() - begun))

    def others() -> None:
        while not over.is_set():
            begun = time.monotonic()
            code = status(f"{base}/health/ready")
            served.append((code, time.monotonic() - begun))

    threads = [threading.Thread(target=one) for _ in range(FLOOD)]
    beside = threading.Thread(target=others)
    beside.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    beside.join()
    codes = Counter(code for code, _, _ in answers)
    assert len(answers) == FLOOD and set(codes) == {200, 429}, codes
    refused = [answer for answer in answers if answer[0] == 429]
    assert all(int(headers["retry-after"]) > 0 for _, headers, _ in refused)
    assert served and {code for code, _ in served} == {200}
    last = max(seconds for code, _, seconds in answers if code == 200)
    half = sorted(seconds for _, _, seconds in refused)[len(refused) // 2]
    slowest = max(seconds for _, seconds in served)
    print(
        f"flood of {FLOOD} logins: {codes[200]} let in, the last after {last:.2f} s; "
        f"{codes[429]} refused, half of them within {half:.2f} s; "
        f"{len(served)} other requests meanwhile, the slowest {slowest:.2f} s"
    )


def keys_change(environment: dict[str, str], pair: dict[str, Any], log: Path) -> None:
    """The key is exchanged; then the old one is dropped, as after a leak."""
    secret, accepted = PREFIX + "JWT_SECRET", PREFIX + "JWT_ACCEPTED_SECRETS"
    both = environment | {secret: NEW_SECRET, accepted: SECRET}
    with service(both, log) as (base, _):
        assert me(base, pair) == 200
        assert me(base, log_in(base)) == 200
    with service(environment | {secret: NEW_SECRET}, log) as (base, _):
        assert me(base, pair) == 401
        code, _, renewed = refresh(base, pair["refreshToken"])
        assert code == 200 and me(base, renewed) == 200, renewed


if __name__ == "__main__":
    main()
