"""All tests: what takes long begins first, and what is made up is the same every time.

`make nightly` makes up something else: `--hypothesis-profile=default`, and an empty
CONTRACT_SEED.
"""

import os

import pytest


def pytest_configure() -> None:
    """Give Schemathesis a seed, which the contract tests of projects take."""
    os.environ.setdefault("CONTRACT_SEED", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the groups in the order of the minutes that they take.

    Processes take the groups in this order (`--no-loadscope-reorder`): a long one that
    begins last would leave the other process idle.
    """
    items.sort(key=_minutes, reverse=True)


def _minutes(item: pytest.Item) -> float:
    mark = item.get_closest_marker("minutes")
    return float(mark.args[0]) if mark else 0
