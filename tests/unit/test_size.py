"""Work grows with the contract and no faster: counted in calls, not in seconds."""

import cProfile
import json
from pathlib import Path

from benchmarks.entities import OPERATIONS, contract

from groundplan import generate

from .projects import project

SIZES = (10, 20, 40)


def calls(folder: Path, entities: int) -> int:
    """How many functions are called to understand a contract and to write its files."""
    made = project(folder, json.loads(contract(entities)), auth="none")
    profile = cProfile.Profile()
    profile.enable()
    report = generate.generate(made)
    profile.disable()
    assert len(report.written) > entities
    return sum(entry.callcount for entry in profile.getstats())


def test_twice_the_contract_is_twice_the_work(tmp_path: Path) -> None:
    one, two, four = (calls(tmp_path / str(size), size) for size in SIZES)
    assert 1.8 < (four - two) / (two - one) < 2.2


def test_the_contract_of_the_benchmark_is_stored_whole(tmp_path: Path) -> None:
    made = project(tmp_path, json.loads(contract(10)), auth="none")
    _, domain = generate.understand_project(made)
    assert (
        sum(len(context.operations) for context in domain.contexts) == 10 * OPERATIONS
    )
    assert sum(len(context.entities) for context in domain.contexts) == 10
    assert not any(context.stubs for context in domain.contexts)
