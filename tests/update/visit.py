"""Runs in a project of books and shelves, with its Python: boots it and calls it.

What its input says was stored before has to be there; something is added, and what is
there then is printed, as JSON.
"""

import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

RUN = Path(__file__).parents[1] / "run"
sys.path[:0] = [str(RUN), "tests"]

from black_box import (  # type: ignore[import-not-found] # noqa: E402
    HAS_LOGIN,
    HAS_METRICS,
    OWN,
    PACKAGE,
    PREFIX,
    request,
    service,
    settings,
    status,
)

PASSWORD = "Long-enough-1"
# with an issuer, accounts of the service itself have no password
HAS_PASSWORDS = "\nauth: jwt\n" in Path(".copier-answers.yml").read_text("utf-8")
BOOK = {"state": "there", "price": "9.50", "printed": "1931-10-08"}


def main() -> None:
    known = json.load(sys.stdin)
    environment = settings(os.environ[PREFIX + "DATABASE_URL"])
    os.environ |= environment
    migrate = import_module(f"{PACKAGE}.migrate")
    loaded = import_module(f"{PACKAGE}.settings").load_settings()
    migrate.upgrade(loaded)
    migrate.check(loaded)
    known["notes"] = notes(migrate, known["notes"])
    with (
        tempfile.TemporaryDirectory() as folder,
        service(environment, Path(folder, "log")) as (base, _),
    ):
        is_all_there(base, known)
        add(base, known)
        is_all_there(base, known)
    print(json.dumps(known))


def notes(migrate: Any, known: object) -> object:
    """The rows of the team's own table: their number and hash; some at the first."""
    rows = import_module("fill_and_dump")
    (table,) = (t for t in rows.tables(["books"]) if t.name == "own_notes")
    if known is None:
        made = [
            {"id": n, "above_id": n - 1 or None, "text": f"See {n}."}
            for n in range(1, 8)
        ]
        rows.moved_rows.fill(rows.settings.database_url, table, made)
    found = list(rows.told(table))
    assert known in (None, found), found
    assert found[0] == 7
    return found


def is_all_there(base: str, known: dict[str, Any]) -> None:
    for name in ("books", "shelves"):
        for item in known[name]:
            code, _, body = request("GET", f"{base}/{name}/{item['id']}")
            assert (code, body) == (200, item), body
    if known["books"]:
        _, _, listed = request("GET", f"{base}/books?limit=50")
        assert {book["id"] for book in known["books"]} == {
            book["id"] for book in listed["items"]
        }
        code, _, body = request("GET", f"{base}/title-of-the-day")
        assert code == 200 and body["desks"] == 4 and body["title"], body
    if HAS_PASSWORDS:
        for account in known["accounts"]:
            code, _, body = request("POST", f"{base}{OWN}/auth/login", account)
            assert code == 200, (account, body)
    if not HAS_LOGIN:
        assert status(f"{base}{OWN}/auth/login") == 404
    assert status(f"{base}{OWN}/metrics") == (200 if HAS_METRICS else 404)


def add(base: str, known: dict[str, Any]) -> None:
    number = len(known["books"])
    book = BOOK | {"title": f"  The   Waves {number} "}
    code, _, made = request("POST", f"{base}/books", book)
    assert code == 201 and made["title"] == f"The Waves {number}", made
    known["books"].append(made)
    code, _, made = request("POST", f"{base}/shelves", {"room": f"north {number}"})
    assert code == 201, made
    known["shelves"].append(made)
    if HAS_PASSWORDS:
        account = {"email": f"reader{number}@example.com", "password": PASSWORD}
        code, _, body = request("POST", f"{base}{OWN}/auth/register", account)
        assert code == 201, body
        known["accounts"].append(account)


main()
