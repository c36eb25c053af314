"""The ceiling of a cache: bare ASGI that answers with bytes from Redis.

`python kept.py PORT REDIS_URL`; the key of an answer is its path with its query.
"""

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn  # type: ignore[import-not-found]
from redis.asyncio import BlockingConnectionPool, Redis  # type: ignore[import-not-found]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class KeptAnswers:
    """GET what is kept; 404 for what is not."""

    def __init__(self, url: str) -> None:
        self.redis = Redis(connection_pool=BlockingConnectionPool.from_url(url))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request, or the start and the end of the process."""
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self.redis.aclose()
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = await self.redis.get(scope["raw_path"] + b"?" + scope["query_string"])
        status = 200 if body else 404
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body or b"")).encode()),
        ]
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body or b""})


if __name__ == "__main__":
    uvicorn.run(
        KeptAnswers(sys.argv[2]),
        port=int(sys.argv[1]),
        access_log=False,
        log_level="warning",
    )
