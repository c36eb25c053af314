"""JSON Schemas in one form, so that those of two documents can be compared.

What a schema allows is a list of alternatives, each of one type, null being a type:
`nullable`, lists of types, `oneOf`, `anyOf`, `allOf` and references are all spelled so.
Words for people are left out.
"""

import json
import math
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Alternative: TypeAlias = dict[str, Any]

BOUNDS: Final = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
# The keywords that are compared, by the type they are about. What is not here is not
# checked by the service; `groundplan check` says where the contract has such a one.
COMPARED: Final = {
    "object": {"properties", "required", "additionalProperties", "propertyNames"}
    | {"minProperties", "maxProperties", "discriminator"},
    "array": {"items", "prefixItems", "minItems", "maxItems", "uniqueItems"},
    "string": {"minLength", "maxLength", "pattern", "format"},
    "number": BOUNDS | {"multipleOf", "format"},
    "integer": BOUNDS | {"multipleOf", "format"},
}
SIZES: Final = {"minLength", "minItems", "minProperties"}
LOWER: Final = {"minimum", "exclusiveMinimum"} | SIZES
UPPER: Final = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}
# The bounds of an integer are integers.
WHOLE: Final = {
    "minimum": math.ceil,
    "maximum": math.floor,
    "exclusiveMinimum": math.floor,
    "exclusiveMaximum": math.ceil,
}
NESTED: Final = ("items", "additionalProperties", "propertyNames")
NULL: Final[Alternative] = {"type": "null"}


@dataclass(frozen=True)
class Forms:
    """The schemas of a document, as they are in requests or in responses.

    Properties that are `hidden` do not travel that way: `readOnly` or `writeOnly`.
    """

    document: dict[str, Any]
    hidden: str

    def resolved(self, node: Any) -> Any:
        """What a reference within the document stands for."""
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                step = step.replace("~1", "/").replace("~0", "~")
                target = target[int(step) if isinstance(target, list) else step]
            node = target
        return node

    def said(self, schema: Any, keyword: str) -> Any:
        """What a schema says of itself, or else what it is made of does."""
        if not isinstance(schema, dict) or keyword in schema:
            return schema[keyword] if isinstance(schema, dict) else None
        parts = [*schema.get("allOf", ())]
        if "$ref" in schema:
            parts.append(self.resolved(schema))
        found = (self.said(part, keyword) for part in parts)
        return next((value for value in found if value is not None), None)

    def alternatives(self, schema: Any) -> list[Alternative]:
        """What a schema allows; `inside` are the schemas of its parts, by place."""
        return [self._finished(one) for one in self._allowed(schema)]

    def _allowed(self, schema: Any, path: tuple[str, ...] = ()) -> list[Alternative]:
        """The alternatives, as the keywords say them; `path` are the references to it.

        A parent that lists its children says so of those who refer to it, not of them.
        """
        if schema is False or (isinstance(schema, dict) and schema.get("not") == {}):
            return []
        if not isinstance(schema, dict):
            return [{}]
        found = by_type(schema)
        if "$ref" in schema:
            way = (*path, schema["$ref"])
            target = self._allowed(self.resolved(schema), way)
            alone = str(self.document["openapi"]).startswith("3.0")
            found = target if alone else product(target, found)
        for part in schema.get("allOf", ()):
            found = product(found, self._allowed(part, path))
        for keyword in ("anyOf", "oneOf"):
            listed = schema.get(keyword, ())
            if listed and not any(refers_to(option, path) for option in listed):
                options = [self._allowed(option, path) for option in listed]
                exclusive = keyword == "oneOf" and "discriminator" not in schema
                every = [one for option in options for one in option]
                if exclusive and not differ_in_type(options):
                    every = [o if o == NULL else o | {"exclusive": True} for o in every]
                found = product(found, every)
        if schema.get("nullable") is True and NULL not in found:
            found = [*found, NULL]
        return found

    def _finished(self, one: Alternative) -> Alternative:
        """What is said of values of the alternative's type, and what is inside."""
        made = {k: one[k] for k in ("exclusive",) if k in one}
        if "enum" in one:
            return made | {"enum": sorted(map(json.dumps, one["enum"]))}
        kind = type_of(one)
        if kind:
            made["type"] = kind
        one = by_key(fixed(one))
        inside: dict[str, Any] = {}
        for keyword in COMPARED.get(kind, set()) & one.keys():
            value = one[keyword]
            if keyword == "properties":
                inside |= {f"properties/{name}": part for name, part in value.items()}
            elif keyword == "prefixItems":
                inside |= {f"prefixItems/{n}": part for n, part in enumerate(value)}
            elif keyword in NESTED and value is not False:
                inside[keyword] = value
            elif keyword in WHOLE and kind == "integer":
                made[keyword] = float(WHOLE[keyword](value))
            elif keyword in LOWER | UPPER:
                made[keyword] = float(value)
            elif keyword != "required" and value not in (None, []):
                made[keyword] = value
        required = set(one.get("required", ()))
        for name in required - one.get("properties", {}).keys():
            inside[f"properties/{name}"] = True
        for place in [p for p in inside if p.startswith("properties/")]:
            if self.said(inside[place], self.hidden) is True:
                del inside[place]
                required.discard(place.removeprefix("properties/"))
        return made | {"required": sorted(required), "inside": inside}


def refers_to(schema: Any, references: tuple[str, ...]) -> bool:
    """Whether a schema is one of the references."""
    return isinstance(schema, dict) and schema.get("$ref") in references


def by_type(schema: dict[str, Any]) -> list[Alternative]:
    """What the keywords of a schema itself allow, in the newer of the two dialects."""
    base = {k: v for k, v in schema.items() if k not in ("type", "const")}
    for bound in ("minimum", "maximum"):
        exclusive = f"exclusive{bound.capitalize()}"
        if isinstance(base.get(exclusive), bool) and base.pop(exclusive):
            base[exclusive] = base.pop(bound)
    for keyword in SIZES & base.keys():
        if base[keyword] == 0:
            del base[keyword]
    if base.get("uniqueItems") is False:
        del base["uniqueItems"]
    if base.pop("unevaluatedProperties", None) is False:
        base["additionalProperties"] = False
    discriminator = base.pop("discriminator", None)
    if discriminator and schema.keys() & {"oneOf", "anyOf"}:
        base["discriminator"] = discriminator["propertyName"]
    if "const" in schema:
        base["enum"] = [schema["const"]]
    found = [base]
    if None in base.get("enum", ()):
        values = [value for value in base["enum"] if value is not None]
        found = [{**base, "enum": values}, NULL] if values else [NULL]
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return product([{"type": kind} for kind in kinds] or [{}], found)


def fixed(one: Alternative) -> Alternative:
    """A tuple of just that length; other lists of types are not checked."""
    if "prefixItems" not in one:
        return one
    rest = {k: v for k, v in one.items() if k not in ("prefixItems", "items")}
    length = len(one["prefixItems"])
    longest = length if one.get("items") is False else one.get("maxItems")
    if one.get("minItems") != length or longest != length:
        return rest
    return rest | {"prefixItems": one["prefixItems"], "maxItems": length}


def by_key(one: Alternative) -> Alternative:
    """A map whose keys match one pattern; other patterns of keys are not checked."""
    if "properties" in one:
        one = {k: v for k, v in one.items() if k != "propertyNames"}
    if "patternProperties" not in one:
        return one
    rest = {k: v for k, v in one.items() if k != "additionalProperties"}
    patterns = one["patternProperties"]
    if (
        len(patterns) > 1
        or "properties" in one
        or one.get("additionalProperties", True)
    ):
        return rest
    ((pattern, values),) = patterns.items()
    return rest | {
        "propertyNames": {"type": "string", "pattern": pattern},
        "additionalProperties": values,
    }


def product(left: list[Alternative], right: list[Alternative]) -> list[Alternative]:
    """The alternatives of two schemas that both have to hold."""
    pairs = (both(one, other) for one in left for other in right)
    return [pair for pair in pairs if pair is not None]


def both(left: Alternative, right: Alternative) -> Alternative | None:
    """What two alternatives allow together; None where that is nothing."""
    made = left | right
    for keyword in left.keys() & right.keys():
        one, other = left[keyword], right[keyword]
        if keyword == "type" and one != other:
            if {one, other} != {"integer", "number"}:
                return None
            made[keyword] = "integer"
        elif keyword == "enum":
            made[keyword] = [item for item in one if item in other]
        elif keyword == "required":
            made[keyword] = [*one, *other]
        elif keyword == "properties":
            shared = {n: {"allOf": [one[n], other[n]]} for n in one.keys() & other}
            made[keyword] = one | other | shared
        elif keyword in NESTED:
            closed = one is False or other is False
            made[keyword] = False if closed else {"allOf": [one, other]}
        elif keyword in LOWER:
            made[keyword] = max(one, other)
        elif keyword in UPPER:
            made[keyword] = min(one, other)
    if "enum" in made and "type" in made:
        made["enum"] = [v for v in made["enum"] if made["type"] in types_of(v)]
    return None if made.get("enum") == [] else made


def differ_in_type(options: list[list[Alternative]]) -> bool:
    """Whether no value can be of two of the options."""
    seen: set[str] = set()
    for option in options:
        kinds: set[str] = set()
        for one in option:
            values = one.get("enum")
            kinds |= (
                {type_of(one)}
                if values is None
                else set().union(*map(types_of, values))
            )
        if "" in kinds or kinds & seen:
            return False
        seen |= kinds | ({"integer"} if "number" in kinds else set())
        seen |= {"number"} if "integer" in kinds else set()
    return True


def type_of(one: Alternative) -> str:
    """The type of an alternative, by what it speaks of where it does not say."""
    spoken = (kind for kind, about in COMPARED.items() if about & one.keys())
    return str(one.get("type") or next(spoken, ""))


def types_of(value: object) -> set[str]:
    """The types that a JSON value has."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"number", "integer"} if value == int(value) else {"number"}
    kinds = {str: "string", bool: "boolean", list: "array", dict: "object"}
    return {kinds.get(type(value), "null")}
