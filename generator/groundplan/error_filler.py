"""How an error fills the type of an error body that a contract declares.

What has a meaning by its name (see `error_words`) is filled, what is optional and means
nothing is left out, and what is required and means nothing cannot be filled honestly.
"""

from collections.abc import Iterable
from dataclasses import replace

from . import error_words as words
from .domain import (
    Enumeration,
    Field,
    ListOf,
    MapOf,
    Model,
    ModelOf,
    Scalar,
    Type,
    UnionOf,
)
from .error_fillings import (
    By,
    ByField,
    Chosen,
    Each,
    Empty,
    Filling,
    Fixed,
    Made,
    Messages,
    Said,
    completed,
    says_something,
)
from .error_formats import takes_statuses


class CannotFill(Exception):
    """A reason in words why no error fills a body."""


# The formats that what is said satisfies, beside none; others that are known refuse it.
_FORMATS = {
    "path": {"uri-reference", "iri-reference"},
    "pointer": {"json-pointer"},
}
_KNOWN_FORMATS = frozenset("""
    uri iri uri-reference iri-reference uri-template hostname idn-hostname idn-email
    ipv4 ipv6 time duration json-pointer relative-json-pointer regex byte binary
    """.split())
# The room that is needed at least; what is longer is cut, but for what is named here.
_ROOM = {"code": 24, "request_id": 32, "time_text": 32, "method": 7, "status_text": 3}


class Filler:
    """Fills types for errors of some statuses."""

    def __init__(
        self, models: dict[str, Model], statuses: Iterable[int], is_problem: bool
    ) -> None:
        self.models = models
        self.statuses = tuple(statuses)
        self.is_problem = is_problem
        self._open: list[str] = []

    def fill(self, type_: Type) -> Filling:
        """What fills a body. Raises CannotFill with the reason in words."""
        whole = Field("", "message", type_, required=True)
        filled = completed(self._property(whole, (), "report"))
        if not says_something(filled):
            raise CannotFill("it has no place for what is wrong")
        return filled

    def _property(self, field: Field, beside: tuple[Field, ...], by: By) -> Filling:
        type_ = field.type
        if isinstance(type_, UnionOf):
            return self._first(field, type_, beside, by)
        if isinstance(type_, Enumeration):
            return self._member(field, type_, by)
        if isinstance(type_, ListOf):
            return self._list(field, type_, by)
        if isinstance(type_, MapOf):
            return self._map(field, type_, by)
        if isinstance(type_, ModelOf):
            return self._object(type_.model, by)
        if isinstance(type_, Scalar):
            return self._scalar(field, type_, beside, by)
        raise _unknown(field)

    def _first(
        self, field: Field, type_: UnionOf, beside: tuple[Field, ...], by: By
    ) -> Filling:
        """The first variant that can be filled."""
        for variant in type_.variants:
            try:
                return self._property(replace(field, type=variant), beside, by)
            except CannotFill:
                continue
        raise _unknown(field)

    def _object(self, name: str, by: By) -> Made:
        if name in self._open:
            raise CannotFill(f"{name} holds itself")
        self._open.append(name)
        try:
            fields = self.models[name].fields
            found = [(f.name, self._filled(f, fields, by)) for f in fields]
        finally:
            self._open.pop()
        return Made(name, tuple((at, made) for at, made in found if made is not None))

    def _filled(
        self, field: Field, beside: tuple[Field, ...], by: By
    ) -> Filling | None:
        """What a property is filled with; None where it is left out."""
        is_optional = not field.required or field.has_default
        try:
            made = self._property(field, beside, by)
        except CannotFill:
            if is_optional:
                return None
            if field.type.nullable:
                return Fixed(None)
            if isinstance(field.type, MapOf):
                return Empty(is_list=False)
            if isinstance(field.type, ListOf) and not field.type.minimum:
                return Empty(is_list=True)
            raise
        if isinstance(made, Made) and not made.fields:
            if is_optional:
                return None
            return Fixed(None) if field.type.nullable else made
        return made

    def _member(self, field: Field, type_: Enumeration, by: By) -> Filling:
        values = [v for v in type_.values if isinstance(v, str | int)]
        if not values:
            raise _unknown(field)
        if len(self.statuses) == 1 and self.statuses[0] in values:
            return Fixed(self.statuses[0])
        if len(values) == 1 and self._is_fixed(field, values[0]):
            return Fixed(values[0])
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) < len(values):
            raise _unknown(field)
        name = words.plain(field.wire)
        if by == "field" and name in words.PLACE and {"body", "query"} < {*texts}:
            members = tuple((place, place) for place in texts)
            return Chosen(by, "place", type_, members, "body")
        found, otherwise = words.members_by_code(texts, self.statuses)
        if otherwise is None:
            raise CannotFill(f"no member of `{field.wire}` fits every error")
        return Chosen(by, "code", type_, tuple(found.items()), otherwise)

    def _is_fixed(self, field: Field, value: str | int) -> bool:
        """Whether the only value that is allowed is true of every error."""
        name = words.plain(field.wire)
        if (
            len(self.statuses) == 1
            or name not in words.CODE | words.STATUS | words.TYPE
        ):
            return True
        return isinstance(value, str) and words.is_general(value)

    def _list(self, field: Field, type_: ListOf, by: By) -> Filling:
        name, items, limit = words.plain(field.wire), type_.items, type_.maximum
        if limit == 0:
            return Empty(is_list=True)
        if isinstance(items, UnionOf):
            variants = tuple(replace(type_, items=one) for one in items.variants)
            return self._first(field, UnionOf(variants), (), by)
        is_text = isinstance(items, Scalar) and items.kind in ("string", "any")
        if by == "field":
            if is_text and name in words.STEPS and limit is None:
                return Said("field", "steps")
        elif is_text and name in words.LISTS | words.TEXT:
            said = self._text(Field("", "message", items, True), (), "field")
            each = said.limit if isinstance(said, Said) else None
            return Messages(bool(type_.minimum), limit, each, type_.unique)
        elif isinstance(items, ModelOf) and not type_.unique:
            item = self._object(items.model, "field")
            if says_something(item):
                return Each(item, bool(type_.minimum), limit)
        raise _unknown(field)

    def _map(self, field: Field, type_: MapOf, by: By) -> Filling:
        values = type_.values
        lists = isinstance(values, ListOf)
        if isinstance(values, ListOf):
            values = values.items
        is_text = isinstance(values, Scalar) and values.kind in ("string", "any")
        if (
            by == "field"
            or not is_text
            or (isinstance(values, Scalar) and values.constraints)
            or words.plain(field.wire) not in words.LISTS
        ):
            raise _unknown(field)
        return ByField(lists)

    def _scalar(
        self, field: Field, type_: Scalar, beside: tuple[Field, ...], by: By
    ) -> Filling:
        name = words.plain(field.wire)
        if type_.kind in ("string", "any"):
            return self._text(field, beside, by)
        if type_.kind == "boolean" and name in words.UNTRUE | words.TRUE:
            return Fixed(name in words.TRUE)
        if type_.kind == "date-time" and name in words.TIME:
            return Said("report", "time")
        numbers = words.STATUS | (words.CODE if by == "report" else frozenset())
        is_number = type_.kind in ("integer", "number") and name in numbers
        if is_number and takes_statuses(type_, self.statuses):
            return Said("report", "status")
        raise _unknown(field)

    def _text(self, field: Field, beside: tuple[Field, ...], by: By) -> Filling:
        type_ = field.type
        assert isinstance(type_, Scalar)
        if type_.constraint("pattern") is not None:
            raise CannotFill(f"no text surely has the pattern of `{field.wire}`")
        format_ = type_.format or ""
        names = frozenset(words.plain(other.wire) for other in beside)
        said: Filling | None
        if words.plain(field.wire) in words.TYPE and (
            self.is_problem or format_.startswith(("uri", "iri"))
        ):
            said = Fixed("about:blank")
        else:
            said = words.said(field, names, by)
        if said is None:
            raise _unknown(field)
        if not isinstance(said, Said):
            return said
        if format_ in _KNOWN_FORMATS - _FORMATS.get(said.what, set()):
            raise CannotFill(f"nothing says `{field.wire}` as {format_}")
        return replace(said, limit=_limit(field, type_, said.what))


def _limit(field: Field, type_: Scalar, what: str) -> int | None:
    """The longest text that is allowed. Raises CannotFill where there is no room."""
    least, most = type_.constraint("minLength"), type_.constraint("maxLength")
    if isinstance(least, int) and least > (1 if what in ("path", "pointer") else 3):
        raise CannotFill(f"no text is surely as long as `{field.wire}` has to be")
    if not isinstance(most, int):
        return None
    if most < _ROOM.get(what.removeprefix("upper_"), 20):
        raise CannotFill(f"`{field.wire}` is too short for what there is to say")
    return most


def _unknown(field: Field) -> CannotFill:
    return CannotFill(f"nothing says `{field.wire}`")
