"""The generated sample shop as a running service, and things to ask it for."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx

from .processes import Server, free_port, running
from .workshop import Workshop

READY: Final = "/health/ready"
PRODUCTS: Final = 100
# nothing but the service and its database
ALONE: Final = (
    "cache=none",
    "rate_limit=none",
    "idempotency=none",
    "queue=none",
)


@contextmanager
def shop(
    workshop: Workshop, folder: Path, database: str, **settings: str
) -> Iterator[Server]:
    """The service as in production: one worker, JSON access log into a file.

    `settings` are environment variables beside the usual ones.
    """
    port = free_port()
    with running(
        [python_of(folder), "-m", "shop"],
        port,
        READY,
        folder=folder,
        environment=environment(database) | {"SHOP_PORT": str(port)} | settings,
        log=workshop.folder / f"shop-{port}.log",
    ) as server:
        yield server


@contextmanager
def baseline(
    workshop: Workshop, folder: Path, name: str, database: str, ready: str
) -> Iterator[Server]:
    """A baseline, in the environment of the generated service: the same versions."""
    port = free_port()
    script = Path(__file__).parent / "baselines" / f"{name}.py"
    with running(
        [python_of(folder), script, str(port), database],
        port,
        ready,
        folder=folder,
        environment=os.environ,
        log=workshop.folder / f"{name}-{port}.log",
    ) as server:
        yield server


def environment(database: str) -> dict[str, str]:
    """The settings of the service; `database` is a postgresql:// URL."""
    return os.environ | {
        "SHOP_ENVIRONMENT": "production",
        "SHOP_DATABASE_URL": database.replace("postgresql", "postgresql+asyncpg", 1),
        "SHOP_JWT_SECRET": SECRET,
        "SHOP_ACCESS_TOKEN_MINUTES": "240",
    }


def python_of(folder: Path) -> Path:
    """The interpreter of a generated project."""
    return folder / ".venv" / "bin" / "python"


def log_in(port: int) -> str:
    """The Authorization header of a new account."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        account = {
            "email": f"bench-{secrets.token_hex(4)}@example.com",
            "password": f"Aa1{secrets.token_hex()}",
        }
        client.post("/auth/register", json=account).raise_for_status()
        answer = client.post("/auth/login", json=account).raise_for_status()
        return f"Bearer {answer.json()['accessToken']}"


def fill(port: int, authorization: str) -> tuple[str, str]:
    """Store PRODUCTS products with stock; the ids of one product and its stock item."""
    product = stock_item = ""
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"authorization": authorization}
    ) as client:
        for _ in range(PRODUCTS):
            answer = client.post("/products", json=new_product("OLD"))
            product = answer.raise_for_status().json()["id"]
            stock = {"productId": product, "quantityOnHand": 100}
            answer = client.post("/stock-items", json=stock)
            stock_item = answer.raise_for_status().json()["id"]
    return product, stock_item


def new_product(kind: str) -> dict[str, str | int]:
    """A product with every property; its stock keeping unit starts with `kind`."""
    return {
        "sku": f"{kind}-{uuid4().hex[:20].upper()}",
        "name": "Oak desk lamp",
        "description": "A desk lamp of oiled oak with a linen shade.",
        "unitPrice": 7900,
        "currency": "EUR",
        "category": "lighting",
        "status": "active",
    }


# of this run only
SECRET: Final = secrets.token_hex(32)
