"""What browsers ask for pages of another origin."""

from .api import Api
from .client import Answer

STRANGER = "https://elsewhere.example.org"


def preflight(api: Api, origin: str, method: str, headers: str = "") -> Answer:
    """Ask whether a page may send a request."""
    sent = {"origin": origin, "access-control-request-method": method}
    if headers:
        sent["access-control-request-headers"] = headers
    return api.client.request("OPTIONS", api.items.path, headers=sent)


def is_closed(api: Api) -> None:
    """No origin is let in, and no preflight is answered as if one were."""
    for answer in (
        api.client.get(f"{api.own}/health/live", {"origin": STRANGER}),
        preflight(api, STRANGER, "GET"),
    ):
        assert not [n for n in answer.headers if n.startswith("access-control-")]
    api.refused(preflight(api, STRANGER, "GET"), 405)
