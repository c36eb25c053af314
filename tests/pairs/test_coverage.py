"""The presets and the rows of pairs have every pair of answers that may meet."""

import itertools
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from groundplan import source
from groundplan.cli import app
from groundplan.pairs import combinations

from ..checkout import REPOSITORY
from ..rules import template_tree as tree
from ..threes import threes
from . import large_template as large
from .coverage import Answers, Asker, allows, every_answer, questions, uncovered


def rows() -> dict[str, Answers]:
    """What `groundplan presets --pairs --json` prints, by name."""
    done = CliRunner().invoke(app, ["presets", "--pairs", "--json"])
    assert done.exit_code == 0, done.output
    printed = json.loads(done.stdout)
    named = {row["name"]: row["answers"] for row in printed}
    assert len(named) == len(printed)
    return named


@pytest.fixture(params=["ours", "large"])
def root(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A template: this one, and one with more questions and with constraints."""
    if request.param == "ours":
        return REPOSITORY
    folder = large.write(tmp_path / "large")
    monkeypatch.setattr(source, "repository", lambda: folder)
    monkeypatch.setattr(source, "presets_folder", lambda: folder / "presets")
    return folder


def test_every_pair_that_may_meet_is_in_a_row(root: Path) -> None:
    asked, made = questions(root), rows()
    assert uncovered(asked, list(made.values())) == []
    for name, answers in made.items():
        assert answers.keys() == asked.keys(), name
        assert allows(asked, answers), name
    print(f"{len(made)} rows")


def test_a_row_less_is_noticed(root: Path) -> None:
    asked, made = questions(root), rows()
    for name in [name for name in made if name.startswith("pair-")]:
        others = [answers for other, answers in made.items() if other != name]
        missing = uncovered(asked, others)
        assert missing, f"{name} could go"
        assert all(" with" in pair and "=" in pair for pair in missing)


def test_every_layer_and_part_is_in_a_row() -> None:
    """Also those that three answers let in: no pair calls for them."""
    asked = tree.questions(REPOSITORY)
    behind = {file.gates for file in tree.layered(REPOSITORY)}
    behind |= {frozenset({folder.name}) for folder in tree.part_folders(REPOSITORY)}
    known = [_gates_of(asked, row.answers) for row in [*combinations(), *threes()]]
    missing = [one for one in behind if not any(one <= gates for gates in known)]
    assert sorted(map(sorted, missing)) == []


def _gates_of(asked: dict[str, Any], answers: Mapping[str, object]) -> set[str]:
    """The gates that a row lets in."""
    given = {**answers}
    for name, entry in asked.items():
        if entry.get("when") is False and name != "gates":
            template = tree.ENVIRONMENT.from_string(str(entry["default"]))
            given[name] = template.render(given)
    return {name for name, value in given.items() if value == "."}


def test_what_is_impossible_is_what_was_meant_to_be(tmp_path: Path) -> None:
    """With no rows at all, every pair but these is missing."""
    asked = questions(large.write(tmp_path / "large"))
    free = {
        name: {k: v for k, v in entry.items() if k not in ("validator", "when")}
        | {"choices": [value for (value, _) in pairs_of(name, entry)]}
        for name, entry in asked.items()
    }
    assert sorted(set(uncovered(free, [])) - set(uncovered(asked, []))) == sorted(
        large.IMPOSSIBLE
    )


def pairs_of(name: str, entry: dict[str, Any]) -> list[tuple[object, Answers]]:
    """The choices of a question, each with the answer that takes it alone."""
    several = entry.get("multiselect")
    return [
        (answer[name][0] if several else answer[name], answer)
        for answer in every_answer(name, entry)
        if not several or len(answer[name]) == 1
    ]


@pytest.mark.slow
def test_copier_takes_the_rows_and_refuses_what_they_leave_out(
    root: Path, tmp_path: Path
) -> None:
    """Of rows and of rows with two answers changed, the same are refused."""
    asked, asker = questions(root), Asker(root, tmp_path / "asker")
    chance = random.Random(7)
    made = list(rows().values())
    taken = [dict(answers) for answers in chance.sample(made, min(4, len(made)))]
    changed = []
    for answers in itertools.islice(itertools.cycle(made), 16):
        other = dict(answers)
        for name in chance.sample(list(asked), 2):
            other |= chance.choice(list(every_answer(name, asked[name])))
        changed.append(other)
    verdicts = set()
    for answers in [*taken, *changed]:
        assert asker.accepts(answers) == allows(asked, answers), answers
        verdicts.add(allows(asked, answers))
    assert all(map(asker.accepts, taken))
    assert True in verdicts and (False in verdicts or root == REPOSITORY)
