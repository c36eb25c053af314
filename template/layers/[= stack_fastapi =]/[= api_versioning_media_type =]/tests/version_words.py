"""How tests name a version, and what an answer says of its own."""

import httpx


def naming(version: int | str) -> dict[str, str]:
    """The headers of a request that means a version."""
    return {"accept": f"application/json;v={version}"}


def said_by(response: httpx.Response) -> int:
    """The version that has answered."""
    media, _, version = response.headers["content-type"].partition(";v=")
    assert media == "application/json"
    return int(version)
