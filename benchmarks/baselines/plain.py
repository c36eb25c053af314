"""A list as FastAPI's own documentation has it: FastAPI, asyncpg and nothing else.

`python plain.py PORT POSTGRESQL_URL`

No login, limits, cache, logs or metrics; the answer is validated and made into JSON by
its models.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]
import uvicorn  # type: ignore[import-not-found]
from fastapi import FastAPI, Query, Request  # type: ignore[import-not-found]
from pydantic import BaseModel
from rows import PAGE  # type: ignore[import-not-found]


class Product(BaseModel):
    """An item, under the names of the contract."""

    id: UUID
    sku: str
    name: str
    description: str | None
    unitPrice: int
    currency: str
    category: str
    status: Literal["active", "archived", "draft"]
    createdAt: datetime
    updatedAt: datetime


class Meta(BaseModel):
    """Where the page is."""

    page: int
    limit: int
    total: int
    totalPages: int


class Products(BaseModel):
    """A page."""

    data: list[Product]
    meta: Meta


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep a pool for as long as the service runs."""
    async with asyncpg.create_pool(sys.argv[2], min_size=1, max_size=20) as pool:
        app.state.pool = pool
        yield


async def products(
    request: Request,
    page: Annotated[int, Query(ge=1)] = 1,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> Products:
    """A page of products, the newest first."""
    pool = request.app.state.pool
    rows = await pool.fetch(PAGE["products"], limit, (page - 1) * limit)
    total = rows[0]["total"] if rows else 0
    return Products(
        data=[Product(**row) for row in rows],
        meta=Meta(page=page, limit=limit, total=total, totalPages=-(-total // limit)),
    )


app = FastAPI(lifespan=lifespan)
app.add_api_route("/products", products)

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning")
