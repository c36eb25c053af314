"""Where the platform's own endpoints are: out of the way of the contract's."""

from .api_versions import BY_REQUEST, unversioned
from .domain import Domain
from .entities import shape

_ENDPOINTS = (
    ("get", "/health"),
    ("get", "/health/live"),
    ("get", "/health/ready"),
    ("get", "/metrics"),
    ("get", "/docs"),
    ("get", "/redoc"),
    ("get", "/openapi.json"),
    ("post", "/auth/register"),
    ("post", "/auth/login"),
    ("get", "/auth/login"),
    ("get", "/auth/callback"),
    ("post", "/auth/refresh"),
    ("post", "/auth/logout"),
    ("post", "/auth/logout-all"),
    ("post", "/auth/password-reset"),
    ("post", "/auth/password-reset/confirm"),
    ("get", "/auth/me"),
    ("post", "/webhooks/payments"),
    ("put", "/storage/{key}"),
    ("get", "/storage/{key}"),
)


def platform_path(domain: Domain, current: str = "") -> str:
    """The path below which the platform's endpoints take none of the contract's.

    They stay where they are as long as nothing is in their way: monitoring and clients
    know them there.
    """
    candidates = (current, "", "/platform", *(f"/platform{n}" for n in range(2, 100)))
    return next(path for path in candidates if not taken(domain, path))


def taken(domain: Domain, path: str) -> list[str]:
    """What the contract has at the platform's places below a path."""
    places = {(method, f"{path}{place}") for method, place in _ENDPOINTS}
    return [
        f"{operation.method.upper()} {operation.path}"
        for context in domain.contexts
        for operation in context.operations
        for called in {operation.path, _unversioned(operation.path, domain)}
        if (operation.method, shape(called)) in places
    ]


def _unversioned(path: str, domain: Domain) -> str:
    """How callers write a path who name the version in the request."""
    return unversioned(path) if domain.versioning in BY_REQUEST else path
