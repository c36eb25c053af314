"""Runs in a generated project, with its Python: migrates, then calls the service.

Reads `{"to": revision, "calls": [[method, path, body]]}` from its input and writes the
answers of the calls as JSON. At `head`, tables equal the model; others are downgrades,
and an empty one leaves the tables as they are.
"""

import asyncio
import json
import sys
from importlib import import_module

import httpx

PACKAGE = sys.argv[1]


def main() -> None:
    wanted = json.load(sys.stdin)
    migrate = import_module(f"{PACKAGE}.migrate")
    settings = import_module(f"{PACKAGE}.settings").load_settings()
    if wanted["to"] == "head":
        migrate.upgrade(settings)
        migrate.check(settings)
    elif wanted["to"]:
        migrate.downgrade(settings, to=wanted["to"])
    answers = asyncio.run(call(settings, wanted["calls"])) if wanted["calls"] else []
    print(json.dumps(answers))


async def call(settings: object, calls: list[list[object]]) -> list[list[object]]:
    """The status and body of every call, in turn."""
    app = import_module(f"{PACKAGE}.main").create_app(settings)
    answers: list[list[object]] = []
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://x"
        ) as client:
            for method, path, body in calls:
                answer = await client.request(str(method), str(path), json=body)
                answers.append([answer.status_code, answer.json()])
    return answers


main()
