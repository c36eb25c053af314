"""Every preset and every pair of answers renders clean, by Copier and by `generate`.

The projects are rendered and linted, not installed: `tests/run` does that. A long
package name shows lines that would grow too long.
"""

import itertools
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from groundplan import generate, workspace
from groundplan.answers import Question, presets, questions

PACKAGE = "association_of_allotments_no_5"
REPOSITORY = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
IDENTITY = ("project_name", "package", "description", "contexts")
ALLOTMENT = REPOSITORY / "tests" / "contracts" / "allotment.yaml"


def _asked() -> list[Question]:
    """The questions with choices, other than about the project itself."""
    return [
        question
        for name, question in questions().items()
        if name not in IDENTITY and question.choices
    ]


def _values(question: Question) -> Iterator[object]:
    if not question.several:
        yield from question.choices
        return
    for size in range(len(question.choices) + 1):
        yield from map(list, itertools.combinations(question.choices, size))


def _combinations() -> list[dict[str, object]]:
    """The presets, and rows in which any two answers occur together once.

    Each row is the one of all that has the most pairs that no row before it has.
    """
    asked = _asked()
    names = [question.name for question in asked]
    every = [
        dict(zip(names, values, strict=True))
        for values in itertools.product(*(list(_values(q)) for q in asked))
    ]
    rows: list[dict[str, object]] = [dict(p.answers) for p in presets().values()]
    missing = set[frozenset[str]]().union(*map(_pairs, every))
    missing.difference_update(*map(_pairs, rows))
    while missing:
        rows.append(max(every, key=lambda row: len(_pairs(row) & missing)))
        missing -= _pairs(rows[-1])
    return rows


def _pairs(answers: dict[str, object]) -> set[frozenset[str]]:
    given = [f"{name}={value}" for name, value in answers.items()]
    return set(map(frozenset, itertools.combinations(given, 2)))


def _label(answers: dict[str, object]) -> str:
    return "-".join(
        "+".join(value) or "nothing" if isinstance(value, list) else str(value)
        for value in answers.values()
    )


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as a plain folder, so that uncommitted work is rendered too."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("copier.yml", "template"):
        subprocess.run(["cp", "-r", str(REPOSITORY / name), str(folder)], check=True)
    return folder


def test_every_pair_of_answers_is_among_them() -> None:
    asked = _asked()
    for one, other in itertools.combinations(asked, 2):
        for first, second in itertools.product(_values(one), _values(other)):
            assert any(
                row[one.name] == first and row[other.name] == second
                for row in _combinations()
            ), f"{one.name}={first} with {other.name}={second}"


@pytest.mark.parametrize("answers", _combinations(), ids=_label)
def test_every_pair_of_answers_renders_clean(
    answers: dict[str, object],
    source: Path,
    tmp_path: Path,
) -> None:
    folder = _render(source, tmp_path / "project", answers)
    _lint(folder)
    _parses(folder)
    _has_no_leftovers(folder, answers)


def test_a_contract_with_one_context_renders_clean(
    source: Path, tmp_path: Path
) -> None:
    contract = ALLOTMENT.read_text("utf-8")
    own = contract.replace("tags: [Plots]", "tags: [Garden]")
    own = own.replace("tags: [Members]", "tags: [Garden]")
    own = own.replace("tags: [Harvests]", "tags: [Garden]")
    own = own.replace(
        "operationId: getSeasonReport", "tags: [Garden]\n      operationId: x"
    )
    answers: dict[str, object] = {**presets()["starter"].answers}
    answers["contexts"] = ["garden"]
    _lint(_render(source, tmp_path / "project", answers, own))


def _render(
    source: Path, folder: Path, answers: dict[str, object], contract: str | None = None
) -> Path:
    data = answers | {"package": PACKAGE, "project_name": "Association of Allotments 5"}
    file = folder.with_suffix(".yml")
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("copier")), "copy", "--quiet"]
    options = ["--defaults", "--data-file", str(file), str(source), str(folder)]
    _run([*command, *options], folder.parent)
    if contract is not None:
        (folder / "contracts").mkdir()
        (folder / "contracts" / "openapi.yaml").write_text(contract, encoding="utf-8")
    generate.generate(workspace.open_project(folder))
    return folder


def _lint(folder: Path) -> None:
    binaries = Path(sys.executable).parent
    # what `generate` writes has gone through black already
    black = [str(binaries / "black"), "--quiet", "--check", "--diff"]
    _run([*black, "--extend-exclude", "/generated/", "."], folder)
    _run([str(binaries / "ruff"), "check", "--quiet", "--no-cache", "."], folder)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]


READERS: dict[str, Callable[[str], object]] = {
    ".toml": tomllib.loads,
    ".yml": lambda text: list(yaml.safe_load_all(text)),
    ".yaml": lambda text: list(yaml.safe_load_all(text)),
}


def _parses(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.suffix in READERS and path.is_file():
            READERS[path.suffix](path.read_text("utf-8"))


# Words that only one choice puts anywhere, by question and choice.
TRACES = {
    ("database", "postgres"): ("asyncpg", "postgres"),
    ("database", "sqlite"): ("aiosqlite",),
    ("auth", "jwt"): ("joserfc", "argon2", "JWT_SECRET"),
    ("error_format", "envelope"): ("ErrorEnvelope",),
    ("error_format", "flat"): ('"statusCode"',),
    ("error_format", "contract"): ("error_bodies", "x-error-code"),
    ("observability", "prometheus"): ("prometheus",),
    # its API is what FastAPI depends on, whatever was chosen
    ("observability", "opentelemetry"): ("opentelemetry-sdk", "otlp", "span_id"),
    ("observability", "sentry"): ("sentry", "pseudonym"),
    ("ci", "github"): ("GitHub",),
}
# Where a word stands for what the file is about, whatever was chosen.
NEUTRAL = {
    "platform/columns.py",
    "migrations",
    "contracts",
    "test_repository.py",
    "generator_source.py",
}


def _has_no_leftovers(folder: Path, answers: dict[str, object]) -> None:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name == workspace.ANSWERS:
            continue
        text = path.read_text("utf-8")
        assert "[=" not in text or path.suffix == ".lock", name
        assert "[%" not in text and "groundplan" not in name, name
        if any(neutral in name for neutral in NEUTRAL):
            continue
        for (question, choice), words in TRACES.items():
            chosen = answers[question]
            if choice == chosen or (isinstance(chosen, list) and choice in chosen):
                continue
            for word in words:
                assert word.lower() not in text.lower(), f"{name} mentions {word}"
