"""Alternatives: whether their types tell them apart, and the tags that do."""

from collections.abc import Mapping, Sequence

from .contract import Contract, parse_pointer
from .domain import (
    Alias,
    AliasOf,
    Enumeration,
    ListOf,
    Model,
    ModelOf,
    Scalar,
    TupleOf,
    Type,
    UnionOf,
)
from .schema_keywords import types_of
from .schema_parts import Choices

_NUMBER = frozenset({"number", "integer"})
_OTHERS = {"integer": _NUMBER, "number": _NUMBER, "decimal-number": _NUMBER}


def tell_apart(variants: Sequence[Type], aliases: Mapping[str, Alias]) -> bool:
    """Whether no value can be of two of the types."""
    seen: set[str] = set()
    for variant in variants:
        kinds = _kinds(variant, aliases)
        if "any" in kinds or kinds & seen:
            return False
        seen |= kinds
    return True


def _kinds(type_: Type, aliases: Mapping[str, Alias]) -> set[str]:
    """The types of JSON that a type has values of."""
    if isinstance(type_, Scalar):
        if type_.kind in ("any", "boolean"):
            return {type_.kind}
        return set(_OTHERS.get(type_.kind, {"string"}))
    if isinstance(type_, Enumeration):
        found = {kind for value in type_.values for kind in types_of(value)}
        return found | (set(_NUMBER) if found & _NUMBER else set())
    if isinstance(type_, ListOf | TupleOf):
        return {"array"}
    if isinstance(type_, AliasOf):
        return (
            _kinds(aliases[type_.name], aliases) if type_.name in aliases else {"any"}
        )
    if isinstance(type_, UnionOf):
        return {kind for one in type_.variants for kind in _kinds(one, aliases)}
    return {"object"}


def tags_of(
    contract: Contract,
    choices: Choices,
    variants: Sequence[Type],
    models: Mapping[str, Model],
) -> tuple[str | None, tuple[tuple[str, int], ...]]:
    """The property that tells variants apart; its values with the variant's number.

    The values are those of its mapping; for a variant that it does not name, those that
    the variant lists for the property, or else the name of its schema. A variant that
    has none of these makes the property useless.
    """
    discriminator = choices.discriminator
    if not isinstance(discriminator, dict):
        return None, ()
    wire, given = discriminator.get("propertyName"), discriminator.get("mapping")
    mapping = given if isinstance(given, dict) else {}
    found: dict[str, int] = {}
    for number, (option, variant) in enumerate(
        zip(choices.options, variants, strict=True)
    ):
        if not isinstance(variant, ModelOf):
            return None, ()
        reference = option.get("$ref") if isinstance(option, dict) else None
        name = parse_pointer(reference)[-1] if isinstance(reference, str) else None
        tags = [t for t, target in mapping.items() if target in (reference, name)]
        tags = (
            tags
            or _listed(models[variant.model], str(wire))
            or [str(name)] * bool(name)
        )
        for tag in tags:
            if found.setdefault(tag, number) != number:
                return None, ()
        if not tags:
            return None, ()
    return str(wire), tuple(found.items())


def _listed(model: Model, wire: str) -> list[str]:
    """The values that a model lists for one of its properties."""
    field = next((field for field in model.fields if field.wire == wire), None)
    if field is None or not isinstance(field.type, Enumeration):
        return []
    return [value for value in field.type.values if isinstance(value, str)]
