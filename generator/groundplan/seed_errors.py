"""The errors that an imported contract leaves undeclared."""

from .amendments import Seed, free_name, operations_of
from .domain import Domain, Operation, Storage
from .reader import Json
from .schemas import Pointer

_REASONS = {
    400: "the body or a parameter cannot be read",
    401: "the caller is not logged in",
    403: "the caller has none of the roles",
    404: "there is no such item",
    409: "another item has the same unique value",
    413: "the body is larger than the service takes",
    415: "the body is not JSON",
    422: "the request breaks a rule of the contract",
}
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
}

PROBLEM: dict[str, Json] = {
    "description": "What went wrong (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable, for machines."},
        "requestId": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "message", "code"],
                "properties": {
                    "pointer": {"type": "string"},
                    "message": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}


def declare_errors(made: Seed, domain: Domain) -> None:
    """Every error that an operation can answer is declared."""
    used: set[int] = set()
    updates: list[tuple[Pointer, list[int], Operation]] = []
    for operation, node, pointer in operations_of(made, domain):
        responses = node.get("responses")
        declared = responses if isinstance(responses, dict) else {}
        if "default" in declared or "4XX" in declared:
            continue
        missing = [s for s in _statuses(operation) if str(s) not in declared]
        if missing:
            used.update(missing)
            updates.append(((*pointer, "responses"), missing, operation))
    if not used:
        return
    components = made.contract.effective.get("components")
    existing = components if isinstance(components, dict) else {}
    titles = {
        status: free_name(existing.get("responses"), f"Problem{status}")
        for status in sorted(used)
    }
    schema = free_name(existing.get("schemas"), "Problem")
    reference = {"$ref": f"#/components/schemas/{schema}"}
    parts: dict[str, Json] = {
        "schemas": {schema: PROBLEM},
        "responses": {
            titles[status]: {
                "description": _TITLES[status],
                "content": {"application/problem+json": {"schema": dict(reference)}},
            }
            for status in sorted(used)
        },
    }
    if components is None:
        made.add((), {"components": parts}, "the errors that the service answers with")
    else:
        made.add(("components",), parts, "the errors that the service answers with")
    for pointer, missing, operation in updates:
        reasons = "; ".join(f"{status} when {_REASONS[status]}" for status in missing)
        made.add(
            pointer,
            {
                str(status): {"$ref": f"#/components/responses/{titles[status]}"}
                for status in missing
            },
            f"{operation.id} also answers {reasons}",
        )


def _statuses(operation: Operation) -> list[int]:
    """The errors that the platform answers an operation with."""
    found = []
    path = any(p.place == "path" for p in operation.parameters)
    if operation.schemes:
        found.append(401)
    if operation.roles:
        found.append(403)
    if path:
        found.append(404)
    answer = operation.answer
    if operation.body:
        found += [400, 413, 415]
        stored = isinstance(answer, Storage) and answer.kind in (
            "create",
            "update",
            "replace",
        )
        if isinstance(answer, Storage) and stored:
            columns = answer.entity.columns
            given = answer.kind == "create" and answer.entity.key.generated != "integer"
            if given or any(column.unique for column in columns):
                found.append(409)
    if operation.body or operation.parameters:
        found.append(422)
    return sorted(found)
