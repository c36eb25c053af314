"""Walks: answers that change again and again, from ones that may be given to others."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groundplan import pairs
from groundplan.answers import Answer, Preset, presets
from groundplan.covering import Factors, Row, Space
from groundplan.flags import to_answers, to_row
from groundplan.refusals import constraints

LEAST = 2  # answers that a step changes
IDENTITY = {
    "package": ("reading_room", "library_desk"),
    "project_name": ("Reading room", "The library's desk"),
    "description": ("Books on shelves.", "What is lent: to whom, and till when?"),
}
ASKED = pairs.choices()
FACTORS: Factors = {**pairs.factors(ASKED), **IDENTITY}


@dataclass(frozen=True)
class Walk:
    """Answers to begin with, and those after each step, whole every time."""

    name: str
    start: dict[str, Answer]
    steps: tuple[dict[str, Answer], ...]


def walks(seed: int, count: int, length: int) -> list[Walk]:
    """So many walks of so many steps; the same seed gives the same ones.

    Every factor is changed before any is changed again, from one walk to the next.
    """
    chance = random.Random(seed)
    space = Space(FACTORS, constraints(ASKED))
    share = max(LEAST, -(-len(FACTORS) // (count * length)))
    deck: list[str] = []
    found = []
    known = list(presets().values())
    for number in range(count):
        row = _start(known[number % len(known)])
        start, steps = row, []
        for _ in range(length):
            if len(deck) < share:
                deck = [*chance.sample(list(FACTORS), len(FACTORS)), *deck]
            row = _step(chance, space, row, deck, share)
            steps.append(_answers(row))
        found.append(Walk(f"{seed}-{number}", _answers(start), tuple(steps)))
    return found


def _start(preset: Preset) -> Row:
    return to_row(ASKED, preset.answers) | {k: v[0] for k, v in IDENTITY.items()}


def _step(
    chance: random.Random, space: Space, row: Row, deck: list[str], share: int
) -> Row:
    """Change factors from the end of the deck, and others only where they have to."""
    made: Row = {}
    for name in reversed([*deck]):
        if len(made) == share:
            break
        others = [value for value in FACTORS[name] if value != row[name]]
        if possible := list(_possible(space, made, name, others)):
            made[name] = chance.choice(possible)
            deck.remove(name)
    for name in chance.sample(list(FACTORS), len(FACTORS)):
        if name not in made:
            first = list(_possible(space, made, name, (row[name],)))
            other = first or list(_possible(space, made, name, FACTORS[name]))
            made[name] = chance.choice(other)
    return {name: made[name] for name in FACTORS}


def _possible(
    space: Space, row: Row, name: str, values: Sequence[str]
) -> Iterator[str]:
    return (v for v in values if space.can_become_whole({**row, name: v}))


def _answers(row: Row) -> dict[str, Answer]:
    return to_answers(ASKED, row) | {name: row[name] for name in IDENTITY}
