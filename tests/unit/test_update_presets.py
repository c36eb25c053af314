"""From one preset to the next and back, on a contract of one's own.

`tests/update` goes from each preset to each other one, on the sample and with rows.
"""

from itertools import pairwise

import pytest

from groundplan.answers import presets

from .updates import Edits, Workplace, answers, compared, run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("update-presets")]
ONWARD = list(pairwise(presets()))
STEPS = [*ONWARD, *((after, before) for before, after in ONWARD)]


@pytest.mark.parametrize(("before", "after"), STEPS, ids=map("-".join, STEPS))
def test_answered_anew_is_as_fresh(
    before: str,
    after: str,
    place: Workplace,
) -> None:
    # its contract asks for a login
    project = place.project(preset=before, auth="jwt")
    fresh = place.project("fresh", preset=after, auth="jwt")
    edits = Edits()
    edits.make(project)
    report = run(project, "auth=jwt", preset=after)
    assert not report.conflicts
    assert compared(project) == edits.are_in(fresh)
    assert answers(project) == answers(fresh)


def test_traces_that_go_elsewhere_and_back_are_as_fresh(place: Workplace) -> None:
    """Both ways have modules at the same paths."""
    one, other = "observability=prometheus,opentelemetry", "observability=datadog"
    project = place.project(observability=["prometheus", "opentelemetry"])
    fresh = place.project("fresh", observability=["datadog"])
    again = place.project("again", observability=["prometheus", "opentelemetry"])
    edits = Edits()
    edits.make(project)
    assert not run(project, other).conflicts
    assert compared(project) == edits.are_in(fresh)
    assert answers(project) == answers(fresh)
    assert not run(project, one).conflicts
    assert compared(project) == edits.are_in(again)
    assert answers(project) == answers(again)
