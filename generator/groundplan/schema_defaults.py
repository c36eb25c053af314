"""Defaults of the contract, as far as they are values of their type."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from uuid import UUID

from .domain import (
    MISSING_DEFAULT,
    Alias,
    AliasOf,
    Enumeration,
    ListOf,
    MapOf,
    Model,
    ModelOf,
    Scalar,
    TupleOf,
    Type,
)
from .reader import Json
from .schema_keywords import same

_PLAIN: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "email": (str,),
    "integer": (int,),
    "number": (int, float),
    "decimal-number": (int, float),
}

# Those of a union are written as they are in JSON.
_LITERAL = frozenset({"string", "integer", "number", "boolean"})


def default_of(
    value: object,
    type_: Type,
    models: Mapping[str, Model],
    aliases: Mapping[str, Alias],
) -> object:
    """A default as it is in the contract; MISSING_DEFAULT where it is none."""
    if value is MISSING_DEFAULT:
        return MISSING_DEFAULT
    fits = _Fitting(models, aliases).fits(value, type_)  # type: ignore[arg-type]
    return value if fits else MISSING_DEFAULT


class _Fitting:
    def __init__(self, models: Mapping[str, Model], aliases: Mapping[str, Alias]):
        self.models = models
        self.aliases = aliases

    def fits(self, value: Json, type_: Type) -> bool:
        """Whether a value is of a type, its bounds aside."""
        if value is None:
            return type_.nullable or type_ == Scalar("any")
        if isinstance(type_, Scalar):
            return _scalar_fits(value, type_)
        if isinstance(type_, Enumeration):
            return any(same(value, known) for known in type_.values)
        if isinstance(type_, ListOf):
            items = [type_.items] * len(value) if isinstance(value, list) else []
            return self._items_fit(value, items)
        if isinstance(type_, TupleOf):
            return self._items_fit(value, list(type_.items))
        if isinstance(type_, MapOf):
            return isinstance(value, dict) and all(
                self.fits(item, type_.values) for item in value.values()
            )
        if isinstance(type_, ModelOf):
            return isinstance(value, dict) and self._is_model(
                value, self.models[type_.model]
            )
        if isinstance(type_, AliasOf):
            return self.fits(value, self.aliases[type_.name])
        return any(
            self.fits(value, variant)
            for variant in type_.variants
            if isinstance(variant, Enumeration)
            or (isinstance(variant, Scalar) and variant.kind in _LITERAL)
        )

    def _items_fit(self, value: Json, types: list[Type]) -> bool:
        return (
            isinstance(value, list)
            and len(value) == len(types)
            and all(map(self.fits, value, types))
        )

    def _is_model(self, value: dict[str, Json], model: Model) -> bool:
        fields = {field.wire: field for field in model.fields}
        if any(field.required and wire not in value for wire, field in fields.items()):
            return False
        return all(
            (self.fits(item, fields[wire].type) if wire in fields else not model.closed)
            for wire, item in value.items()
        )


def _scalar_fits(value: Json, type_: Scalar) -> bool:
    if type_.kind == "any":
        return True
    if type_.kind == "boolean":
        return isinstance(value, bool)
    if type_.kind in _PLAIN:
        return isinstance(value, _PLAIN[type_.kind]) and not isinstance(value, bool)
    return isinstance(value, str) and _parses(value, type_.kind)


def _parses(text: str, kind: str) -> bool:
    """Whether a text is a date, a moment, a UUID or a decimal number."""
    try:
        if kind == "date":
            dt.date.fromisoformat(text)
        elif kind == "date-time":
            return dt.datetime.fromisoformat(text).tzinfo is not None
        elif kind == "uuid":
            UUID(text)
        elif kind == "decimal":
            return Decimal(text).is_finite()
        else:
            return False
    except (ValueError, InvalidOperation):
        return False
    return True
