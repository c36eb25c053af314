"""The application's own OpenAPI document says what the contract says."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml
from fastapi import FastAPI

from schema_comparison import Comparison, told
from schema_forms import Forms

CONTRACT: Final = Path(__file__).parents[1] / "contracts" / "effective.yaml"
METHODS: Final = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
JSON: Final = re.compile(r"application/([\w.-]+\+)?json(;.*)?|\*/\*|application/\*")
PARAMETER: Final = re.compile(r"\{([^{}]*)\}")
# Headers that OpenAPI has other places for.
NO_PARAMETERS: Final = {"accept", "content-type", "authorization"}
# A parameter is never null: one that is optional is left out.
NOT_NULL: Final = {"type": ["string", "number", "boolean", "array", "object"]}


class Schema(NamedTuple):
    """A schema and the direction that it is read in."""

    schema: Any
    in_request: bool


async def test_the_application_follows_the_contract(
    app: FastAPI, own_operations: set[str]
) -> None:
    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    found = list(differences(contract, app.openapi(), own_operations))
    assert not found, "\n".join(["", *found])


def differences(
    contract: dict[str, Any], service: dict[str, Any], own: Collection[str] = ()
) -> Iterator[str]:
    """What two documents say differently of an operation.

    Those of the platform are in no contract of the team, and of its `own` ones
    (`GET /path`) those that are beyond the contract are left out.
    """
    requests = Comparison(Forms(contract, "readOnly"), Forms(service, "readOnly"))
    responses = Comparison(Forms(contract, "writeOnly"), Forms(service, "writeOnly"))
    ours, theirs = operations(requests.contract), operations(requests.service)
    beyond = {PARAMETER.sub("{}", name) for name in own} - ours.keys()
    for name in sorted((ours.keys() | theirs.keys()) - beyond):
        left, right = ours.get(name, {}), theirs.get(name, {})
        for place in sorted(left.keys() | right.keys()):
            one, other, at = left.get(place), right.get(place), f"{name}: {place}"
            if isinstance(one, Schema) and isinstance(other, Schema):
                comparison = requests if one.in_request else responses
                yield from comparison.differences(one.schema, other.schema, at)
                if " parameter " in place:
                    yield from comparison.defaults(one.schema, other.schema, at)
            elif one != other and not covered(place, left):
                yield told(at, one, other)


def covered(place: str, contract: dict[str, object]) -> bool:
    """Whether the contract leaves it open, or speaks of it together with others."""
    if place == "operationId":
        return contract.get(place) is None
    if not re.fullmatch(r"response \w+", place):
        return False
    together = ("response default", f"{place[:-2]}XX")
    return place in together or (
        place not in contract and any(one in contract for one in together)
    )


def operations(forms: Forms) -> dict[str, dict[str, object]]:
    """What a document says of each operation, by the place where it says so."""
    found = {}
    for path, item in forms.document.get("paths", {}).items():
        item = forms.resolved(item)
        for method in METHODS & item.keys():
            operation = item[method]
            if "platform" not in operation.get("tags", ()):
                declared = item.get("parameters", []) + operation.get("parameters", [])
                found[f"{method.upper()} {PARAMETER.sub('{}', path)}"] = {
                    **identifier(operation),
                    "deprecated": operation.get("deprecated", False),
                    **security(forms.document, operation),
                    **parameters(forms, declared, PARAMETER.findall(path)),
                    **body(forms, operation.get("requestBody")),
                    **replies(forms, operation["responses"]),
                }
    return found


def security(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, object]:
    """The credentials that an operation takes, and how each of them is sent."""
    wanted = operation.get("security", document.get("security", []))
    schemes = document.get("components", {}).get("securitySchemes", {})
    used = sorted({name for alternative in wanted for name in alternative})
    return {"security": sorted(map(str, wanted))} | {
        f"security scheme {name}": {
            keyword: value
            for keyword, value in schemes.get(name, {}).items()
            if keyword in ("type", "scheme", "in", "name")
        }
        for name in used
    }


def identifier(operation: dict[str, Any]) -> dict[str, object]:
    """The name of an operation, if it has one."""
    name = operation.get("operationId")
    return {"operationId": name} if name else {}


def parameters(
    forms: Forms, declared: list[Any], in_path: list[str]
) -> dict[str, object]:
    """Each parameter: whether it has to be there, how it is written, what it allows.

    Those of the path are known by their place in it: the service has names of its own.
    """
    found: dict[str, object] = {}
    for parameter in map(forms.resolved, declared):
        name, place = parameter["name"], parameter["in"]
        if place == "header":
            name = name.lower()
            if name in NO_PARAMETERS:
                continue
        elif place == "path":
            name = str(in_path.index(name) + 1)
        style = "form" if place in ("query", "cookie") else "simple"
        style = parameter.get("style", style)
        explode = parameter.get("explode", style == "form")
        if not is_read(forms, parameter):
            continue
        at = f"{place} parameter {name}"
        found[at] = (
            "required" if parameter.get("required") else "optional",
            style,
            explode,
        )
        schema = {"allOf": [parameter.get("schema", True), NOT_NULL]}
        found[f"{at}: schema"] = Schema(schema, in_request=True)
    return found


def is_read(forms: Forms, parameter: dict[str, Any]) -> bool:
    """Whether a service reads a parameter: text, and lists of texts where they fit.

    `groundplan check` names the others.
    """
    if "schema" not in parameter or parameter.get("style") in ("matrix", "label"):
        return False
    found = [forms.alternatives(parameter["schema"])]
    kinds = {one.get("type") for one in found[0]}
    for one in found[0]:
        found.append(forms.alternatives(one.get("inside", {}).get("items", True)))
    inner = {one.get("type") for alternatives in found[1:] for one in alternatives}
    listed = "array" in kinds and parameter["in"] in ("path", "cookie")
    return "object" not in kinds and not listed and not inner & {"array", "object"}


def body(forms: Forms, declared: Any) -> dict[str, object]:
    """Whether a body has to be there, and its schema; only JSON is read."""
    declared = forms.resolved(declared)
    if not declared or not any(map(JSON.fullmatch, declared["content"])):
        return {}
    required = "required" if declared.get("required") else "optional"
    return {"body": required} | content(forms, "body", declared, in_request=True)


def replies(forms: Forms, declared: dict[str, Any]) -> dict[str, object]:
    """The statuses, and what is answered where all is well.

    To compare the bodies of errors too, leave out the condition below.
    """
    found: dict[str, object] = {}
    for status, response in declared.items():
        at = f"response {str(status).replace('2XX', '200')}"
        found[at] = "answered"
        if str(status).startswith("2"):
            reply = forms.resolved(response)
            found |= content(forms, at, reply, in_request=False)
    return found


def content(
    forms: Forms, at: str, declared: dict[str, Any], *, in_request: bool
) -> dict[str, object]:
    """The media type that is served, JSON where there is a choice, and its schema."""
    by_media = declared.get("content", {})
    media = next(filter(JSON.fullmatch, by_media), next(iter(by_media), None))
    if media is None:
        return {}
    if not JSON.fullmatch(media):
        return {f"{at}: media type": media}
    schema = forms.resolved(by_media[media]).get("schema", True)
    return {f"{at}: JSON": Schema(schema, in_request)}
