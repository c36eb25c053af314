"""Brings what the contract changes into the files that follow from the answers.

Wiring, settings and checks name the contexts and are edited by the team. What contexts
that came or went mean for them is the difference between two renders of the template;
git's three-way merge brings it in beside the team's edits.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from .errors import ProjectError
from .reader import Json, read
from .threeway import Conflict, merge


def renewed(
    folder: Path, answers: str, changes: Mapping[str, str | list[str]]
) -> dict[str, str]:
    """The files of a project that other answers change, by path: their new texts.

    The answers come last: when writing stops before them, the next run does it again.
    What the team has removed stays removed. Raises ProjectError where an edit of the
    team and the change meet.
    """
    recorded = read(folder / answers, answers).data
    before, after = _renders(recorded, changes)
    texts: dict[str, str] = {}
    conflicts: list[Conflict] = []
    for path in sorted(before.keys() & after.keys() - {answers}):
        target = folder / path
        if before[path] == after[path] or not target.is_file():
            continue
        current = _text(target, path)
        merged = merge(path, current, before[path], after[path])
        if isinstance(merged, str):
            if merged != current:
                texts[path] = merged
        else:
            conflicts.extend(merged)
    if conflicts:
        _refuse(conflicts)
    texts[answers] = _answered(folder / answers, answers, changes)
    return texts


@dataclass(frozen=True)
class Remainder:
    """What the team owns of a context that is gone: folders of the project.

    `successor` is the new context that has its operations now, if there is one.
    """

    context: str
    folders: tuple[str, ...]
    successor: str | None

    def __str__(self) -> str:
        text = (
            f"{', '.join(self.folders)}: {self.context} is no context of the contract "
            "any more; remove by hand what nothing needs"
        )
        if self.successor:
            text += (
                f". Its operations are in {self.successor} now: to keep the old name, "
                f"give them `x-context: {self.context}` in contracts/overlay.yaml"
            )
        return text


def remainders(
    folder: Path,
    package: str,
    context: str,
    removed: Sequence[str],
    successor: str | None,
) -> list[Remainder]:
    """What stays of a context that is gone, when the derived files are removed."""
    places = (f"src/{package}/{context}", f"tests/{context}", f"migrations/{context}")
    left = []
    for place in places:
        files = (p for p in (folder / place).rglob("*") if p.is_file())
        names = (path.relative_to(folder).as_posix() for path in files)
        if any(name not in removed and "__pycache__" not in name for name in names):
            left.append(place)
    return [Remainder(context, tuple(left), successor)] if left else []


def _renders(
    recorded: Mapping[str, Json], changes: Mapping[str, str | list[str]]
) -> tuple[dict[str, str], dict[str, str]]:
    """What the template writes for the recorded answers and for changed ones."""
    from .project import render  # which generates, and so is imported late

    answers = {k: v for k, v in recorded.items() if not k.startswith("_")}
    found = []
    with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
        for name, given in (
            ("before", answers),
            ("after", answers | dict(changes)),
        ):
            root = Path(place) / name
            render(root, given)
            files = (path for path in root.rglob("*") if path.is_file())
            found.append(
                {p.relative_to(root).as_posix(): p.read_text("utf-8") for p in files}
            )
    before, after = found
    return before, after


def _refuse(conflicts: Sequence[Conflict]) -> None:
    shown = "\n\n".join(
        f"{conflict.place} was generated as\n{_indented(conflict.generated)}"
        for conflict in conflicts
    )
    raise ProjectError(
        "\n".join(
            f"{conflict.place}: was edited where the contract changes it"
            for conflict in conflicts
        ),
        "Nothing was written. Put back what was generated there, run `make generate`, "
        f"and edit it again.\n\n{shown}",
    )


def _indented(lines: Sequence[str]) -> str:
    return "\n".join(f"  | {line}" for line in lines) or "  (nothing)"


def _answered(path: Path, name: str, changes: Mapping[str, str | list[str]]) -> str:
    """The answers file with other answers; nothing else in it changes."""
    text = _text(path, name)
    for key, value in changes.items():
        changed = _with(text, key, value)
        if yaml.safe_load(changed) != yaml.safe_load(text) | {key: value}:
            raise ProjectError(
                f"{name}: `{key}` cannot be renewed in it",
                "Write lists plainly, one item to a line.",
            )
        text = changed
    return text


def _with(text: str, key: str, value: str | list[str]) -> str:
    """A YAML mapping with another value for a key, which it may not have yet."""
    newline = "\r\n" if "\r\n" in text else "\n"
    if isinstance(value, list):
        written = newline.join([f"{key}:", *(f"- {item}" for item in value)])
    else:
        written = yaml.safe_dump({key: value}, allow_unicode=True).rstrip()
    root = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)  # it has been read
    for name, node in root.value:
        if name.value == key:
            items = isinstance(node, yaml.SequenceNode) and not node.flow_style
            last = node.value[-1] if items and node.value else node
            return text[: name.start_mark.index] + written + text[last.end_mark.index :]
    between = "" if text.endswith("\n") else newline
    return f"{text}{between}{written}{newline}"


def _text(path: Path, name: str) -> str:
    """A file as it is, with its own line ends."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProjectError(f"{name}: is not UTF-8", "Save it as UTF-8.") from error
