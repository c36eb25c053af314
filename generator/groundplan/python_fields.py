"""Fields of models, arguments of functions and their defaults as Python source."""

import datetime as dt
from dataclasses import replace

from pydantic.alias_generators import to_camel

from .domain import (
    Field,
    ListOf,
    MapOf,
    ModelOf,
    Parameter,
    Scalar,
    TupleOf,
    Type,
    named_in,
)
from .python_text import literal
from .python_types import Annotations

LINE_LENGTH = 88


def field_line(
    field: Field, annotations: Annotations, undefined: frozenset[str] = frozenset()
) -> str:
    """A field of a schema: `name: annotation = default`.

    `undefined` are the names that come later in the module: annotations quote them.
    """
    optional = not (field.required or field.has_default)
    default = ""
    if field.has_default and not field.required:
        default = f" = {default_expression(field.default, field.type, annotations)}"
    annotation = annotations.constrained(field.type)
    if optional:
        annotations.imports.add("pydantic", "MISSING")
        present = annotations.constrained(replace(field.type, nullable=False))
        alternatives = dict.fromkeys([present, "MISSING"])
        if field.type.nullable or alternatives.pop("None", "") is None:
            alternatives["None"] = None
        annotation = " | ".join(alternatives)
        default = " = MISSING"
    if field.wire != to_camel(field.name):
        annotations.imports.add("typing", "Annotated")
        annotations.imports.add("pydantic", "Field")
        annotation = f"Annotated[{annotation}, Field(alias={literal(field.wire)})]"
    if undefined.intersection(named_in(field.type)):
        annotation = literal(annotation)
    return f"{field.name}: {annotation}{default}"


def argument(parameter: Parameter, annotations: Annotations) -> str:
    """A parameter in a signature of a port: `page: int = 1`.

    One whose default could be changed by accident has to be given there.
    """
    annotation = annotations.plain(parameter.type)
    if parameter.required:
        return f"{parameter.name}: {annotation}"
    if parameter.has_default:
        if isinstance(parameter.default, list | dict):
            return f"{parameter.name}: {annotation}"
        default = default_expression(parameter.default, parameter.type, annotations)
        return f"{parameter.name}: {annotation} = {default}"
    optional = annotation if parameter.type.nullable else f"{annotation} | None"
    return f"{parameter.name}: {wrapped(optional, len(parameter.name) + 18)} = None"


def wrapped(annotation: str, around: int) -> str:
    """An optional type that does not fit on its line, in parentheses.

    Formatters differ in how they break it without; `around` counts what else is there.
    """
    if annotation.endswith(" | None") and len(annotation) + around > LINE_LENGTH:
        return f"({annotation})"
    return annotation


def default_expression(value: object, type_: Type, annotations: Annotations) -> str:
    """A default of the contract, which is a value of the type, as an expression."""
    if value is None:
        return "None"
    if isinstance(type_, Scalar):
        return _scalar_expression(value, type_, annotations)
    if isinstance(type_, ListOf) and isinstance(value, list):
        items = (default_expression(item, type_.items, annotations) for item in value)
        return f"[{', '.join(items)}]"
    if isinstance(type_, TupleOf) and isinstance(value, list):
        pairs = zip(value, type_.items, strict=True)
        items = (default_expression(item, kind, annotations) for item, kind in pairs)
        return f"({', '.join(items)},)"
    if isinstance(type_, MapOf) and isinstance(value, dict):
        items = (
            f"{literal(key)}: {default_expression(item, type_.values, annotations)}"
            for key, item in value.items()
        )
        return f"{{{', '.join(items)}}}"
    if isinstance(type_, ModelOf):
        model = annotations.plain(replace(type_, nullable=False))
        return f"{model}.model_validate({literal(value)})"
    return literal(value)


def _scalar_expression(value: object, type_: Scalar, annotations: Annotations) -> str:
    imports = annotations.imports
    if type_.kind in ("date", "date-time"):
        imports.add("", "datetime as dt")
        return _moment(str(value), type_.kind)
    if type_.kind == "uuid":
        imports.add("uuid", "UUID")
        return f"UUID({literal(value)})"
    if type_.kind in ("decimal", "decimal-number"):
        imports.add("decimal", "Decimal")
        return f'Decimal("{value}")'
    return literal(value)


def _moment(text: str, kind: str) -> str:
    """A date, or a moment in UTC."""
    if kind == "date":
        day = dt.date.fromisoformat(text)
        return f"dt.date({day.year}, {day.month}, {day.day})"
    parts = dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    moment = [*parts.timetuple()[:6], parts.microsecond]
    while len(moment) > 3 and not moment[-1]:
        moment.pop()
    return f"dt.datetime({', '.join(map(str, moment))}, tzinfo=dt.UTC)"
