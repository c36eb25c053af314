"""The parameters of operations: which ones a service can read, and as what."""

from dataclasses import dataclass

from . import names
from .api_versions import NAMES_VERSION
from .domain import (
    AliasOf,
    Enumeration,
    ListOf,
    Parameter,
    Scalar,
    Type,
    UnionOf,
)
from .reader import Json
from .schema_defaults import default_of
from .schema_parts import Pointer, Said
from .schemas import SchemaReader

Owner = tuple[dict[str, Json], Pointer]

# On the parameter that is an idempotency key: the platform reads it, no operation does.
IS_KEY = "x-is-idempotency-key"

_PLACES = ("path", "query", "header", "cookie")
# Headers that OpenAPI has other places for.
_ELSEWHERE = frozenset({"accept", "content-type", "authorization"})
# The styles of lists that are written as one text.
_SEPARATED = frozenset({"form", "simple", "spaceDelimited", "pipeDelimited"})


@dataclass(frozen=True)
class Parameters:
    """What is read of a request, and the wire names of what should be and is not."""

    read: tuple[Parameter, ...]
    unread: tuple[str, ...]


def read_parameters(
    reader: SchemaReader, owners: list[Owner], identifier: str
) -> Parameters:
    """The parameters of a path and of its operation, which has the last word."""
    found: dict[tuple[str, str], Parameter] = {}
    unread: dict[tuple[str, str], str] = {}
    taken = names.Names()
    for owner, at in owners:
        listed = owner.get("parameters")
        for number, entry in enumerate(listed if isinstance(listed, list) else ()):
            flat, where = reader.contract.resolve(entry, (*at, "parameters", number))
            wire, place = str(flat.get("name")), str(flat.get("in"))
            if place not in _PLACES or _is_of_platform(flat):
                continue
            if place == "header" and wire.lower() in _ELSEWHERE:
                continue
            known = found.pop((place, wire), None)
            unread.pop((place, wire), None)
            name = known.name if known else taken.unique(names.parameter_name(wire))
            parameter = _parameter(reader, flat, where, name, identifier)
            if parameter is not None:
                found[place, wire] = parameter
                continue
            reader.leave(where, f"the {place} parameter {wire}")
            if flat.get("required") is True:
                unread[place, wire] = wire
    ordered = sorted(found.values(), key=lambda p: _PLACES.index(p.place))
    return Parameters(tuple(ordered), tuple(unread.values()))


def _is_of_platform(parameter: dict[str, Json]) -> bool:
    return parameter.get(NAMES_VERSION) is True or parameter.get(IS_KEY) is True


def _parameter(
    reader: SchemaReader,
    flat: dict[str, Json],
    where: Pointer,
    name: str,
    identifier: str,
) -> Parameter | None:
    """A parameter; None for one that is written as no service of ours reads it."""
    wire, place = str(flat["name"]), str(flat["in"])
    if "schema" not in flat:
        return None
    schema = flat["schema"]
    type_ = reader.read(schema, (*where, "schema"), "request", f"{identifier} {wire}")
    usual = "form" if place in ("query", "cookie") else "simple"
    style = str(flat.get("style", usual))
    separated = None
    if style not in _SEPARATED or (place == "path" and style != "simple"):
        return None
    if isinstance(type_, ListOf):
        if place in ("path", "cookie") or not _is_plain(type_.items, reader):
            return None
        exploded = flat.get("explode", style == "form") is True
        separated = None if exploded and place == "query" else style
    elif not _is_plain(type_, reader):
        return None
    said = Said(reader.contract, schema)
    required = place == "path" or flat.get("required") is True
    return Parameter(
        name=name,
        wire=wire,
        place=place,  # type: ignore[arg-type]
        type=type_,
        required=required,
        default=default_of(said.default(), type_, reader.models, reader.aliases),
        description=one_line(flat.get("description")),
        example=flat.get("example", said.example()),
        separated=separated,
        deprecated=flat.get("deprecated") is True,
    )


def _is_plain(type_: Type, reader: SchemaReader) -> bool:
    """Whether a value is one text."""
    if isinstance(type_, AliasOf):
        union = reader.aliases[type_.name]
        return isinstance(union, UnionOf) and _is_plain(union, reader)
    if isinstance(type_, UnionOf):
        return all(_is_plain(variant, reader) for variant in type_.variants)
    return isinstance(type_, Scalar | Enumeration)


def one_line(text: Json) -> str:
    """A text without its line breaks; empty for anything else."""
    return " ".join(text.split()) if isinstance(text, str) else ""
