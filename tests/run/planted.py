"""Runs a generated project's service with routes of these tests: they call and fail.

What is in the path, the query, the headers and the body of their requests is secret.
"""

import asyncio
import importlib
import sys
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request  # type: ignore[import-not-found]

PACKAGE = sys.argv[1]
HAS_LOGIN = Path("src", PACKAGE, "platform", "auth").is_dir()
main = importlib.import_module(f"{PACKAGE}.main")
make_app = main.create_app


def create_app(settings: Any) -> FastAPI:
    app = make_app(settings)
    app.add_api_route("/planted/{key}", answer)
    app.add_api_route("/calling/{path:path}", call)
    app.add_api_route("/failing/{key}", fail, methods=["POST"])
    app.add_api_route("/modules", modules)
    if HAS_LOGIN:
        auth = importlib.import_module(f"{PACKAGE}.platform.auth")
        needs_login = [Depends(auth.authenticated("bearer"))]
        app.add_api_route(
            "/failing-for-me/{key}", fail, methods=["POST"], dependencies=needs_login
        )
    return app


async def answer(key: str) -> str:
    return key


async def call(path: str, request: Request) -> str:
    """Ask the process that serves the first context for a path."""
    wiring = request.app.state.wiring
    contexts = importlib.import_module(f"{PACKAGE}.contexts").CONTEXTS
    client = wiring._client(wiring.settings.remote_url(contexts[0]))
    query = dict(request.query_params)
    method = "POST" if path.startswith("failing") else "GET"
    await client.request(method, f"/{path}", query=query, body=query)
    return "called"


async def fail(key: str, request: Request) -> None:
    held = {"body": await request.json(), "key": key}
    try:
        await asyncio.sleep(0)
        raise LookupError(f"no {key}")
    except LookupError as error:
        error.add_note(str(held))
        raise RuntimeError(f"failed with {held}") from error


def modules() -> list[str]:
    return sorted(sys.modules)


if __name__ == "__main__":
    vars(main)["create_app"] = create_app
    main.run()
