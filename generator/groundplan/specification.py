"""Checks a document against OpenAPI's own JSON Schemas, every schema in it included.

The schemas are those that openapi-spec-validator and openapi-schema-validator ship;
jsonschema-rs applies them, in milliseconds for hundreds of entities.
"""

import json
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import distribution
from itertools import islice
from urllib.parse import quote

from jsonschema_rs import (
    Draft4,
    Draft4Validator,
    Draft202012,
    Draft202012Validator,
    ReferencingError,
    Registry,
    ValidationError,
    ValidationErrorKind,
)

from .reader import Json
from .walk import Node, Pointer

BASE_DIALECT = "https://spec.openapis.org/oas/3.1/dialect/base"
DIALECTS = frozenset({BASE_DIALECT, "https://json-schema.org/draft/2020-12/schema"})
"""What the schemas of OpenAPI 3.1 may be written in."""

MAX_ERRORS = 100
MAX_WORDS = 200
_ROOT = "urn:groundplan:contract"


def problems(data: Node) -> list[tuple[Pointer, str]]:
    """What the schema of the document's version refuses, at most MAX_ERRORS."""
    validator = _validator_30() if is_old(data) else _validator_31()
    if validator.is_valid(data):
        return []
    errors = [_cause(e) for e in islice(validator.iter_errors(data), MAX_ERRORS)]
    # a part that is refused leaves its container with keys that nobody has looked at
    named = [error for error in errors if not _is_unevaluated(error)]
    return [(_pointer(data, error), _words(error)) for error in named or errors]


def is_old(data: Node) -> bool:
    """Whether a document is OpenAPI 3.0, whose schemas are not JSON Schema."""
    return str(data["openapi"]).startswith("3.0")


def fitting(data: Node) -> Callable[[Pointer, Json], str | None]:
    """What says why a value does not fit the schema at a pointer of the document."""
    old = is_old(data)
    kind = Draft4Validator if old else Draft202012Validator
    try:
        registry = Registry([(_ROOT, data)], draft=Draft4 if old else Draft202012)
    except (ValueError, ReferencingError):
        return lambda pointer, value: None  # an `$id` that is no address

    def misfit(pointer: Pointer, value: Json) -> str | None:
        if old and _holds_null(value):
            return None  # `nullable` is 3.0's own
        steps = (str(s).replace("~", "~0").replace("/", "~1") for s in pointer)
        reference = f"{_ROOT}#" + "".join(f"/{quote(step)}" for step in steps)
        try:
            validator = kind(
                {"$ref": reference},
                registry=registry,
                validate_formats=True,
                offline=True,
            )
        except (ValidationError, ReferencingError):
            return None  # nothing can be said without what it refers to
        error = next(iter(validator.iter_errors(value)), None)
        return _words(_cause(error)) if error else None

    return misfit


def _holds_null(value: Json) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_null, value.values()))
    return any(map(_holds_null, value)) if isinstance(value, list) else value is None


@lru_cache(maxsize=1)
def _validator_30() -> Draft4Validator:
    schema = _shipped("openapi-spec-validator", "resources/schemas/v3.0/schema.json")
    return Draft4Validator(
        schema, validate_formats=True, formats=_FORMATS, offline=True
    )


@lru_cache(maxsize=1)
def _validator_31() -> Draft202012Validator:
    document = _shipped("openapi-spec-validator", "resources/schemas/v3.1/schema.json")
    dialect = _shipped("openapi-schema-validator", "schemas/oas3.1/metaschema.json")
    words = _shipped("openapi-schema-validator", "schemas/oas3.1/vocabularies/base")
    # as OpenAPI's own schema-base.json: the dialect is what `#meta` stands for
    schema = {
        "$id": "urn:groundplan:openapi",
        "$ref": document["$id"],
        "$defs": {"schema": {"$dynamicAnchor": "meta", "$ref": dialect["$id"]}},
    }
    return Draft202012Validator(
        schema,
        registry=Registry([(str(s["$id"]), s) for s in (document, dialect, words)]),
        validate_formats=True,
        formats=_FORMATS,
        offline=True,
    )


def _shipped(package: str, path: str) -> Node:
    """A JSON file of an installed package, which is not imported for it."""
    place = distribution(package).locate_file(f"{package.replace('-', '_')}/{path}")
    with open(str(place), encoding="utf-8") as file:
        schema = json.load(file)
    assert isinstance(schema, dict)
    return schema


# A homepage or an address that is not well-formed changes nothing in a service; what
# may be a pattern is said in `rules`.
_FORMATS = dict.fromkeys(
    ("uri", "uri-reference", "email", "media-range", "regex"), lambda text: True
)


def _cause(error: ValidationError) -> ValidationError:
    """The error below an `anyOf` or `oneOf` that its author can mend."""
    kind = error.kind
    if not isinstance(
        kind, ValidationErrorKind.AnyOf | ValidationErrorKind.OneOfNotValid
    ):
        return error
    branches = [branch for branch in kind.context if branch]
    for is_other in (_wants_reference, _wants_type, _wants_value):
        if len(branches) > 1:
            kept = [b for b in branches if not any(is_other(e, error) for e in b)]
            if not kept and is_other is _wants_type:
                return branches[0][0]
            branches = kept or branches
    return _cause(branches[0][0]) if len(branches) == 1 else error


def _wants_reference(error: ValidationError, parent: ValidationError) -> bool:
    kind = error.kind
    return isinstance(kind, ValidationErrorKind.Required) and kind.property == "$ref"


def _wants_type(error: ValidationError, parent: ValidationError) -> bool:
    return isinstance(error.kind, ValidationErrorKind.Type) and (
        _depth(error) == _depth(parent)
    )


def _wants_value(error: ValidationError, parent: ValidationError) -> bool:
    return isinstance(
        error.kind, ValidationErrorKind.Enum | ValidationErrorKind.Constant
    ) and _depth(error) > _depth(parent)


def _depth(error: ValidationError) -> int:
    return len(error.instance_path)


def _is_unevaluated(error: ValidationError) -> bool:
    return isinstance(error.kind, ValidationErrorKind.UnevaluatedProperties)


def _pointer(data: Json, error: ValidationError) -> Pointer:
    """Where an error is, by the keys that the document has: `'200'`, not `200`."""
    path = list(error.instance_path)
    if isinstance(
        error.kind,
        ValidationErrorKind.AdditionalProperties
        | ValidationErrorKind.UnevaluatedProperties,
    ):
        path += error.kind.unexpected[:1]
    steps: list[str | int] = []
    for step in path:
        if isinstance(data, dict):
            steps.append(str(step))
            data = data.get(str(step))
        else:
            steps.append(step)
            data = data[int(step)] if isinstance(data, list) else None
    return tuple(steps)


def _words(error: ValidationError) -> str:
    """The message, without a value that is longer than what is said about it."""
    message = error.message
    if len(message) > MAX_WORDS:
        shown = json.dumps(error.instance, ensure_ascii=False, separators=(",", ":"))
        if message[len(shown) : len(shown) + 1] == " ":
            message = f"this{message[len(shown):]}"
    return message
