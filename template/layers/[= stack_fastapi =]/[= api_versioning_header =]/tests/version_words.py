"""How tests name a version, and what an answer says of its own."""

import httpx


def naming(version: int | str) -> dict[str, str]:
    """The headers of a request that means a version."""
    return {"x-api-version": str(version)}


def said_by(response: httpx.Response) -> int:
    """The version that has answered."""
    return int(response.headers["x-api-version"])
