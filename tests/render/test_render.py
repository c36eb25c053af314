"""Every preset and every pair of answers renders clean, by Copier and by `generate`.

The projects are rendered and linted, not installed: `tests/run` does that. A long
package name shows lines that would grow too long.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from groundplan import generate, workspace
from groundplan.answers import presets
from groundplan.pairs import Combination, choices, combinations

from ..threes import threes

PACKAGE = "association_of_allotments_no_5"
REPOSITORY = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
ALLOTMENT = REPOSITORY / "tests" / "contracts" / "allotment.yaml"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as a plain folder, so that uncommitted work is rendered too."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("copier.yml", "template"):
        subprocess.run(["cp", "-r", str(REPOSITORY / name), str(folder)], check=True)
    return folder


@pytest.mark.parametrize("row", combinations() + threes(), ids=lambda row: row.name)
def test_every_pair_of_answers_renders_clean(
    row: Combination, source: Path, tmp_path: Path
) -> None:
    print(row.answers)
    folder = _render(source, tmp_path / "project", row.answers)
    _lint(folder)
    _parses(folder)
    _has_no_leftovers(folder, row.answers)


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
    source: Path,
    folder: Path,
    answers: Mapping[str, object],
    contract: str | None = None,
) -> Path:
    identity = {"package": PACKAGE, "project_name": "Association of Allotments 5"}
    data = {**answers, **identity}
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
    _is_black(folder, binaries / "black")
    _run([str(binaries / "ruff"), "check", "--quiet", "--no-cache", "."], folder)


# Modules that are black already, with the settings they were looked at with: most are
# the same in every row.
_black: set[tuple[str, str]] = set()


def _is_black(folder: Path, black: Path) -> None:
    settings = (folder / "pyproject.toml").read_text("utf-8")
    settings = json.dumps(tomllib.loads(settings)["tool"].get("black"))
    unseen = {
        path: (settings, path.read_text("utf-8"))
        for path in folder.rglob("*.py")
        # what `generate` writes has gone through black already
        if "generated" not in path.parts
    }
    unseen = {path: text for path, text in unseen.items() if text not in _black}
    command = [str(black), "--quiet", "--check", "--diff", "--config=pyproject.toml"]
    if unseen:
        _run([*command, *map(str, unseen)], folder)
    _black.update(unseen.values())


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
    ("auth", "jwt"): ("argon2", "REFRESH_TOKEN_DAYS"),
    ("auth", "oidc"): ("oidc", "issuer_keys"),
    ("error_format", "envelope"): ("ErrorEnvelope",),
    ("error_format", "flat"): ('"statusCode"',),
    ("error_format", "contract"): ("error_bodies", "x-error-code"),
    ("api_versioning", "header"): ("x-api-version",),
    ("api_versioning", "media-type"): ("json;v=",),
    ("payments", "stripe"): ("stripe", "payment_provider"),
    ("storage", "local"): ("storage_folder", "UrlSigner"),
    ("storage", "s3"): ("botocore", "s3_bucket", "moto"),
    ("mail", "smtp"): ("smtp", "mailer"),
    ("cache", "redis"): ("LONGER_SECONDS",),
    ("cache", "memory"): ("CACHE_ENTRIES",),
    ("idempotency", "database"): ("idempotency-replayed", "platform.idempotency"),
    ("rate_limit", "redis"): (":rate-limits:",),
    ("rate_limit", "memory"): ("most_windows",),
    ("observability", "prometheus"): ("prometheus",),
    ("deploy", "compose"): ("compose.yaml", "Dockerfile"),
    ("observability", "opentelemetry"): ("jaeger", "OTEL_SERVICE_NAME"),
    ("observability", "datadog"): ("datadog", "dd_service"),
    ("observability", "sentry"): ("sentry",),
    ("ci", "github"): ("GitHub",),
    ("queue", "memory"): ("MemoryEngine",),
    ("queue", "redis"): ("RedisEngine", "taskiq-redis", "JOB_RECLAIM"),
    ("queue", "rabbitmq"): ("rabbit", "amqp", "aio-pika"),
    ("events", "outbox"): ("domain_events", "consumers.py", "events_poll"),
}
# Choices without words of their own: what they bring stays under other choices too.
TRACELESS = {("error_format", "problem"), ("api_versioning", "uri")}
# What all choices of a question have in common, and `none` has not.
COMMON = {
    "auth": ("joserfc", "JWT_SECRET"),
    "cache": ("x-cache", "caching"),
    "rate_limit": ("ratelimit-policy", "rate_limits"),
}
# What several flags of a question have in common.
SHARED = {
    # its API is what FastAPI depends on, whatever was chosen
    ("observability", ("opentelemetry", "datadog")): (
        *("opentelemetry-sdk", "otlp", "span_id"),
    ),
}
# What is nowhere unless some question was answered with it.
ENGINES = {"redis": ("redis", "valkey")}
# Where a word stands for what the file is about, whatever was chosen.
NEUTRAL = {
    "platform/columns.py",
    "migrations",
    "contracts",
    "/move_data/",
    "test_repository.py",
    "generator_source.py",
}


def test_every_choice_has_words_to_look_for() -> None:
    offered = {
        (question.name, choice)
        for question in choices().values()
        for choice in question.choices
        if choice != "none"
    }
    assert offered == TRACES.keys() | TRACELESS


def _flags(answer: object) -> set[str]:
    return set(answer) if isinstance(answer, list) else set()


def _has_no_leftovers(folder: Path, answers: Mapping[str, object]) -> None:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name == workspace.ANSWERS:
            continue
        text = path.read_text("utf-8")
        assert "[=" not in text or path.suffix == ".lock", name
        assert "[%" not in text and "groundplan" not in name, name
        if any(neutral in name for neutral in NEUTRAL):
            continue
        absent = [
            *(words for q, words in COMMON.items() if answers[q] == "none"),
            *(words for e, words in ENGINES.items() if e not in answers.values()),
            *(
                words
                for (question, flags), words in SHARED.items()
                if not set(flags) & _flags(answers[question])
            ),
        ]
        for word in (word for words in absent for word in words):
            assert word.lower() not in text.lower(), f"{name} mentions {word}"
        for (question, choice), words in TRACES.items():
            chosen = answers[question]
            if choice == chosen or (isinstance(chosen, list) and choice in chosen):
                continue
            for word in words:
                assert word.lower() not in text.lower(), f"{name} mentions {word}"
