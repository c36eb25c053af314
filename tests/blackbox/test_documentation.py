"""The service's own document, and the page that shows it."""

import pytest

from .api import Api


@pytest.mark.needs("documentation")
def test_the_document(api: Api) -> None:
    """OpenAPI, with the operations that it answers."""
    answer = api.platform("GET", "/openapi.json")
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "application/json"
    assert str(answer.object["openapi"]).startswith("3."), answer
    paths = answer.at(("paths",))
    assert isinstance(paths, dict)
    item = paths[api.items.path]
    assert isinstance(item, dict) and {"get", "post"} <= set(item)
    assert f"{api.own}/health/ready" in paths
    has_login = f"{api.own}/auth/login" in paths
    assert has_login == (api.profile.login is not None)


@pytest.mark.needs("documentation")
def test_the_page(api: Api) -> None:
    """HTML that loads the document."""
    answer = api.platform("GET", "/docs")
    assert answer.status == 200, answer
    assert answer.headers["content-type"].startswith("text/html")
    assert f"{api.own}/openapi.json" in answer.text
