"""The ceiling: bare ASGI and asyncpg, with the queries and the JSON of the sample shop.

`python rows.py PORT POSTGRESQL_URL`

No framework, validation, login, logs or metrics: what is left is the server, the
driver, and rows made into JSON.
"""

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg  # type: ignore[import-untyped]
import orjson  # type: ignore[import-not-found]
import uvicorn  # type: ignore[import-not-found]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PRODUCT: Final = """
id, sku, name, description, unit_price AS "unitPrice", currency, category, status,
created_at AS "createdAt", updated_at AS "updatedAt"
"""
STOCK_ITEM: Final = """
id, product_id AS "productId", quantity_on_hand AS "quantityOnHand",
quantity_reserved AS "quantityReserved",
created_at AS "createdAt", updated_at AS "updatedAt"
"""
COLUMNS: Final = {"products": PRODUCT, "stock-items": STOCK_ITEM}
ONE: Final = {
    name: f"SELECT {columns} FROM {name.replace('-', '_')} WHERE id = $1"
    for name, columns in COLUMNS.items()
}
PAGE: Final = {name: f"""
    SELECT {columns}, count(*) OVER () AS total FROM {name.replace("-", "_")}
    ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2
    """ for name, columns in COLUMNS.items()}
INSERT: Final = f"""
INSERT INTO products (id, sku, name, description, unit_price, currency, category,
status, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
RETURNING {PRODUCT}
"""
INSERTED: Final = (
    *("sku", "name", "description", "unitPrice", "currency", "category", "status"),
)


class Rows:
    """GET /NAME/ID, GET /NAME?limit=N and POST /products."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.pool: Any = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request, or the start and the end of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        status, document = await self._answer(scope, receive)
        body = orjson.dumps(document, str, orjson.OPT_UTC_Z)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Message, receive: Receive) -> tuple[int, object]:
        if scope["method"] == "POST":
            return 201, await self._insert(orjson.loads(await _body(receive)))
        _, name, *key = scope["path"].split("/")
        if key:
            return 200, dict(await self.pool.fetchrow(ONE[name], UUID(key[0])))
        limit = int(scope["query_string"].partition(b"limit=")[2])
        return 200, await self._page(name, limit)

    async def _page(self, name: str, limit: int) -> object:
        data = [dict(row) for row in await self.pool.fetch(PAGE[name], limit, 0)]
        totals = [row.pop("total") for row in data]
        total = totals[0] if totals else 0
        pages = -(-total // limit)
        meta = {"page": 1, "limit": limit, "total": total, "totalPages": pages}
        return {"data": data, "meta": meta}

    async def _insert(self, given: dict[str, object]) -> object:
        values = (given[name] for name in INSERTED)
        now = datetime.now(UTC)
        return dict(await self.pool.fetchrow(INSERT, uuid4(), *values, now))

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.pool = await asyncpg.create_pool(self.url, min_size=1, max_size=20)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message["body"]
        more = message["more_body"]
    return body


if __name__ == "__main__":
    uvicorn.run(
        Rows(sys.argv[2]), port=int(sys.argv[1]), access_log=False, log_level="warning"
    )
