"""The application's own OpenAPI document says what the contract says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI

CONTRACT = Path(__file__).parents[1] / "contracts" / "effective.yaml"
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def test_the_application_follows_the_contract(app: FastAPI) -> None:
    document = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    assert dict(operations(app.openapi())) == dict(operations(document))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, object]]]:
    """What a document says of each operation, in a form that can be compared.

    Those of the platform are in no contract of the team.
    """
    for path, item in document.get("paths", {}).items():
        shared = item.get("parameters", [])
        for method in METHODS & item.keys():
            operation = item[method]
            if "platform" in operation.get("tags", []):
                continue
            parameters = [*shared, *operation.get("parameters", [])]
            yield (
                f"{method.upper()} {path}",
                {
                    "operationId": operation.get("operationId"),
                    "parameters": {
                        described(resolved(document, parameter))
                        for parameter in parameters
                    },
                    "body": body(resolved(document, operation.get("requestBody"))),
                    "statuses": {
                        str(status)
                        for status in operation["responses"]
                        if str(status).isdigit()
                    },
                },
            )


def described(parameter: dict[str, Any]) -> tuple[str, str, bool]:
    """A parameter's place, name and whether it has to be there."""
    name: str = parameter["name"]
    place: str = parameter["in"]
    required = bool(parameter.get("required", False))
    return place, name.lower() if place == "header" else name, required


def body(declared: dict[str, Any] | None) -> str:
    """Whether an operation takes a body."""
    if not declared:
        return "none"
    return "required" if declared.get("required", False) else "optional"


def resolved(document: dict[str, Any], node: Any) -> Any:
    """What a reference within the document stands for."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node
