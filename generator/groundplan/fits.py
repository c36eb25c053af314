"""Whether every value of one type is a value of another as well."""

from dataclasses import replace

from .domain import (
    Enumeration,
    ListOf,
    MapOf,
    Model,
    ModelOf,
    Scalar,
    Type,
    UnionOf,
)

_WIDER = frozenset({("email", "string"), ("integer", "number")})


class Fitting:
    """Compares types by their structure; bounds and patterns are left aside."""

    def __init__(self, models: dict[str, Model]) -> None:
        self.models = models

    def fits(
        self, given: Type, wanted: Type, seen: frozenset[tuple[str, str]] = frozenset()
    ) -> bool:
        """Whether what is `given` may stand where something is `wanted`."""
        if isinstance(wanted, Scalar) and wanted.kind == "any":
            return True
        if given.nullable and not wanted.nullable:
            return False
        if isinstance(given, UnionOf):
            return all(self.fits(one, wanted, seen) for one in given.variants)
        if isinstance(wanted, UnionOf):
            return any(self.fits(given, one, seen) for one in wanted.variants)
        if isinstance(given, Enumeration):
            return _enumeration_fits(given, wanted)
        if isinstance(given, Scalar):
            return isinstance(wanted, Scalar) and (
                given.kind == wanted.kind or (given.kind, wanted.kind) in _WIDER
            )
        if isinstance(given, ListOf):
            return isinstance(wanted, ListOf) and self.fits(
                given.items, wanted.items, seen
            )
        if isinstance(given, MapOf):
            return isinstance(wanted, MapOf) and self.fits(
                given.values, wanted.values, seen
            )
        if isinstance(wanted, MapOf):
            return isinstance(wanted.values, Scalar) and wanted.values.kind == "any"
        if isinstance(given, ModelOf) and isinstance(wanted, ModelOf):
            return self._model_fits(given.model, wanted.model, seen)
        return replace(given, nullable=False) == replace(wanted, nullable=False)

    def _model_fits(
        self, given: str, wanted: str, seen: frozenset[tuple[str, str]]
    ) -> bool:
        if given == wanted or (given, wanted) in seen:
            return True
        seen |= {(given, wanted)}
        source, target = self.models[given], self.models[wanted]
        by_wire = {field.wire: field for field in source.fields}
        if target.closed and by_wire.keys() - {field.wire for field in target.fields}:
            return False
        for field in target.fields:
            other = by_wire.get(field.wire)
            if other is None:
                if field.required:
                    return False
            elif not self.fits(other.type, field.type, seen) or (
                field.required and not (other.required or other.has_default)
            ):
                return False
        return True


def _enumeration_fits(given: Enumeration, wanted: Type) -> bool:
    if isinstance(wanted, Enumeration):
        return set(given.values) <= set(wanted.values)
    kinds = {"string": str, "integer": int}
    kind = kinds.get(wanted.kind) if isinstance(wanted, Scalar) else None
    return kind is not None and all(isinstance(v, kind) for v in given.values)
