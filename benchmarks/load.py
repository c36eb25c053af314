"""A client that sends a fixed number of requests over connections it keeps open."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

CONNECTIONS: Final = 16
LOAD_SECONDS: Final = 300.0

MakeRequest = Callable[[], bytes]


def request(
    method: str, path: str, headers: Mapping[str, str], body: bytes = b""
) -> bytes:
    """An HTTP/1.1 request as it goes over the wire."""
    fields = {"host": "127.0.0.1", **headers}
    if body:
        fields |= {
            "content-type": "application/json",
            "content-length": str(len(body)),
        }
    lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def load(port: int, make: MakeRequest, requests: int) -> None:
    """Send the requests; each has to be answered with success.

    Raises RuntimeError with the first answer that is not, TimeoutError after
    LOAD_SECONDS.
    """
    left = iter(range(requests))

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for _ in left:
                writer.write(make())
                await _read_answer(reader)
        finally:
            writer.close()

    async with asyncio.timeout(LOAD_SECONDS):
        await asyncio.gather(*(connection() for _ in range(min(CONNECTIONS, requests))))


async def _read_answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(length)
    if not 200 <= status < 300:
        raise RuntimeError(f"answered {status}: {body[:500].decode(errors='replace')}")
