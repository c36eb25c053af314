"""From an earlier version to this tree: as fresh, with every edit, and it runs.

The version is the last release where there is one in the history; without a release,
a commit from before a question was added. Where neither is there, as in shallow
clones, it is made of this tree, which is always tried as well.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from ..checkout import REPOSITORY, Checkout
from ..earlier import from_history, last_version, made_earlier
from ..pairs.conftest import MODULES
from ..repositories import git
from ..run.conftest import run
from ..unit.updates import edit
from .conftest import environment

pytestmark = [
    pytest.mark.slow,
    pytest.mark.minutes(2.5),
    pytest.mark.xdist_group("versions"),
]

LIBRARY = REPOSITORY / "tests" / "contracts" / "library.yaml"
PAIRS = REPOSITORY / "tests" / "pairs"
OVERLAY = "contracts/overlay.yaml"
STATE = Path(__file__).with_name("database_state.py")
VERSION = last_version()
VERSIONS = ["made", *([VERSION] if VERSION else [])]
CASES = {
    "sample": ("--preset", "rest-monolith", "--set", "package=shop"),
    "own": (
        *("--preset", "starter", "--contract", str(LIBRARY)),
        *("--set", "package=library", "--set", "project_name=Library"),
    ),
}
EDITS = {
    "README.md": ("## Work on it", "## Work on it\n\nAsk Ada first."),
    "pyproject.toml": ('    "alembic",', '    "alembic",\n    "idna",'),
    "src/{}/platform/errors.py": ("class AppError", "# ours\nclass AppError"),
}


def groundplan(checkout: Checkout, cwd: Path, *arguments: str) -> str:
    """Run the command of what is checked out; fails with its output."""
    given = os.environ | {"PYTHONPATH": str(checkout.folder / "generator")}
    return run([sys.executable, "-m", "groundplan", *arguments], cwd, given)


def files(folder: Path) -> dict[str, bytes]:
    """What has to be as in a fresh project: all but revisions and locks."""
    listed = git(folder, "ls-files").splitlines()
    left_out = r"migrations/\w+/(versions/|tables)|requirements.*\.lock"
    found = {p: (folder / p).read_bytes() for p in listed if not re.match(left_out, p)}
    # the team has had it since then: what it does is the same, its words are older
    found[OVERLAY] = re.sub(rb"(?m)^  description: .*\n", b"", found[OVERLAY])
    return found


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda version: version[:12])
def earlier(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Checkout:
    """A repository with an earlier version that is checked out, and `main`."""
    folder = tmp_path_factory.mktemp("earlier") / "groundplan"
    version = request.param
    return made_earlier(folder) if version == "made" else from_history(folder, version)


@pytest.fixture
def projects(earlier: Checkout, tmp_path: Path) -> Iterator[dict[str, Path]]:
    """Projects of the earlier version; what is checked out afterwards is `main`."""
    version = git(earlier.folder, "rev-parse", "HEAD")
    try:
        for name, options in CASES.items():
            new = ("new", str(tmp_path / name), "--no-input", *options)
            groundplan(earlier, tmp_path, *new)
        git(earlier.folder, "checkout", "--quiet", "main")
        yield {name: tmp_path / name for name in CASES}
    finally:
        git(earlier.folder, "checkout", "--quiet", version)


def test_it_comes_to_what_a_fresh_project_is(
    projects: dict[str, Path],
    earlier: Checkout,
    python: Path,
    new_database: Callable[..., str],
) -> None:
    for name, folder in projects.items():
        _updated(name, folder, earlier)
        if name == "own":
            _runs(folder, python, new_database("sqlite"))


def _updated(name: str, folder: Path, earlier: Checkout) -> None:
    package = "shop" if name == "sample" else "library"
    edits = {path.format(package): words for path, words in EDITS.items()}
    for path, words in edits.items():
        edit(folder, path, *words)
    own = folder / "src" / package / "platform" / "own.py"
    own.write_text("OWN = 1\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Ours")
    said = groundplan(earlier, folder, "update")
    print(said)
    assert "generate --adopt" not in said or "adopt" in groundplan(
        earlier, folder, "generate", "--adopt"
    )
    assert git(folder, "status", "--porcelain") == ""
    own.unlink()
    for path, (now, ours) in edits.items():
        edit(folder, path, ours, now)
    recorded = yaml.safe_load((folder / ".copier-answers.yml").read_text("utf-8"))
    derived = ("contexts", "base_path", "platform_path")
    answers = {k: v for k, v in recorded.items() if k[0] != "_" and k not in derived}
    file = folder.with_name("answers.yml")
    file.write_text(yaml.safe_dump(answers), "utf-8")
    contract = () if name == "sample" else ("--contract", str(LIBRARY))
    fresh = folder.with_name(f"fresh-{name}")
    new = ("new", str(fresh), "--no-input", "--answers", str(file), *contract)
    groundplan(earlier, folder.parent, *new)
    git(folder, "add", "--all")
    assert files(folder) == files(fresh)
    git(folder, "reset", "--quiet", "--hard")
    assert all(
        ours in (folder / path).read_text("utf-8") for path, (_, ours) in edits.items()
    )


def _runs(folder: Path, python: Path, url: str) -> None:
    """Tables of the earlier version are brought up to date; it boots and answers."""
    given = environment("library", url, PYTHONPATH=str(folder / "src"))
    now = git(folder, "rev-parse", "HEAD")
    git(folder, "checkout", "--quiet", "HEAD~1")
    run([str(python), "-m", "library.migrate", "upgrade"], folder, given)
    git(folder, "checkout", "--quiet", now)
    run([str(python), str(STATE), "library", "look"], folder, given)
    given |= {
        "PYTHONPATH": os.pathsep.join(map(str, (PAIRS / "locked", folder / "src"))),
        "ROW_LOCK": str(folder / "requirements-dev.lock"),
        "ROW_MODULES": str(python.parents[1] / MODULES),
    }
    said = run([str(python), str(PAIRS / "serve_once.py"), "library"], folder, given)
    assert "all is well" in said
