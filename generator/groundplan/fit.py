"""Names the team's code that no longer fits what is derived from the contract.

It compares syntax and knows no types: a type checker is the proof. Where a name may as
well be one of the team's own, it is silent.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .fit_checks import Change, Checks
from .render import HEADER
from .shapes import Derived
from .team import team_file


@dataclass(frozen=True, order=True)
class Misfit:
    """A place in the team's code, and what is wrong with it."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def misfits(folder: Path, package: str, change: Change) -> list[Misfit]:
    """What does not fit a change in the team's code of a project.

    The team's code of contexts that are gone is not looked at.
    """
    team = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8", "replace")
        for path in _team_files(folder, package, change.after)
    }
    return compare(change, package, team)


def compare(change: Change, package: str, team: Mapping[str, str]) -> list[Misfit]:
    """What does not fit in files of the team, which are given by path."""
    read = (team_file(path, text, package) for path, text in team.items())
    files = [file for file in read if file is not None]
    found: set[Misfit] = set()
    for file in files:
        own = [other for other in files if other.context == file.context]
        try:
            lines = list(Checks(change, file, own).all())
        except RecursionError:  # an expression of thousands of parts
            continue
        found |= {Misfit(file.path, line, text) for line, text in lines}
    return sorted(found)


def change_of(folder: Path, package: str, planned: Mapping[str, str]) -> Change:
    """What planned files, given by path, change in the derived code of a project.

    To be asked before they are written: what was derived until now is read from disk.
    """
    before: dict[str, dict[str, str]] = {}
    after: dict[str, dict[str, str]] = {}
    for name, text in planned.items():
        match name.split("/"):
            case ["src", _, context, "generated", file]:
                after.setdefault(context, {})[file.removesuffix(".py")] = text
    for path in sorted(folder.glob(f"src/{package}/*/generated/*.py")):
        context = path.parent.parent.name
        text = path.read_text("utf-8", "replace")
        before.setdefault(context, {})[path.stem] = text
        if HEADER not in text[:200] and context in after:
            after[context].setdefault(path.stem, text)  # somebody put it there
    return Change(
        {context: Derived(texts) for context, texts in before.items()},
        {context: Derived(texts) for context, texts in after.items()},
    )


def _team_files(
    folder: Path, package: str, contexts: Collection[str]
) -> Iterator[Path]:
    for context in contexts:
        for place in (f"src/{package}/{context}", f"tests/{context}"):
            for path in sorted((folder / place).rglob("*.py")):
                inner = path.relative_to(folder / place).parts
                if inner[0] != "generated" and path.is_file():
                    yield path
