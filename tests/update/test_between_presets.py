"""From any preset to any other: files, tables and rows are as they have to be."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from groundplan.answers import presets

from ..run.conftest import run
from ..unit.updates import Edits, Store, Workplace, answers, compared
from ..unit.updates import run as update
from .conftest import environment

pytestmark = [
    pytest.mark.slow,
    pytest.mark.minutes(3),
    pytest.mark.xdist_group("schemas"),
]

SCRIPT = Path(__file__).with_name("database_state.py")
PRESETS = presets()
PAIRS = [(a, b) for a in PRESETS for b in PRESETS if a != b]
NewDatabase = Callable[..., str]


@dataclass(frozen=True)
class Database:
    """What a project's database holds after an upgrade, when models and it agree.

    `rows` are the number and a hash of them.
    """

    folder: Path
    url: str
    tables: dict[str, Any]
    rows: dict[str, tuple[int, str]]


def upgraded(python: Path, folder: Path, url: str, *action: str) -> Database:
    """Bring rows over or make some, upgrade, and look."""
    given = environment("shop", url, PYTHONPATH=str(folder / "src"))
    printed = run([str(python), str(SCRIPT), "shop", *action], folder, given)
    found = json.loads(printed.splitlines()[-1])
    rows = {name: (count, digest) for name, (count, digest) in found["rows"].items()}
    return Database(folder, url, found["tables"], rows)


def origin(folder: Path) -> dict[str, object]:
    """Where a project says that it came from."""
    return {"_src_path": answers(folder)["_src_path"]}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def fresh(
    tmp_path_factory: pytest.TempPathFactory,
    store: Store,
    python: Path,
    new_database: NewDatabase,
) -> Callable[[str], Database]:
    """The database of a preset's sample, with rows in the tables of its contexts."""
    known: dict[str, Database] = {}

    def made(preset: str) -> Database:
        if preset not in known:
            with pytest.MonkeyPatch.context() as patch:
                place = Workplace(tmp_path_factory.mktemp("fresh"), store, patch)
                folder = place.project(preset=preset, sample=True)
            url = new_database(PRESETS[preset].answers["database"])
            known[preset] = upgraded(python, folder, url, "fill", "20")
        return known[preset]

    return made


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=map("-".join, PAIRS))
def test_it_comes_to_what_a_fresh_project_is(
    before: str,
    after: str,
    fresh: Callable[[str], Database],
    store: Store,
    python: Path,
    new_database: NewDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, wanted = fresh(before), fresh(after)
    filled = [name for name, (count, _) in old.rows.items() if count == 20]
    assert len(filled) > 5
    place = Workplace(tmp_path, store, monkeypatch)
    project = place.project(preset=before, sample=True)
    edits = Edits()
    edits.make(project)
    report = update(project, preset=after)
    assert not report.conflicts
    assert compared(project) == edits.are_in(wanted.folder)
    assert answers(project) | origin(wanted.folder) == answers(wanted.folder)
    engine = PRESETS[after].answers["database"]
    moves = engine != PRESETS[before].answers["database"]
    url = new_database(engine, like="" if moves else old.url)
    now = upgraded(python, project, url, *(["move", old.url] if moves else ["look"]))
    assert now.tables.items() >= wanted.tables.items()
    # what nobody has a model of any more stays in its database, and is told
    left = now.tables.keys() - wanted.tables.keys()
    assert left <= old.tables.keys() and not (moves and left)
    for name in [n for n in left if n.startswith("alembic_version_")]:
        place_of = f"migrations/{name.removeprefix('alembic_version_')} "
        assert any(step.startswith(place_of) for step in report.steps)
    assert {name: now.rows[name] for name in filled} == {
        name: old.rows[name] for name in filled
    }
    assert all(now.rows[name][0] == 0 for name in now.rows.keys() - old.rows.keys())
