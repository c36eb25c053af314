"""Covering arrays: against brute force, on spaces of any shape."""

import itertools
import random
from collections.abc import Mapping

import pytest

from groundplan.covering import Constraint, Row, covering_array

Forbidden = list[tuple[tuple[str, ...], set[tuple[str, ...]]]]


def space(seed: int) -> tuple[dict[str, tuple[str, ...]], Forbidden]:
    """Factors, and the combinations of some of them that are forbidden."""
    chance = random.Random(seed)
    factors = {
        f"factor{n}": tuple("abcd"[: chance.randint(1, 4)])
        for n in range(chance.randint(1, 7))
    }
    forbidden: Forbidden = []
    for _ in range(chance.randint(0, 6)):
        size = min(len(factors), chance.randint(1, 3))
        names = tuple(chance.sample(sorted(factors), size))
        count = chance.randint(1, 4)
        values = {tuple(chance.choice(factors[n]) for n in names) for _ in range(count)}
        forbidden.append((names, values))
    return factors, forbidden


def constraints(forbidden: Forbidden) -> list[Constraint]:
    def constraint(names: tuple[str, ...], values: set[tuple[str, ...]]) -> Constraint:
        def allows(row: Mapping[str, str]) -> bool:
            return tuple(row[name] for name in names) not in values

        return Constraint(names, allows)

    return [constraint(names, values) for names, values in forbidden]


def every_row(
    factors: Mapping[str, tuple[str, ...]], forbidden: Forbidden
) -> list[Row]:
    rows = [
        dict(zip(factors, v, strict=True)) for v in itertools.product(*factors.values())
    ]
    return [
        row
        for row in rows
        if all(tuple(row[n] for n in names) not in bad for names, bad in forbidden)
    ]


def pairs(rows: list[Row]) -> set[tuple[tuple[str, str], ...]]:
    return {p for row in rows for p in itertools.combinations(row.items(), 2)}


@pytest.mark.parametrize("seed", range(60))
def test_every_pair_that_may_meet_does_and_no_other(seed: int) -> None:
    factors, forbidden = space(seed)
    possible = every_row(factors, forbidden)
    if not possible:
        with pytest.raises(ValueError, match="no row keeps"):
            covering_array(factors, constraints(forbidden))
        return
    seeds = random.Random(seed).sample(possible, min(2, len(possible)))
    rows = covering_array(factors, constraints(forbidden), seeds)
    assert rows[: len(seeds)] == seeds
    assert all(row in possible for row in rows)
    assert pairs(rows) == pairs(possible)
    assert {value for row in rows for value in row.items()} == {
        value for row in possible for value in row.items()
    }
    assert len({tuple(row.values()) for row in rows}) == len(rows)


def test_no_row_is_idle() -> None:
    factors, forbidden = space(11)
    rows = covering_array(factors, constraints(forbidden))
    for row in rows:
        assert pairs([other for other in rows if other is not row]) != pairs(rows)


def test_a_seed_that_is_refused_is_an_error() -> None:
    constraint = Constraint(("a",), lambda row: row["a"] != "1")
    with pytest.raises(ValueError, match="'a': '1'"):
        covering_array({"a": ("1", "2")}, [constraint], [{"a": "1"}])


def test_rows_are_few_and_stay_when_a_flag_is_added() -> None:
    factors = {f"question{n}": tuple("abcd"[: 2 + n % 3]) for n in range(14)}
    factors |= {f"flag{n}": ("out", "in") for n in range(10)}
    before = covering_array(factors)
    after = covering_array(factors | {"another": ("out", "in")})
    assert len(before) <= 30
    kept = [{name: row[name] for name in factors} for row in after]
    assert kept[: len(before)] == before
