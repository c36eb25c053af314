"""What a schema is made of: references, `allOf`, alternatives, both dialects of null.

`flatten` gives it as one: the keywords that all have to hold, and the alternatives.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from .contract import Contract
from .domain import MISSING_DEFAULT
from .errors import ContractError
from .reader import Json
from .schema_keywords import Schema, combine, distinct, example_of, types_of

Pointer: TypeAlias = tuple[str | int, ...]

_SPOKEN_OF = {
    "object": "properties required additionalProperties patternProperties "
    "propertyNames minProperties maxProperties",
    "array": "items prefixItems minItems maxItems uniqueItems",
    "string": "minLength maxLength pattern format",
    "number": "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf",
}
# The keywords that say which values are allowed; all others are words.
KEYWORDS = frozenset(" ".join(_SPOKEN_OF.values()).split()) | frozenset(
    "type nullable enum const allOf oneOf anyOf not if then else discriminator "
    "contains minContains maxContains unevaluatedItems unevaluatedProperties "
    "dependentRequired dependentSchemas".split()
)


@dataclass(frozen=True)
class Choices:
    """Alternatives of a schema: its `oneOf` or `anyOf`."""

    keyword: str
    options: tuple[Json, ...]
    pointer: Pointer
    discriminator: Json = None

    @property
    def schema(self) -> Schema:
        """A schema of nothing but these alternatives."""
        made: Schema = {self.keyword: [*self.options]}
        if self.discriminator is not None:
            made["discriminator"] = self.discriminator
        return made


@dataclass
class Flat:
    """A schema as one. `kinds` are its types without null; None allows all.

    `wished` says that it asks for null itself (`nullable`), whatever its parts allow.
    """

    pointer: Pointer
    schema: Schema = field(default_factory=dict)
    kinds: tuple[str, ...] | None = None
    nullable: bool = False
    wished: bool = False
    choices: list[Choices] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def add(self, part: Schema) -> bool | None:
        """Add a part's keywords. Returns whether it allows null, or says nothing."""
        kind = part.get("type")
        listed = [kind] if isinstance(kind, str) else kind
        kinds = [str(one) for one in listed] if isinstance(listed, list) else None
        null: bool | None = None
        if kinds is not None:
            null = "null" in kinds or part.get("nullable") is True
            self._restrict([one for one in kinds if one != "null"])
        elif part.get("nullable") is True:
            null = True
        values = [part["const"]] if "const" in part else part.get("enum")
        kept = {k: v for k, v in part.items() if k not in _STRUCTURE}
        if isinstance(values, list):
            null = (null is not False and None in values) or (
                part.get("nullable") is True
            )
            kept["enum"] = distinct(value for value in values if value is not None)
        self.lost += combine(self.schema, kept)
        return null

    def _restrict(self, kinds: list[str]) -> None:
        if self.kinds is None:
            self.kinds = tuple(kinds)
            return
        both = [one for one in self.kinds if one in kinds]
        for one, other in ((self.kinds, kinds), (kinds, self.kinds)):
            if "integer" in one and "number" in other and "integer" not in both:
                both.append("integer")
        self.kinds = tuple(both)

    def values(self) -> list[Json] | None:
        """The values of an enumeration that are of a type that the schema allows."""
        values = self.schema.get("enum")
        if not isinstance(values, list):
            return None
        kinds = self.kinds
        return [v for v in values if kinds is None or types_of(v) & set(kinds)]

    def spoken_of(self) -> str | None:
        """The type that the keywords are about, where none is given."""
        return next(
            (
                k
                for k, words in _SPOKEN_OF.items()
                if self.schema.keys() & words.split()
            ),
            None,
        )


_STRUCTURE = frozenset(
    "type nullable const enum allOf oneOf anyOf $ref discriminator".split()
)


def flatten(
    contract: Contract, node: Json, pointer: Pointer, chain: tuple[Pointer, ...]
) -> Flat:
    """A schema as one. `chain` are the schemas that it is an alternative of.

    Raises ContractError for an `allOf` that contains itself.
    """
    schema, at = contract.resolve(node, pointer)
    siblings = siblings_of(contract, node)
    if siblings:
        target = {"$ref": node["$ref"]} if isinstance(node, dict) else {}
        schema, at = {"allOf": [target], **siblings}, pointer
    parts = schema.get("allOf")
    own = schema.keys() & KEYWORDS - {"allOf", "nullable", "type"}
    if isinstance(parts, list) and len(parts) == 1 and not own:
        inner = flatten(contract, parts[0], (*at, "allOf", 0), chain)
        wished = schema.get("nullable") is True
        return replace(inner, nullable=True, wished=True) if wished else inner
    flat = Flat(at, wished=schema.get("nullable") is True)
    said = []
    for part, place, trail in _pieces(contract, schema, at, ()):
        said.append(flat.add(part))
        for keyword in ("oneOf", "anyOf"):
            options = part.get(keyword)
            if isinstance(options, list) and not _leads_to(
                contract, options, {*chain, *trail, at} - {place}
            ):
                flat.choices.append(
                    Choices(keyword, tuple(options), place, part.get("discriminator"))
                )
        alone = not ("oneOf" in part or "anyOf" in part)
        if "discriminator" in part and alone and place == at:
            flat.lost.append("discriminator without oneOf")
    flat.nullable = flat.wished or (True in said and False not in said)
    return flat


def siblings_of(contract: Contract, node: Json) -> Schema:
    """What stands beside a `$ref` and counts: nothing did before OpenAPI 3.1."""
    if not isinstance(node, dict) or "$ref" not in node:
        return {}
    if str(contract.effective.get("openapi")).startswith("3.0"):
        return {}
    return {k: v for k, v in node.items() if k in KEYWORDS}


def _pieces(
    contract: Contract, schema: Schema, pointer: Pointer, trail: tuple[Pointer, ...]
) -> Iterator[tuple[Schema, Pointer, tuple[Pointer, ...]]]:
    """A schema and those of its `allOf`s, each without them, and what led there."""
    parts = schema.get("allOf")
    for number, part in enumerate(parts if isinstance(parts, list) else ()):
        if not isinstance(part, dict):
            continue
        target, at = contract.resolve(part, (*pointer, "allOf", number))
        if at in trail:
            raise ContractError(
                contract.place(*pointer),
                "allOf contains itself",
                "Take the schema out of its own parts.",
            )
        yield from _pieces(contract, target, at, (*trail, at))
        siblings = siblings_of(contract, part)
        if siblings:
            place = (*pointer, "allOf", number)
            yield from _pieces(contract, siblings, place, trail)
    yield {k: v for k, v in schema.items() if k != "allOf"}, pointer, trail


def _leads_to(contract: Contract, options: list[Json], places: set[Pointer]) -> bool:
    """Whether an option is what is being read: its parent lists its children so."""
    references = (o for o in options if isinstance(o, dict) and "$ref" in o)
    return any(contract.resolve(one, ())[1] in places for one in references)


class Said:
    """What a schema says of itself, or else what it is made of says."""

    def __init__(self, contract: Contract, node: Json) -> None:
        self._nodes = list(_made_of(contract, node))

    def of(self, keyword: str) -> Json:
        """The value of a keyword, None where nothing has it."""
        return next((one[keyword] for one in self._nodes if keyword in one), None)

    def default(self) -> object:
        """The default, MISSING_DEFAULT where there is none."""
        found = (one["default"] for one in self._nodes if "default" in one)
        return next(found, MISSING_DEFAULT)

    def example(self) -> Json:
        """The first example."""
        found = (example_of(one) for one in self._nodes)
        return next((value for value in found if value is not None), None)


def _made_of(contract: Contract, node: Json) -> Iterator[Schema]:
    seen: set[Pointer] = set()
    pending = [node]
    while pending:
        current = pending.pop(0)
        if not isinstance(current, dict):
            continue
        yield current
        parts = current.get("allOf")
        pending += parts if isinstance(parts, list) else []
        if "$ref" in current:
            target, at = contract.resolve(current, ())
            if at not in seen:
                seen.add(at)
                pending.append(target)
