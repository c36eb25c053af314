"""Scopes: what the contract wants a token of an issuer to be granted."""

from dataclasses import replace

from .domain import Domain, Operation
from .reader import Json

WITH_SCOPES = ("oauth2", "openidconnect")
BEARERS = (*WITH_SCOPES, "bearer")


def scoped(domain: Domain) -> Domain:
    """The domain with the scopes of each operation, by alternative.

    An operation for which some token needs none has none: lists of other schemes are
    words for people.
    """
    schemes = _types(domain.effective)
    contexts = tuple(
        replace(
            context,
            operations=tuple(
                replace(operation, scopes=_scopes(operation, schemes))
                for operation in context.operations
            ),
        )
        for context in domain.contexts
    )
    return replace(domain, contexts=contexts)


def _scopes(
    operation: Operation, schemes: dict[str, str]
) -> tuple[tuple[str, ...], ...]:
    found: list[tuple[str, ...]] = []
    for alternative in operation.security:
        if not any(schemes.get(name) in BEARERS for name in alternative):
            continue
        names = [
            str(scope)
            for name, listed in alternative.items()
            if schemes.get(name) in WITH_SCOPES and isinstance(listed, list)
            for scope in listed
        ]
        found.append(tuple(dict.fromkeys(names)))
    return tuple(dict.fromkeys(found)) if all(found) else ()


def _types(effective: dict[str, Json]) -> dict[str, str]:
    """The type of each security scheme, or what an http one is, by its name."""
    components = effective.get("components")
    listed = components.get("securitySchemes") if isinstance(components, dict) else {}
    return {
        name: str(scheme.get("scheme", scheme.get("type"))).lower()
        for name, scheme in (listed if isinstance(listed, dict) else {}).items()
        if isinstance(scheme, dict)
    }
