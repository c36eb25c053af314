"""Every preset, generated, installed from its own lock, checked, booted and called."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from groundplan.answers import presets

from ..checkout import REPOSITORY
from .conftest import Template, make_target, run

pytestmark = pytest.mark.slow

ALLOTMENT = REPOSITORY / "tests" / "contracts" / "allotment.yaml"
CASES = {
    **{name: ("--preset", name) for name in presets()},
    "own-contract": (
        "--preset",
        "rest-monolith",
        "--contract",
        str(ALLOTMENT),
        "--set",
        "project_name=Allotment association",
        "--set",
        "auth=oidc",
        "--set",
        "error_format=contract",
        "--set",
        "observability=prometheus,sentry,datadog",
        "--set",
        "api_versioning=media-type",
        "--set",
        "payments=stripe",
        "--set",
        "storage=local",
        "--set",
        "mail=smtp",
        "--set",
        "queue=rabbitmq",
    ),
}
# What the black-box suite has to find in each of them.
EXPECTED = {
    *("process", "documentation", "origins", "change", "delete", "conflict"),
    *("integer", "required", "limit", "total", "pages", "sort"),
}
OF_CASE = {"own-contract": {"cursors", "forbidden", "issuer"}}
# Tests of the platform that take long, and are about answers that presets have too.
ELSEWHERE = {
    "own-contract": "cache* job_* mailer schedules upgrades worker_metrics".split()
}
# Scripts beside this file about options, by the answers that they need.
SCRIPTS = {
    "black_box_cache.py": {"cache": "redis"},
    "black_box_datadog.py": {"observability": "datadog"},
    "black_box_limits.py": {"rate_limit": "redis"},
    "black_box_sentry.py": {"observability": "sentry"},
    "black_box_tracing.py": {"observability": "opentelemetry"},
    "black_box_orders.py": {
        "database": "postgres",
        "queue": "rabbitmq",
        "events": "outbox",
        "payments": "stripe",
        "mail": "smtp",
    },
}
# Those that are about the sample.
OF_SAMPLE = {"black_box_cache.py", "black_box_orders.py"}
EXAMPLES = os.environ.get("CONTRACT_EXAMPLES", "30")
MINUTES = {"full": 9, "own-contract": 6, "rest-monolith": 6, "event-driven": 5}


def marks_of(name: str) -> list[pytest.MarkDecorator]:
    """All tests of a project run in one process, and each preset can be chosen."""
    minutes = pytest.mark.minutes(MINUTES.get(name, 4))
    marks = [pytest.mark.xdist_group(name), minutes]
    return [*marks, pytest.mark.preset] if name in presets() else marks


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=marks_of(name)) for name in CASES],
)
def project(
    request: pytest.FixtureRequest, make_project: Callable[..., Path]
) -> Iterator[Path]:
    """A generated and installed project."""
    yield make_project(request.param, *CASES[request.param])


def test_its_own_checks_are_clean(project: Path, template: Template) -> None:
    """Format, lint, strict types, import rules, tests, migrations, contract drift."""
    names = ELSEWHERE.get(project.name, [])
    left_out = " ".join(f"--ignore-glob=*/platform/test_{name}.py" for name in names)
    output = make_target(project, "check", template, PYTEST_ADDOPTS=left_out)
    assert " passed" in output
    assert "skipped" not in output
    assert "Code and contract agree." in output


def test_formatting_leaves_no_difference(project: Path, template: Template) -> None:
    """The first commit is what the project's own formatter writes."""
    make_target(project, "format", template)
    assert run(["git", "status", "--porcelain"], project) == ""


def test_the_running_service_keeps_its_contract(
    project: Path, template: Template
) -> None:
    """Schemathesis' command line finds nothing on what is implemented."""
    output = make_target(project, "contract-test", template, CONTRACT_EXAMPLES=EXAMPLES)
    assert "No issues found" in output or "1 passed" in output
    assert "Tested: 0" not in output


def test_an_audit_without_a_network_is_no_good_news(project: Path) -> None:
    """`make audit` fails where nothing could be looked up, and says so."""
    done = subprocess.run(
        ["make", "--silent", "audit"],
        cwd=project,
        env=os.environ | {"HTTPS_PROXY": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode != 0 and "not looked up" in said, said
    assert "Traceback" not in said and "No known" not in said, said


def test_the_service_behaves(project: Path) -> None:
    """What tests/blackbox defines: over HTTP, when things go wrong, and in its log."""
    suite = [sys.executable, "-m", "pytest", "tests/blackbox", f"--project={project}"]
    output = run([*suite, "-p", "no:cacheprovider", "-p", "no:xdist"], REPOSITORY)
    print(output)
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text("utf-8"))
    has = set(re.findall(r"^service: .*, with (.*)$", output, re.M)[0].split(", "))
    expected = EXPECTED | OF_CASE.get(project.name, set())
    assert has >= expected, expected - has
    assert ("login" in has) == (answers["auth"] != "none")
    assert ("metrics" in has) == ("prometheus" in answers["observability"])
    assert "skipped" not in output
    for script in ("black_box_edges.py", "black_box_versions.py"):
        run_script(script, project, answers["package"])
    for script, needed in SCRIPTS.items():
        is_there = project.name in presets() or script not in OF_SAMPLE
        has_all = all(choice in answers[name] for name, choice in needed.items())
        if has_all and is_there:
            run_script(script, project, answers["package"])


def run_script(name: str, project: Path, package: str) -> None:
    """Run a script beside this file in a project, with the project's Python."""
    python = project / ".venv" / "bin" / "python"
    output = run([str(python), str(Path(__file__).with_name(name)), package], project)
    print(output)
    assert "all is well" in output


def test_the_generator_is_installed_from_where_the_project_came_from(
    template: Template, make_project: Callable[..., Path]
) -> None:
    """`make generate` without an override installs the recorded commit."""
    folder = make_project("pinned", "--preset", "api-only")
    environment = {k: v for k, v in os.environ.items() if k != "GROUNDPLAN"}
    output = run(["make", "--silent", "generate"], folder, environment)
    assert "Code and contract agree." in output
    assert (folder / ".groundplan" / "bin" / "groundplan").exists()


def test_plain_copier_without_trust(template: Template, tmp_path: Path) -> None:
    """Copier's own command makes a project that `make setup` completes."""
    folder = tmp_path / "plain"
    copier = Path(sys.executable).with_name("copier")
    run(
        [
            str(copier),
            "copy",
            "--quiet",
            "--defaults",
            "--vcs-ref=HEAD",
            str(template.folder),
            str(folder),
        ],
        tmp_path,
    )
    make_target(folder, "setup", template)
    status = subprocess.run(
        [template.command, "generate", "--check"],
        cwd=folder,
        check=False,
        capture_output=True,
    )
    assert status.returncode == 0
    assert (folder / "requirements.lock").is_file()
