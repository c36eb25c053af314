"""Services without login have none of its endpoints."""

import pytest

from .api import Api


@pytest.mark.lacks("login")
@pytest.mark.parametrize("path", ["register", "login", "refresh", "logout", "me"])
def test_no_login(api: Api, path: str) -> None:
    """They are nowhere."""
    api.refused(api.platform("GET", f"/auth/{path}"), 404)
    api.refused(api.platform("POST", f"/auth/{path}", {}), 404)
