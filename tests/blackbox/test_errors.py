"""One error format everywhere, with codes for programs and the id of the request."""

import re

import pytest

from .api import Api
from .errors import check_headers

SCHEME = re.compile(r"[A-Za-z0-9._-]{1,128}")


def test_unknown_paths_are_not_found(api: Api) -> None:
    """404, the framework's own too, whatever the method."""
    for method in ("GET", "POST", "DELETE"):
        api.refused(api.client.request(method, "/no/such/path"), 404)


def test_methods_that_a_path_does_not_have(api: Api) -> None:
    """405 with the complete list of those that it has."""
    path, item = api.items.path, f"{api.items.path.rstrip('/')}/1"
    document = api.platform("GET", "/openapi.json").at(("paths",))
    assert isinstance(document, dict)
    templates = [
        name for name in document if re.fullmatch(re.escape(path) + r"/\{[^/]+\}", name)
    ]
    for asked, template in ((path, path), (item, templates[0])):
        known = document[template]
        assert isinstance(known, dict)
        methods = {name.upper() for name in known} & {
            *("GET", "PUT", "POST", "PATCH", "DELETE")
        }
        methods |= {"HEAD"} if "GET" in methods else set()
        missing = sorted({"PUT", "POST", "DELETE", "PATCH"} - methods)[0]
        answer = api.call(missing, asked, {})
        api.refused(answer, 405)
        assert set(answer.headers["allow"].split(", ")) == methods


@pytest.mark.parametrize("method", ["PROPFIND", "TRACE", "XPLANTED"])
def test_methods_that_nobody_has(api: Api, method: str) -> None:
    """They are refused, not failed on."""
    assert api.client.send(method, "/x").status in (400, 404, 405, 501)


def test_every_answer_has_an_id(api: Api) -> None:
    """The caller's, where it is harmless in a log, else a new one."""
    answer = api.platform("GET", "/health/live", headers={"x-request-id": "order-7.a"})
    assert answer.headers["x-request-id"] == "order-7.a"
    for harmful in ("a b", "x" * 200, "a\tb", "<script>", ""):
        answer = api.client.send(
            "GET", f"{api.own}/health/live", headers={"x-request-id": harmful}
        )
        found = answer.headers["x-request-id"]
        assert found != harmful and SCHEME.fullmatch(found), answer
    first, second = (api.platform("GET", "/health/live") for _ in range(2))
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_every_answer_has_the_security_headers(api: Api) -> None:
    """Those of errors are looked at wherever an error is."""
    check_headers(api.platform("GET", "/health/live"))
    check_headers(api.call("GET", api.items.path))


@pytest.mark.needs("forbidden")
def test_what_a_new_account_may_not_do(api: Api) -> None:
    """403, and nothing is said about what is there."""
    forbidden = api.profile.forbidden
    assert forbidden
    answer = api.call(forbidden.method, forbidden.path, forbidden.body)
    api.refused(answer, 403)
