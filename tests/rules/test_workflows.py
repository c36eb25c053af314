"""The workflows of this repository run what the Makefile offers, and all of it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.answers import presets

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / ".github" / "workflows"
MAKEFILE = (REPOSITORY / "Makefile").read_text("utf-8")
WORKFLOWS: dict[str, dict[str, Any]] = {
    path.name: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted(FOLDER.glob("*.yml"))
}
JOBS = {
    f"{name}:{job}": steps
    for name, workflow in WORKFLOWS.items()
    for job, steps in workflow["jobs"].items()
}


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def test_there_are_workflows() -> None:
    assert set(WORKFLOWS) == {"ci.yml", "nightly.yml", "release.yml"}


@pytest.mark.parametrize("name", JOBS)
def test_every_command_is_a_target(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
    for command in commands(JOBS[name]):
        called = re.findall(r"make (?:--silent )?([a-z-]+)", command)
        assert len(called) == 1, command
        assert called[0] in targets, command


@pytest.mark.parametrize("name", JOBS)
def test_jobs_have_a_bound_and_no_more_rights_than_they_need(name: str) -> None:
    workflow = WORKFLOWS[name.partition(":")[0]]
    assert workflow["permissions"] == {"contents": "read"}
    job = JOBS[name]
    assert job["timeout-minutes"] <= 300
    assert "permissions" not in job
    assert "secrets" not in str(job)
    for step in job["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]), step
        if str(step.get("uses")).startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        # what comes from outside of a job reaches a shell by its environment only
        assert "${{" not in step.get("run", ""), step


def test_every_variable_of_a_target_is_given() -> None:
    for job in JOBS.values():
        for step in job["steps"]:
            if called := re.search(r"make (test-[a-z]+)$", step.get("run", "")):
                recipe = MAKEFILE.split(f"\n{called[1]}: ")[1].split("\n\n")[0]
                used = set(re.findall(r"\$\(([A-Z]+)\)", recipe)) - {"BIN", "PARALLEL"}
                assert used == step["env"].keys(), called[1]


def test_every_folder_with_slow_tests_has_a_job() -> None:
    slow = {
        path.relative_to(REPOSITORY / "tests").parts[0]
        for path in (REPOSITORY / "tests").rglob("test_*.py")
        if re.search(r"pytest\.mark\.slow", path.read_text("utf-8"))
        and path != Path(__file__)
    }
    assert set(JOBS["ci.yml:ring"]["strategy"]["matrix"]["ring"]) == slow


def test_every_preset_has_a_job() -> None:
    """The names come from the command, and each selects tests of its own."""
    job = JOBS["ci.yml:preset"]
    assert job["strategy"]["matrix"]["preset"] == (
        "${{ fromJSON(needs.presets.outputs.names) }}"
    )
    assert "make --silent presets" in commands(JOBS["ci.yml:presets"])[-1]
    listed = subprocess.run(
        ["make", "--silent", "presets"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(listed.stdout) == sorted(presets())


def test_the_job_of_a_preset_runs_its_tests() -> None:
    name = min(presets())
    recipe = MAKEFILE.split("\ntest-preset: ")[1].split("\n\n")[0]
    assert recipe.endswith(
        '-m preset -k "[$(PRESET)] or [$(PRESET)- or -$(PRESET)]"'
    ), recipe
    command = [sys.executable, "-m", "pytest", "tests/run/test_presets.py", "-q"]
    which = ["--collect-only", "-m", "preset"]
    selected = subprocess.run(
        [*command, *which, "-k", f"[{name}] or [{name}- or -{name}]"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    ids = [line for line in selected.stdout.splitlines() if "::" in line]
    assert len(ids) >= 4
    assert all(re.search(rf"[\[-]{name}[\]-]", line) for line in ids)
