"""Runs a generated project's service with a route of these tests: it makes notes.

What is carried out is a line more in a file; a note that says so takes forever.
"""

import asyncio
import importlib
import os
import sys
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI  # type: ignore[import-not-found]
from pydantic import BaseModel

PACKAGE = sys.argv[1]
NOTES = Path(os.environ["NOTES"])
main = importlib.import_module(f"{PACKAGE}.main")
web = importlib.import_module(f"{PACKAGE}.platform.web")
routing = importlib.import_module(f"{PACKAGE}.platform.routing")
make_app = main.create_app


class Note(BaseModel):
    text: str


def note(text: str) -> None:
    with NOTES.open("a") as file:
        file.write(f"{text}\n")


def create_app(settings: Any) -> FastAPI:
    app = make_app(settings)
    router = APIRouter(route_class=web.JsonRoute)

    @router.post("/planted-notes", status_code=201)  # type: ignore[untyped-decorator]
    async def make_note(body: Note) -> dict[str, str]:
        note(body.text)
        if body.text == "forever":
            await asyncio.Event().wait()
        await asyncio.sleep(0.3)  # so that the others come meanwhile
        return {"text": body.text, "process": str(os.getpid())}

    routing.serve(app, [router])
    return app


if __name__ == "__main__":
    vars(main)["create_app"] = create_app
    main.run()
