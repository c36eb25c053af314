"""Rows of values in which any two values that may meet do meet: a covering array.

Grown question by question (IPO: Lei and Tai, "In-Parameter-Order", 1998), those with
the most values first. So few rows do, and a flag more leaves the rows as they are.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Factors: TypeAlias = Mapping[str, Sequence[str]]
Row: TypeAlias = dict[str, str]
Pair: TypeAlias = tuple[str, str, str, str]
"""A factor and its value, another factor and its value."""


@dataclass(frozen=True)
class Constraint:
    """What some factors may be together: asked once for each of their combinations."""

    names: tuple[str, ...]
    allows: Callable[[Mapping[str, str]], bool]
    _known: dict[tuple[str, ...], bool] = field(default_factory=dict, compare=False)

    def holds(self, row: Mapping[str, str]) -> bool:
        """Whether a row keeps it; one that leaves a name open does."""
        if any(name not in row for name in self.names):
            return True
        values = tuple(row[name] for name in self.names)
        if values not in self._known:
            given = dict(zip(self.names, values, strict=True))
            self._known[values] = self.allows(given)
        return self._known[values]


class Space:
    """The factors, and which of their values may meet."""

    def __init__(self, factors: Factors, constraints: Sequence[Constraint]) -> None:
        self.factors = factors
        self._by_name: dict[str, list[Constraint]] = {name: [] for name in factors}
        for constraint in constraints:
            for name in constraint.names:
                self._by_name[name].append(constraint)
        self._groups = self._connected()
        self._known: dict[tuple[str | None, ...], bool] = {}

    def _connected(self) -> list[list[str]]:
        """The factors under constraints, those together that bind each other."""
        groups: list[set[str]] = []
        for names in (c.names for by in self._by_name.values() for c in by):
            joined = set(names).union(*(g for g in groups if g & set(names)))
            groups = [g for g in groups if not g & joined] + [joined]
        return [[name for name in self.factors if name in g] for g in groups]

    def can_become_whole(self, row: Row) -> bool:
        """Whether the open factors of a row have values that keep every constraint."""
        return all(self._group_can(group, row) for group in self._groups)

    def _group_can(self, group: list[str], row: Row) -> bool:
        # the first name tells the groups apart
        key = (group[0], *(row.get(name) for name in group))
        if key not in self._known:
            given = {name: row[name] for name in group if name in row}
            kept = all(self._holds(given, name) for name in given)
            self._known[key] = kept and self._completed(group, given)
        return self._known[key]

    def _completed(self, group: list[str], row: Row) -> bool:
        name = next((name for name in group if name not in row), None)
        if name is None:
            return True
        return any(
            self._holds(more, name) and self._completed(group, more)
            for more in ({**row, name: value} for value in self.factors[name])
        )

    def _holds(self, row: Row, name: str) -> bool:
        return all(constraint.holds(row) for constraint in self._by_name[name])


def covering_array(
    factors: Factors,
    constraints: Sequence[Constraint] = (),
    seeds: Sequence[Row] = (),
) -> list[Row]:
    """The seeds, then as many rows as it takes for every pair of values that may meet.

    Seeds are whole rows and stay as they are. The same input gives the same rows, with
    the factors in the order given. Raises ValueError where no row at all, or a seed,
    keeps the constraints.
    """
    space = Space(factors, constraints)
    for seed in [{}, *seeds]:
        if not space.can_become_whole(seed):
            raise ValueError(f"no row keeps the constraints: {seed or 'none at all'}")
    rows: list[Row] = [{} for _ in seeds]
    order = sorted(factors, key=lambda name: -len(factors[name]))
    for number, name in enumerate(order):
        missing = set(_pairs(space, order[:number], name))
        for row, seed in zip(rows, seeds, strict=False):
            row[name] = seed[name]
            missing -= _met(row, name)
        _extend(space, rows[len(seeds) :], name, missing)
        for pair in [p for p in _pairs(space, order[:number], name) if p in missing]:
            _place(space, rows, len(seeds), pair)
    whole = [_whole(space, row) for row in rows]
    return _without_idle(whole, len(seeds))


def _pairs(space: Space, before: Sequence[str], name: str) -> Iterator[Pair]:
    """The pairs of a factor with those before it that may meet.

    The first factor of all is paired with itself: each of its values has to occur.
    """
    for other in before or [name]:
        for first in space.factors[other]:
            for value in space.factors[name]:
                if other == name and first != value:
                    continue
                if space.can_become_whole({other: first, name: value}):
                    yield other, first, name, value


def _met(row: Row, name: str) -> set[Pair]:
    """The pairs that a row has with one of its factors."""
    return {(other, value, name, row[name]) for other, value in row.items()}


def _extend(space: Space, rows: Sequence[Row], name: str, missing: set[Pair]) -> None:
    """Give each row the value with the most missing pairs, or none without any."""
    used = dict.fromkeys(space.factors[name], 0)
    for row in rows:
        gains = {
            value: len(_met(more, name) & missing)
            for value in used
            if space.can_become_whole(more := {**row, name: value})
        }
        best = max(gains, key=lambda value: (gains[value], -used[value]))
        if gains[best]:
            row[name] = best
            used[best] += 1
            missing -= _met(row, name)


def _place(space: Space, rows: list[Row], seeds: int, pair: Pair) -> None:
    """Write a pair into the first row that has room for it, or into a new one."""
    other, first, name, value = pair
    for row in rows[seeds:]:
        fits = row.get(other, first) == first and row.get(name, value) == value
        if fits and space.can_become_whole({**row, other: first, name: value}):
            break
    else:
        row = {}
        rows.append(row)
    row[other] = first
    row[name] = value


def _whole(space: Space, row: Row) -> Row:
    """The row with a value for what was left open, in the order of the factors."""
    for name, values in space.factors.items():
        if name not in row:
            row[name] = next(
                value
                for value in values
                if space.can_become_whole({**row, name: value})
            )
    return {name: row[name] for name in space.factors}


def _without_idle(rows: list[Row], seeds: int) -> list[Row]:
    """Without the rows, seeds apart, whose values and pairs are all in others too."""
    met = {
        id(row): {*itertools.combinations(row.items(), 2), *row.items()} for row in rows
    }
    times = Counter(pair for pairs in met.values() for pair in pairs)
    kept = list(rows)
    for row in reversed(rows[seeds:]):
        if all(times[pair] > 1 for pair in met[id(row)]):
            times.subtract(met[id(row)])
            kept.remove(row)
    return kept
