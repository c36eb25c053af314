"""What other answers, or a newer version, mean for what follows from the contract."""

import re
from pathlib import Path

import pytest
import yaml

from .updates import PACKAGE, Workplace, commit, edit, git, read, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.minutes(3.5),
    pytest.mark.xdist_group("update"),
]

SETTINGS = "src/shop/settings.py"
OVERLAY = "contracts/overlay.yaml"
ADOPT = "generate --adopt"


def project_without_versions(place: Workplace) -> Path:
    """A project of a contract that names no version anywhere."""
    project = place.project(repository=False, api_versioning="none")
    for path in (project / "contracts/openapi.yaml", project / OVERLAY):
        path.write_text(path.read_text("utf-8").replace("/v1/statistics", "/figures"))
    git(project, "init", "--quiet", "--initial-branch=main")
    commit(project, "First")
    return project


def test_a_new_path_meets_edits_beside_it(place: Workplace) -> None:
    """As a conflict to be solved: nothing is refused, and nothing is lost."""
    project = project_without_versions(place)
    line = re.findall(r"^    root_path.*\n", read(project, SETTINGS), re.M)[0]
    edit(project, SETTINGS, line, f"    desks: int = 4\n{line}")
    commit(project)
    report = run(project, "api_versioning=uri")
    assert [conflict.path for conflict in report.conflicts] == [SETTINGS]
    merged = read(Path(report.side), SETTINGS)
    assert "    desks: int = 4\n" in merged and '"/v1"' in merged


def test_a_new_path_comes_with_the_answer(place: Workplace) -> None:
    project = project_without_versions(place)
    edit(project, SETTINGS, '"""', '"""Ours. ')
    commit(project)
    report = run(project, "api_versioning=uri")
    assert not report.conflicts
    assert SETTINGS in report.merged
    assert 'root_path: str = Field("/v1"' in read(project, SETTINGS)
    assert yaml.safe_load(read(project))["base_path"] == "/v1"
    run(project, "api_versioning=none")
    assert yaml.safe_load(read(project))["base_path"] == ""


def test_what_an_overlay_does_not_say_is_told_after_a_new_version(
    place: Workplace,
) -> None:
    project = place.project()
    overlay = yaml.safe_load(read(project, OVERLAY))
    gone = overlay["actions"].pop()
    (project / OVERLAY).write_text(yaml.safe_dump(overlay, sort_keys=False))
    commit(project)
    before = read(project, OVERLAY)
    assert ADOPT not in " ".join(run(project, "deploy=none").steps)
    edit(place.template, f"{PACKAGE}/platform/errors.py", "import", "# new\nimport")
    place.release()
    (step,) = (step for step in run(project, plan=True).steps if ADOPT in step)
    assert gone["description"] in step
    assert step in run(project).steps
    assert read(project, OVERLAY) == before


def test_an_overlay_that_says_all_is_not_spoken_of(place: Workplace) -> None:
    projects = [place.project(), place.project("sample", sample=True)]
    edit(place.template, f"{PACKAGE}/platform/errors.py", "import", "# new\nimport")
    place.release()
    for project in projects:
        assert ADOPT not in " ".join(run(project).steps)
