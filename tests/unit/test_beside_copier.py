"""The table of `docs/beside-copier.md`: every cell is what was seen just now."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from .copier_sides import QUESTION, Groundplan, Side, copier, groundplan, verdict
from .updates import REPOSITORY, Workplace, commit, read, state

pytestmark = [
    pytest.mark.slow,
    pytest.mark.minutes(1.5),
    pytest.mark.xdist_group("update-beside"),
]
PAGE = REPOSITORY / "docs" / "beside-copier.md"
EDIT, CHANGE = "# ours 71c4", "# theirs 93ab"
Story: TypeAlias = Callable[[Side], str]


def add(path: Path, line: str, part: float) -> None:
    """Add a line to a file, after a part of it."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    lines.insert(int(len(lines) * part), f"{line}\n")
    path.write_text("".join(lines), "utf-8", newline="\n")


def edited(side: Side, path: str = "") -> Path:
    """The team's file, with an edit near its end."""
    file = side.project / (path or side.file)
    add(file, EDIT, 0.8)
    commit(side.project)
    return file


def told(side: Side, *options: str) -> str:
    """Release, update, and say what became of the edit."""
    side.release()
    return verdict(side, *side.update(*options), EDIT, CHANGE)


def renamed(side: Side) -> str:
    edited(side)
    add(side.source, CHANGE, 0.2)
    side.source.rename(side.source.with_stem("other"))
    return told(side)


def dropped(side: Side) -> str:
    edited(side)
    side.source.unlink()
    return told(side)


def switched_off(side: Side) -> str:
    edited(side, side.feature)
    return verdict(side, *side.update(*side.off), EDIT, CHANGE)


def same_line(side: Side) -> str:
    for path, word in ((side.project / side.file, EDIT), (side.source, CHANGE)):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        lines[len(lines) // 2] = f"{word}\n"
        path.write_text("".join(lines), "utf-8")
    commit(side.project)
    return told(side)


def same_place(side: Side) -> str:
    add(side.project / side.file, EDIT, 0.5)
    add(side.source, CHANGE, 0.5)
    commit(side.project)
    return told(side)


def team_renamed(side: Side) -> str:
    file = edited(side)
    file.rename(file.with_stem("ours"))
    commit(side.project)
    add(side.source, CHANGE, 0.2)
    return told(side)


def team_deleted(side: Side) -> str:
    (side.project / side.file).unlink()
    commit(side.project)
    add(side.source, CHANGE, 0.2)
    side.release()
    status, text = side.update()
    if (side.project / side.file).exists():
        return f"status {status}: it is back"
    named = f"{side.file}: you had deleted it" in text
    return f"status {status}: it stays deleted, " + (
        "and the report says so" if named else "and nobody is told of the change"
    )


def windows(side: Side) -> str:
    file = edited(side)
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    commit(side.project)
    add(side.source, CHANGE, 0.2)
    found = told(side)
    content = file.read_bytes()
    mixed = content.count(b"\n") != content.count(b"\r\n")
    return f"{found}, line ends are mixed" if mixed else found


def executable(side: Side) -> str:
    file = edited(side)
    file.chmod(0o755)
    commit(side.project)
    add(side.source, CHANGE, 0.2)
    found = told(side)
    kept = file.stat().st_mode & 0o100
    return found if kept else f"{found}, the mode is lost"


def binary(side: Side) -> str:
    (side.project / side.file).write_bytes(b"\0\xff" + EDIT.encode() + bytes(99))
    commit(side.project)
    add(side.source, CHANGE, 0.2)
    return told(side)


def own_marks(side: Side) -> str:
    file = edited(side)
    add(file, "plain", 0.95)
    commit(side.project)
    add(side.source, CHANGE, 0.2)
    return told(side)


def ignored(side: Side) -> str:
    with (side.project / ".git" / "info" / "exclude").open("a") as exclude:
        exclude.write("new.py\n")
    own = (side.project / side.file).with_name("new.py")
    own.write_text(f"{EDIT}\n")
    side.source.with_name("new.py").write_text(f"{CHANGE}\n")
    side.release()
    before = state(side.project)
    status, text = side.update()
    if state(side.project) == before:
        return f"status {status}: refused, nothing changed"
    return verdict(side, status, text, EDIT, CHANGE)


def dirty(side: Side) -> str:
    add(side.project / side.file, EDIT, 0.8)
    add(side.source, CHANGE, 0.2)
    side.release()
    before = state(side.project)
    status, text = side.update()
    if state(side.project) == before:
        return f"status {status}: refused, nothing changed"
    return verdict(side, status, text, EDIT, CHANGE)


def refused_answer(side: Side, old: str, new: str) -> str:
    edited(side, side.feature)
    side.ask(old, new)
    side.release()
    before = state(side.project)
    status, text = side.update()
    if state(side.project) == before:
        return f"status {status}: refused, nothing changed"
    return verdict(side, status, text, EDIT, CHANGE)


def validator(side: Side) -> str:
    if isinstance(side, Groundplan):
        lines = read(side.template, QUESTION).splitlines(keepends=True)
        line = next(line for line in lines if line.startswith("  validator: "))
        refusal = "[% if 'prometheus' in observability %]Gone.[% endif %]"
        return refused_answer(side, line, f'  validator: "{refusal}"\n')
    line = "  multiselect: true\n"
    refusal = "{% if 'one' in parts %}Gone.{% endif %}"
    return refused_answer(side, line, f'{line}  validator: "{refusal}"\n')


def choice(side: Side) -> str:
    if not isinstance(side, Groundplan):
        return refused_answer(side, "[one, two]", "[one]")
    lines = read(side.template, QUESTION).splitlines(keepends=True)
    return refused_answer(side, next(line for line in lines if "Sentry" in line), "")


STORIES: dict[str, Story] = {
    "it gives another name to a file that you edited": renamed,
    "it drops a file that you edited": dropped,
    "a feature is switched off, and you had edited one of its files": switched_off,
    "you both changed one line": same_line,
    "you both added lines at one place": same_place,
    "it changes a file to which you gave another name": team_renamed,
    "it changes a file that you deleted": team_deleted,
    "it changes a file that you have with CRLF": windows,
    "it changes a file that you made executable": executable,
    "it changes a file that is a binary of yours now": binary,
    "it adds a file where you have one that git ignores": ignored,
    "you have an edit that is not committed": dirty,
    "its validator refuses an answer that is recorded": validator,
    "it has no such choice any more as one of those recorded": choice,
}


def rows() -> dict[str, tuple[str, str]]:
    """The table: what plain Copier does and what we do, by what happened."""
    found = {}
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == 3 and "status" in line:
            found[cells[0]] = (cells[1], cells[2])
    return found


def test_every_row_is_tried() -> None:
    assert [*rows()] == [*STORIES]


@pytest.mark.parametrize("name", STORIES)
def test_plain_copier(name: str, tmp_path: Path) -> None:
    assert STORIES[name](copier(tmp_path)) == rows()[name][0]


@pytest.mark.parametrize("name", STORIES)
def test_groundplan(name: str, place: Workplace) -> None:
    assert STORIES[name](groundplan(place)) == rows()[name][1]
