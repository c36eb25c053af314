"""What an update has done, would do, or waits for, in words."""

import ast
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from packaging.requirements import InvalidRequirement, Requirement

from .repository import Tree
from .rerender import REVISION
from .workspace import ANSWERS

_SETTING = re.compile(r"^(?:# ?)?([A-Z][A-Z0-9_]*)=", re.MULTILINE)
_FEW, _MANY = 4, 8


@dataclass(frozen=True)
class Conflict:
    """A file that is for people to decide, and why."""

    path: str
    reason: str


@dataclass
class Report:
    """An update: from where to where, what of each file came, what is left to do.

    `side` is the folder in which conflicts are to be solved; `commit` the one that the
    branch is at now, `before` where it was. Without any of these nothing was changed.
    """

    title: str = ""
    planned: bool = False
    commit: str = ""
    before: str = ""
    side: str = ""
    conflicts: list[Conflict] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    derived: list[str] = field(default_factory=list)
    untouched: int = 0
    migrations: list[str] = field(default_factory=list)
    inventory: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    misfits: int = 0

    @property
    def nothing(self) -> bool:
        """Whether the project was up to date."""
        return not (self.title or self.commit or self.conflicts)


def sort_files(
    report: Report,
    start: Tree,
    old: Tree,
    new: Tree,
    result: Tree,
    derived: Collection[str],
) -> None:
    """Say of every file what became of it; those `derived` were by `generate`."""
    merges = {path for path in (old | new) if not REVISION.match(path)}  # type: ignore[operator]
    waiting = {conflict.path for conflict in report.conflicts}
    for path in sorted(start.keys() | result.keys()):
        before, after = start.get(path), result.get(path)
        edited = path in old and before is not None and before != old[path]
        if path in waiting or path == ANSWERS:
            continue
        if before == after:
            if edited and old[path] != new.get(path):
                report.kept.append(path)
            report.untouched += 1
        elif path not in merges and path in derived:
            report.derived.append(path)
        elif before is None:
            report.added.append(path)
        elif after is None:
            report.removed.append(path)
        elif edited or path not in merges:  # the team has given it that name
            report.merged.append(path)
        else:
            report.changed.append(path)


def inventory(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """Settings and dependencies that came or went, from the files that list them."""
    pairs = [
        ("settings", _settings(side.get(".env.example", "")))
        for side in (before, after)
    ]
    pairs += [
        ("dependencies", _dependencies(side.get("pyproject.toml", "")))
        for side in (before, after)
    ]
    for (kind, was), (_, now) in (pairs[:2], pairs[2:]):
        signs = [_signed("+", now - was), _signed("-", was - now)]
        if any(signs):
            yield f"{kind}: {', '.join(filter(None, signs))}"


def _signed(sign: str, names: set[str]) -> str:
    shown = ", ".join(f"{sign}{name}" for name in sorted(names)[:_MANY])
    rest = len(names) - _MANY
    return f"{shown}, {sign}{rest} more" if rest > 0 else shown


def _settings(text: str) -> set[str]:
    return set(_SETTING.findall(text))


def _dependencies(text: str) -> set[str]:
    try:
        manifest = tomllib.loads(text)
        groups = manifest.get("dependency-groups", {}).get("dev", [])
        wanted = [*manifest.get("project", {}).get("dependencies", []), *groups]
        return {Requirement(item).name for item in wanted if isinstance(item, str)}
    except (tomllib.TOMLDecodeError, InvalidRequirement):
        return set()


def migration(path: str, text: str) -> str:
    """A revision and why it is there."""
    try:
        reason = ast.get_docstring(ast.parse(text)) or ""
    except SyntaxError:
        reason = ""
    return f"{path}: {reason.splitlines()[0]}" if reason else path


def lines(report: Report) -> Iterator[str]:
    """The report for people: what happened, what is left, and the way back."""
    if report.nothing:
        yield "Up to date: nothing to change."
        return
    yield report.title + (" (a plan: nothing was changed)" if report.planned else "")
    yield ""
    for name, paths in (
        ("added", report.added),
        ("changed", report.changed),
        ("merged", report.merged),
        ("removed", report.removed),
        ("kept", report.kept),
    ):
        if paths:
            yield f"{name:<10}{len(paths):>4}  {_few(paths, name)}"
    if report.derived:
        yield f"{'derived':<10}{len(report.derived):>4}  by `generate`"
    yield f"{'untouched':<10}{report.untouched:>4}"
    for conflict in report.conflicts:
        yield f"conflict   {conflict.path}: {conflict.reason}"
    yield from report.inventory
    yield from report.notes
    for text in report.migrations:
        yield f"migration  {text}"
    if report.steps:
        yield ""
        yield "Left to do by hand:"
        yield from (f"  - {step}" for step in report.steps)
    yield ""
    yield from _next(report)


def _next(report: Report) -> Iterator[str]:
    if report.planned:
        return
    if report.conflicts:
        yield f"Your checkout is as it was. Solve the conflicts in {report.side}"
        yield "(edit, then `git add` or `git rm` there), and run here:"
        yield ""
        yield "    groundplan update --continue    # or: groundplan update --abort"
        return
    yield "Next: `make setup`, `make check`."
    yield f"To undo it all: git reset --keep {report.before[:12]}"


def _few(paths: Sequence[str], kind: str) -> str:
    every = kind in ("merged", "kept")
    shown = ", ".join(paths[: len(paths) if every else _FEW])
    return shown if every or len(paths) <= _FEW else f"{shown}, ..."
