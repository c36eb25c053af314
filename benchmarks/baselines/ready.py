"""The least service with a readiness check: FastAPI, asyncpg and nothing else.

`python ready.py PORT POSTGRESQL_URL`
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg  # type: ignore[import-untyped]
import uvicorn  # type: ignore[import-not-found]
from fastapi import FastAPI, Request  # type: ignore[import-not-found]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep a pool for as long as the service runs."""
    async with asyncpg.create_pool(sys.argv[2], min_size=1, max_size=20) as pool:
        app.state.pool = pool
        yield


async def ready(request: Request) -> dict[str, str]:
    """Answer when the database does."""
    await request.app.state.pool.fetchval("SELECT 1")
    return {"status": "up"}


app = FastAPI(lifespan=lifespan)
app.add_api_route("/health/ready", ready)

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning")
