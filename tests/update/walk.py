"""Walks: answers that change again and again, from ones that may be given to others."""

import random
from collections.abc import Iterator, Sequence, Set
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


def every_answer(seed: int) -> Walk:
    """A walk that comes to each value of each factor, and leaves each again.

    It begins with the preset that leaves most out.
    """
    chance = random.Random(seed)
    space = Space(FACTORS, constraints(ASKED))
    first = min(presets().values(), key=lambda preset: len(_on(_start(preset))))
    row = start = _start(first)
    to_enter = {(name, value) for name in FACTORS for value in FACTORS[name]}
    to_leave = set(to_enter)
    steps: list[dict[str, Answer]] = []
    while to_enter or to_leave:
        before = row
        row = _onward(chance, space, before, to_enter, to_leave)
        changed = [name for name in FACTORS if row[name] != before[name]]
        left = len(to_enter) + len(to_leave)
        to_enter -= {(name, row[name]) for name in changed}
        to_leave -= {(name, before[name]) for name in changed}
        assert len(to_enter) + len(to_leave) < left, (to_enter, to_leave)
        steps.append(_answers(row))
    return Walk(f"every-answer-{seed}", _answers(start), tuple(steps))


def _on(row: Row) -> list[str]:
    return [name for name in FACTORS if row[name] not in ("none", "out")]


def _onward(
    chance: random.Random,
    space: Space,
    row: Row,
    to_enter: Set[tuple[str, str]],
    to_leave: Set[tuple[str, str]],
) -> Row:
    """As many as can be that were not entered, from as many that were not left."""

    def wanted(name: str, value: str) -> tuple[bool, bool]:
        leaves = value != row[name] and (name, row[name]) in to_leave
        return ((name, value) in to_enter and value != row[name], leaves)

    def open_of(name: str) -> int:
        return sum(one == name for one, _ in [*to_enter, *to_leave])

    made: Row = {}
    names = chance.sample(list(FACTORS), len(FACTORS))
    for name in sorted(names, key=open_of, reverse=True):
        values = chance.sample(FACTORS[name], len(FACTORS[name]))
        liked = sorted(values, key=lambda value: wanted(name, value), reverse=True)
        made[name] = next(_possible(space, made, name, liked))
    return {name: made[name] for name in FACTORS}


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
