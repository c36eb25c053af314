"""The walks go where they may, everywhere, and the same way each time."""

import itertools

import pytest

from groundplan import pairs
from groundplan.covering import Space
from groundplan.flags import to_row
from groundplan.refusals import constraints

from .test_walks import EVERY_CHANGE, NIGHTLY
from .walk import ASKED, FACTORS, IDENTITY, Walk, every_answer, walks

PAIRS = [EVERY_CHANGE, NIGHTLY]


def rows(walk: Walk) -> list[dict[str, str]]:
    return [
        to_row(ASKED, answers) | {name: str(answers[name]) for name in IDENTITY}
        for answers in (walk.start, *walk.steps)
    ]


@pytest.mark.parametrize("size", PAIRS, ids=["every change", "nightly"])
def test_each_step_is_allowed_and_each_answer_changes(
    size: tuple[int, int, int],
) -> None:
    space = Space(pairs.factors(ASKED), constraints(ASKED))
    changed: list[str] = []
    for walk in walks(*size):
        steps = rows(walk)
        assert len(steps) == size[2] + 1
        assert all(
            space.can_become_whole({k: row[k] for k in space.factors}) for row in steps
        )
        for before, after in itertools.pairwise(steps):
            step = [name for name in FACTORS if before[name] != after[name]]
            assert len(step) >= 2
            changed += step
    assert set(changed) == FACTORS.keys()
    assert walks(*size) == walks(*size)


def test_a_walk_comes_to_every_answer_and_leaves_it_again() -> None:
    walk = every_answer(1)
    space = Space(pairs.factors(ASKED), constraints(ASKED))
    passed = rows(walk)
    assert all(
        space.can_become_whole({k: row[k] for k in space.factors}) for row in passed
    )
    for name, values in FACTORS.items():
        moves = [
            (before[name], after[name])
            for before, after in itertools.pairwise(passed)
            if before[name] != after[name]
        ]
        assert {left for left, _ in moves} == {come for _, come in moves} == {*values}
    assert len(walk.steps) <= 6
    assert every_answer(1) == walk
