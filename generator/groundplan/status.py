"""Where a project stands: version, answers, what has drifted, what would come."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from . import generate, history, workspace
from .answers import Preset, presets
from .errors import GroundplanError
from .reader import Json, read
from .rerender import Wish
from .update import update
from .update_report import Report
from .workspace import ANSWERS

Differing: TypeAlias = dict[str, tuple[Json, Json]]


@dataclass(frozen=True)
class Status:
    """A project beside the version that is running.

    `preset` is the nearest one, `differing` the answers that it has otherwise: what is
    recorded and what the preset says. `drifted` are files that are not what `generate`
    derives. `problems` say what could not be found out, and why.
    """

    recorded: str
    source: str
    newest: str
    preset: str
    differing: Differing
    drifted: tuple[str, ...]
    coming: Report | None
    problems: tuple[str, ...]


def status(folder: Path) -> Status:
    """Look at a project and change nothing. Raises ProjectError where there is none."""
    project = workspace.open_project(folder)
    answers = read(folder / ANSWERS, ANSWERS).data
    problems = []
    drifted: tuple[str, ...] = ()
    newest, coming = "", None
    try:
        report = generate.generate(project, write=False)
        drifted = (*report.written, *report.removed)
    except GroundplanError as error:
        problems.append(str(error))
    try:
        newest = history.newest().commit
        coming = update(folder, Wish(), plan=True)
    except GroundplanError as error:
        problems.append(str(error))
    preset, differing = _nearest(answers)
    return Status(
        recorded=str(answers.get("_commit", "unknown")),
        source=str(answers.get("_src_path", "unknown")),
        newest=newest,
        preset=preset,
        differing=differing,
        drifted=drifted,
        coming=coming,
        problems=tuple(problems),
    )


def _nearest(answers: Mapping[str, Json]) -> tuple[str, Differing]:
    """The preset with the fewest other answers, and these."""
    found = {name: _differing(answers, preset) for name, preset in presets().items()}
    name = min(found, key=lambda key: len(found[key]))
    return name, found[name]


def _differing(answers: Mapping[str, Json], preset: Preset) -> Differing:
    pairs: Differing = {}
    for key, value in preset.answers.items():
        said: Json = [*value] if isinstance(value, list) else value
        if answers.get(key) != said:
            pairs[key] = (answers.get(key), said)
    return pairs


def lines(found: Status) -> Iterator[str]:
    """A status for people."""
    yield f"version   {found.recorded} of {found.source}"
    yield f"newest    {found.newest or 'unknown'}"
    if found.differing:
        yield f"answers   nearest to the preset {found.preset}, other than in:"
        for key, (mine, theirs) in found.differing.items():
            yield f"          {key}: {_word(mine)} (the preset: {_word(theirs)})"
    else:
        yield f"answers   those of the preset {found.preset}"
    if found.drifted:
        yield f"drifted   {', '.join(found.drifted)}: `make generate`"
    else:
        yield "derived   as the contract has it"
    if found.coming:
        yield f"update    {_coming(found.coming)}"
    for problem in found.problems:
        yield f"unknown   {problem}"


def _coming(report: Report) -> str:
    if report.nothing:
        return "nothing to change"
    kinds = ("added", "changed", "merged", "removed", "derived", "conflicts")
    counts = [
        f"{len(getattr(report, kind))} {kind}"
        for kind in kinds
        if getattr(report, kind)
    ]
    if not counts:
        return "would only record the newer version"
    return f"would touch {', '.join(counts)}; `groundplan update --plan` names them"


def _word(value: Json) -> str:
    return (
        "+".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
    )
