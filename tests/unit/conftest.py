"""Fixtures of all unit tests."""

import functools
from collections.abc import Iterator

import pytest

from groundplan import generate, migrations, render


@pytest.fixture(scope="session", autouse=True)
def _format_once() -> Iterator[None]:
    """Formatting takes half of the time, and the same source comes again and again."""
    cached = functools.cache(render.formatted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generate, "formatted", cached)
        patch.setattr(migrations, "formatted", cached)
        yield
