"""Lock files that are computed anew around what only the team has."""

from pathlib import Path

from groundplan.pins import Table, load, locks
from groundplan.relock import Relocked, relock

from .test_pins import package, table

PINS = table(web=package("http"), http=package(), test=package())
OWN = f"mine==3.1 ; os_name == 'posix' \\\n    --hash=sha256:{'c' * 64}\n"


def project(folder: Path, runtime: list[str], own: str = "") -> dict[str, str]:
    """A project that was locked once, and what the team added to its lock files."""
    wanted = ", ".join(f'"{name}"' for name in runtime)
    manifest = '[project]\ndependencies = [{}]\n[dependency-groups]\ndev = ["test"]\n'
    (folder / "pyproject.toml").write_text(manifest.format('"web"'))
    before = locks(folder, PINS)
    for name, text in before.items():
        (folder / name).write_text(text + own)
    (folder / "pyproject.toml").write_text(manifest.format(wanted))
    return before


def again(folder: Path, before: dict[str, str], pins: Table) -> Relocked:
    return relock(folder, before, pins)


def text(folder: Path) -> str:
    return (folder / "requirements.lock").read_text()


def test_versions_of_the_table_are_taken(tmp_path: Path) -> None:
    before = project(tmp_path, ["web"])
    newer = {**PINS, **table(http=package(version="2.0"))}
    found = again(tmp_path, before, newer)
    assert found.steps == ()
    assert "requirements.lock: http 1.0 -> 2.0" in map(str, found.changes)
    assert text(tmp_path) == locks(tmp_path, newer)["requirements.lock"]


def test_a_package_of_the_team_keeps_its_version(tmp_path: Path) -> None:
    before = project(tmp_path, ["web", "mine>=3"], OWN)
    found = again(tmp_path, before, PINS)
    assert found == Relocked()
    newer = {**PINS, **table(http=package(version="2.0"))}
    again(tmp_path, before, newer)
    assert OWN in text(tmp_path) and "http==2.0" in text(tmp_path)


def test_what_it_needs_in_turn_stays_too(tmp_path: Path) -> None:
    deep = f"deep==1.0 \\\n    --hash=sha256:{'d' * 64}\n"
    before = project(tmp_path, ["mine"], deep + OWN)
    again(tmp_path, before, PINS)
    assert deep in text(tmp_path) and "web==" not in text(tmp_path)


def test_without_the_team_s_package_its_lines_go(tmp_path: Path) -> None:
    before = project(tmp_path, ["web"], OWN)
    again(tmp_path, before, PINS)
    assert "mine" not in text(tmp_path)


def test_a_version_that_the_table_does_not_meet_stays(tmp_path: Path) -> None:
    before = project(tmp_path, ["web>=5", "http"])
    locked = text(tmp_path).replace("web==1.0", "web==5.1")
    (tmp_path / "requirements.lock").write_text(locked)
    (tmp_path / "requirements-dev.lock").write_text(locked)
    assert again(tmp_path, before, PINS).steps == ()
    assert "web==5.1" in text(tmp_path)


def test_what_is_locked_nowhere_is_left_to_be_done(tmp_path: Path) -> None:
    before = project(tmp_path, ["web", "other"])
    found = again(tmp_path, before, PINS)
    assert found.steps == ("`make lock`: other is locked nowhere yet",)
    assert "web==1.0" in text(tmp_path)


def test_a_manifest_that_cannot_be_read_leaves_the_locks_alone(tmp_path: Path) -> None:
    before = project(tmp_path, ["web"])
    kept = text(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project")
    (step,) = again(tmp_path, before, load()).steps
    assert step.startswith("`make lock`: the lock files are as before")
    assert text(tmp_path) == kept
