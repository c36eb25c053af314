"""Pages of other origins: closed, unless an origin is let in."""

import pytest

from .api import Api
from .client import Answer
from .cross_origin import STRANGER, is_closed, preflight


def allowed(answer: Answer) -> str | None:
    return answer.headers.get("access-control-allow-origin")


@pytest.mark.needs("origins")
def test_pages_that_are_let_in(api: Api) -> None:
    """They see answers and errors, and the headers that matter to them."""
    origin = {"origin": api.profile.origins[0]}
    for path in (f"{api.own}/health/live", "/no/such/path", api.items.path):
        answer = api.client.get(path, origin)
        assert allowed(answer) == origin["origin"], answer
        assert "origin" in answer.headers["vary"].lower(), answer
        exposed = answer.headers["access-control-expose-headers"].lower()
        for name in ("etag", "location", "retry-after", "x-request-id"):
            assert name in exposed, answer
    answer = preflight(api, origin["origin"], "PUT", "authorization, if-match")
    assert answer.status == 200, answer
    assert allowed(answer) == origin["origin"]
    assert "PUT" in answer.headers["access-control-allow-methods"]
    assert "if-match" in answer.headers["access-control-allow-headers"].lower()


@pytest.mark.needs("origins")
def test_pages_that_are_not_let_in(api: Api) -> None:
    """They see nothing, and their preflight is refused like everything else."""
    assert allowed(api.client.get(api.items.path, {"origin": STRANGER})) is None
    answer = preflight(api, STRANGER, "GET")
    api.refused(answer, 400)
    assert allowed(answer) is None


@pytest.mark.lacks("origins")
def test_no_page_is_let_in(api: Api) -> None:
    """Where no origin is set."""
    is_closed(api)
