"""Bodies in other media types than JSON, which nobody reads, are not offered."""

from .amendments import Seed, operations_of
from .domain import Domain
from .operations import is_json, json_media


def leave_media(made: Seed, domain: Domain) -> None:
    """Where a body may be JSON, that is what the service takes."""
    for operation, node, pointer in operations_of(made, domain):
        if operation.body is None:
            continue
        body, at = made.contract.resolve(node["requestBody"], (*pointer, "requestBody"))
        content = body.get("content")
        if not isinstance(content, dict) or json_media(content) is None:
            continue
        others = [media for media in content if not is_json(media)]
        if others and (*at, "content") not in made.seen:
            made.seen.add((*at, "content"))
            words = f"{operation.id} takes JSON, not {', '.join(others)}"
            made.remove((*at, "content"), others, (), words)
