"""Runs in a generated project, with its Python: error reports, as Sentry sees them.

One unexpected error is one report, in which nothing secret is; other errors are none. A
Sentry that hangs is not waited for; without a DSN its SDK is not even loaded.
"""

import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

# the scripts beside this one
from black_box import (  # type: ignore[import-not-found]
    HAS_LOGIN,
    PACKAGE,
    PREFIX,
    bearer_of,
    call,
    database,
    free_port,
    request,
    settings,
)
from intake import Intake, intake  # type: ignore[import-not-found]
from observed import (  # type: ignore[import-not-found]
    CALLER,
    HEADERS,
    SECRET,
    TRACE,
    complaints,
    ends,
    first_context_at,
    lines,
    passwords,
    planted,
)

ACCOUNT = {"email": "hunter2@example.com", "password": "Hunter2-is-long"}
AT_ONCE, MANY = 8, 250


def main() -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        environment = settings(url)
        call([sys.executable, "-m", f"{PACKAGE}.migrate", "upgrade"], environment)
        with intake() as sentry:
            reports(environment, sentry, Path(folder, "log"))
        with intake() as sentry:
            is_not_waited_for(environment, sentry, Path(folder, "hanging"))
        with planted(environment, Path(folder, "without")) as (base, _):
            assert fails(base, "") == 500
            assert "sentry_sdk" not in request("GET", f"{base}/modules")[2]
    print("all is well")


def reports(environment: dict[str, str], sentry: Intake, log: Path) -> None:
    """What nobody expected is there when the process has ended, and nothing else."""
    dsn = {PREFIX + "SENTRY_DSN": f"http://key@127.0.0.1:{sentry.port}/7"}
    dsn |= first_context_at(f"http://127.0.0.1:{free_port()}")
    known = HEADERS | {"traceparent": f"00-{TRACE}-{CALLER}-01"}
    expected = [("/failing/{key}", False)]
    with planted(environment | dsn, log) as (base, process):
        for method, path, code in (
            ("GET", f"/no/such/{SECRET}?key={SECRET}", 404),
            ("DELETE", f"/planted/{SECRET}", 405),
            ("GET", "/calling/planted/x", 502),
        ):
            assert request(method, base + path, headers=known)[0] == code, path
        assert fails(base, f"/{SECRET}?key={SECRET}", known) == 500
        if HAS_LOGIN:
            expected += [("/failing-for-me/{key}", True)] * 2
            mine = bearer_of(base, ACCOUNT)
            path = f"{base}/failing-for-me/{SECRET}"
            assert request("POST", path, {"key": SECRET})[0] == 401
            for _ in range(2):
                assert request("POST", path, {"key": SECRET}, mine)[0] == 500
        ends(process)
    events = events_of(sentry)
    assert [event["transaction"] for event in events] == [
        route for route, _ in expected
    ]
    for event, (route, user) in zip(events, expected, strict=True):
        assert event["tags"]["route"] == route and event["environment"] == "production"
        assert ("user" in event) is user, event
        kinds = [error["type"] for error in event["exception"]["values"]]
        assert kinds == ["LookupError", "RuntimeError"], kinds
    assert events[0]["tags"]["request_id"] == "request-7"
    assert events[0]["tags"]["trace_id"] == TRACE
    assert len({json.dumps(event.get("user")) for event in events[1:]}) <= 1
    secrets = [SECRET, *ACCOUNT.values(), *passwords(environment)]
    assert not sentry.holds(*secrets), sentry.holds(*secrets)
    logged = [line for line in lines(log) if line["event"] == "request_failed"]
    assert len([line for line in logged if "exception" in line]) == len(events)


def is_not_waited_for(environment: dict[str, str], sentry: Intake, log: Path) -> None:
    """More errors than are kept are answered while it takes none of them."""
    sentry.answers.clear()
    dsn = {PREFIX + "SENTRY_DSN": f"http://key@127.0.0.1:{sentry.port}/7"}
    with planted(environment | dsn, log) as (base, process):
        with ThreadPoolExecutor(AT_ONCE) as threads:
            codes = set(threads.map(lambda _: fails(base, ""), range(MANY)))
        assert codes == {500}
        assert len(sentry.received) <= 1
        ends(process)
    assert set(complaints(log)) <= {"request", "request_failed"}, complaints(log)


def fails(base: str, path: str, headers: dict[str, str] | None = None) -> int:
    """The status of a request for what fails."""
    target = f"{base}/failing{path or '/x'}"
    return int(request("POST", target, {"password": SECRET}, headers)[0])


def events_of(sentry: Intake) -> list[dict[str, Any]]:
    """The events in the envelopes: a header, then a header and a payload an item."""
    found = []
    for path, _, body in sentry.received:
        assert path == "/api/7/envelope/", path
        _, *rest = body.splitlines()
        for header, payload in zip(rest[::2], rest[1::2], strict=True):
            if json.loads(header)["type"] == "event":
                found.append(json.loads(payload))
    return found


if __name__ == "__main__":
    main()
