"""Domain types as Python source: annotations, fields, arguments, defaults.

Names are identifiers already (`names`); values pass through `python_text`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from . import names
from .domain import (
    Alias,
    AliasOf,
    Enumeration,
    ListOf,
    MapOf,
    ModelOf,
    Scalar,
    ScalarKind,
    TupleOf,
    Type,
    UnionOf,
)
from .patterns import compiled
from .python_imports import Imports
from .python_text import clean as clean
from .python_text import docstring as docstring
from .python_text import literal as literal

_FIELDS = "...platform.fields"
# As signatures show a value, and as what is validated shows it.
_PLAIN = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "uuid": "UUID",
    "date": "dt.date",
    "date-time": "dt.datetime",
    "decimal": "Decimal",
    "decimal-number": "Decimal",
    "email": "str",
    "any": "JsonValue",
    "null": "None",
    "never": "None",
}
_CHECKED = _PLAIN | {"date": "IsoDate", "date-time": "IsoDateTime", "never": "Nothing"}
_IMPORTS = {
    "UUID": ("uuid", "UUID"),
    "dt.date": ("", "datetime as dt"),
    "dt.datetime": ("", "datetime as dt"),
    "Decimal": ("decimal", "Decimal"),
    "JsonValue": ("pydantic", "JsonValue"),
    "Annotated": ("typing", "Annotated"),
    "Literal": ("typing", "Literal"),
    "Field": ("pydantic", "Field"),
    "AS_JSON": ("...platform.parameters", "AS_JSON"),
    "Separated": ("...platform.parameters", "Separated"),
    "ONE_OF": ("...platform.unions", "ONE_OF"),
    "Discriminated": ("...platform.unions", "Discriminated"),
}
_KEYWORDS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
}
_WIDTHS: dict[tuple[tuple[str, int | float | str], ...], str] = {
    (("minimum", -(2 ** (bits - 1))), ("maximum", 2 ** (bits - 1) - 1)): f"Int{bits}"
    for bits in (32, 64)
}
# The scalars that arrive as text and are not text.
_AS_JSON = frozenset({"integer", "number", "boolean", "decimal-number"})
# In which order the alternatives of a text are tried: text itself fits everything.
_TRIED = ["integer", "decimal-number", "number", "boolean", "date", "date-time", "uuid"]


@dataclass(frozen=True)
class Written:
    """A validated type: what `Annotated` is of, `Field`'s arguments, refinements."""

    base: str
    bounds: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


class Annotations:
    """Writes types as annotations, remembering what they import."""

    def __init__(self, aliases: Mapping[str, Alias] | None = None) -> None:
        self.imports = Imports()
        self.aliases = aliases or {}

    def plain(self, type_: Type) -> str:
        """The type without its constraints, as signatures show it."""
        return or_none(self._plain(type_), type_.nullable)

    def _plain(self, type_: Type) -> str:
        if isinstance(type_, Scalar):
            return self._use(_PLAIN[type_.kind])
        if isinstance(type_, Enumeration) and not type_.of_text and not type_.alias:
            return _bases(type_)
        return self._common(type_, self.plain)

    def constrained(self, type_: Type) -> str:
        """The type with its constraints, as models and bodies show it."""
        return or_none(self._annotated(self._checked(type_)), type_.nullable)

    def text(self, type_: Type) -> str:
        """The type of a parameter, which arrives as text."""
        return or_none(self._annotated(self.written_text(type_)), type_.nullable)

    def written_text(self, type_: Type) -> Written:
        """A parameter's type, to be completed with what says where it stands."""
        if isinstance(type_, ListOf):
            unique = (self._field("UNIQUE"),) if type_.unique else ()
            bounds = _sizes(type_.minimum, type_.maximum)
            return Written(f"list[{self.text(type_.items)}]", bounds, unique)
        if isinstance(type_, AliasOf):
            type_ = self.aliases[type_.name]
        if isinstance(type_, UnionOf):
            ordered = sorted(type_.variants, key=_tried)
            texts = dict.fromkeys(self.text(variant) for variant in ordered)
            if len(texts) == 1:
                return self.written_text(ordered[0])
            return Written(" | ".join(texts), ('union_mode="left_to_right"',))
        if isinstance(type_, Enumeration) and not type_.of_text:
            kinds = (Scalar(kind) for kind in _kinds(type_))
            if len(_kinds(type_)) > 1:
                whole = self.written_text(UnionOf(tuple(kinds)))
                return replace(whole, marks=self._choice(type_))
            marks = (self._use("AS_JSON"), *self._choice(type_))
            return Written(_bases(type_), (), marks)
        checked = self._checked(type_)
        if isinstance(type_, Scalar) and type_.kind in _AS_JSON:
            return replace(checked, marks=(self._use("AS_JSON"), *checked.marks))
        return checked

    def _checked(self, type_: Type) -> Written:
        if isinstance(type_, Scalar):
            return self._scalar(type_)
        if isinstance(type_, Enumeration) and not type_.of_text and not type_.alias:
            return Written(_bases(type_), (), self._choice(type_))
        base = self._common(type_, self.constrained)
        if isinstance(type_, ListOf):
            unique = (self._field("UNIQUE"),) if type_.unique else ()
            return Written(base, _sizes(type_.minimum, type_.maximum), unique)
        if isinstance(type_, MapOf):
            return Written(base, _sizes(type_.minimum, type_.maximum))
        if isinstance(type_, UnionOf):
            return Written(base, (), self._told_apart(type_))
        return Written(base)

    def _scalar(self, type_: Scalar) -> Written:
        base = self._use(_CHECKED[type_.kind])
        bounds = constraint_arguments(type_)
        more, compiled = self._pattern(type_)
        bounds += more
        marks = [*compiled]
        if type_.kind == "integer" and type_.constraints in _WIDTHS:
            base, bounds = self._field(_WIDTHS[type_.constraints]), ()
        if type_.kind == "any" and type_.constraints:
            values = json.loads(str(type_.constraint("enum")))
            listed = ", ".join(repr(value) for value in values)
            return Written(base, (), (f"{self._field('Choice')}({listed})",))
        if type_.kind == "decimal":
            mark = f"{self._field('DecimalText')}({', '.join(bounds)})"
            return Written(base, (), (mark,))
        if type_.kind == "decimal-number":
            return Written(base, bounds, (self._field("DECIMAL_NUMBER"),))
        if type_.kind == "email" and not bounds:
            return Written(self._field("Email"))
        marks = []
        step = type_.constraint("multipleOf")
        if type_.kind == "number" and step is not None:
            bounds = tuple(bound for bound in bounds if "multiple_of" not in bound)
            marks.append(f"{self._field('Multiple')}({literal(step)})")
        name = "email" if type_.kind == "email" else type_.format
        if name:
            marks.append(f"{self._field('Format')}({literal(name)})")
        return Written(base, bounds, tuple(marks))

    def _pattern(self, type_: Scalar) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What bounds a text by its pattern: arguments, or a mark of its own.

        `Query` and its like take no compiled patterns.
        """
        pattern = type_.constraint("pattern")
        if not isinstance(pattern, str):
            return (), ()
        arguments = pattern_arguments(pattern)
        if not arguments[0].startswith("pattern=re."):
            return arguments, ()
        self.imports.add("", "re")
        return (), (f"{self._use('Field')}({', '.join(arguments)})",)

    def _common(self, type_: Type, write: Callable[[Type], str]) -> str:
        if isinstance(type_, Enumeration):
            if type_.alias:
                return self._named(type_.alias)
            self._use("Literal")
            return f"Literal[{', '.join(literal(value) for value in type_.values)}]"
        if isinstance(type_, ListOf):
            return f"list[{write(type_.items)}]"
        if isinstance(type_, TupleOf):
            return f"tuple[{', '.join(write(item) for item in type_.items) or '()'}]"
        if isinstance(type_, MapOf):
            return (
                f"dict[{write(type_.keys or Scalar('string'))}, {write(type_.values)}]"
            )
        if isinstance(type_, ModelOf):
            return self._named(type_.model)
        if isinstance(type_, AliasOf):
            return self._named(type_.name)
        assert isinstance(type_, UnionOf)
        return " | ".join(dict.fromkeys(write(variant) for variant in type_.variants))

    def _told_apart(self, type_: UnionOf) -> tuple[str, ...]:
        """What tells the variants of a union apart, where their types do not."""
        if type_.exclusive:
            return (self._use("ONE_OF"),)
        if type_.discriminator is None:
            return ()
        wire = type_.discriminator
        tags = ", ".join(
            f"{literal(tag)}: {self._common(type_.variants[number], self.plain)}"
            for tag, number in type_.tags
        )
        attribute = literal(names.field_name(wire))
        mark = f"{self._use('Discriminated')}({literal(wire)}, {attribute}, {{{tags}}})"
        return (mark,)

    def _choice(self, type_: Enumeration) -> tuple[str]:
        values = ", ".join(literal(value) for value in type_.values)
        return (f"{self._field('Choice')}({values})",)

    def _annotated(self, written: Written) -> str:
        parts = [written.base]
        if written.bounds:
            parts.append(f"{self._use('Field')}({', '.join(written.bounds)})")
        parts += written.marks
        if len(parts) == 1:
            return written.base
        return f"{self._use('Annotated')}[{', '.join(parts)}]"

    def _named(self, name: str) -> str:
        self.imports.add(".schemas", name)
        return name

    def _field(self, name: str) -> str:
        self.imports.add(_FIELDS, name)
        return name

    def _use(self, name: str) -> str:
        if name in _IMPORTS:
            self.imports.add(*_IMPORTS[name])
        elif name in ("IsoDate", "IsoDateTime", "Nothing"):
            self._field(name)
        return name


def or_none(text: str, nullable: bool = True) -> str:
    """The annotation of what may be None as well."""
    is_none = text == "None" or text.endswith(" | None")
    return f"{text} | None" if nullable and not is_none else text


def _kinds(type_: Enumeration) -> list[ScalarKind]:
    """The scalar kinds of an enumeration's values."""
    known: dict[type, ScalarKind] = {
        bool: "boolean",
        int: "integer",
        float: "number",
        str: "string",
    }
    kinds = list(dict.fromkeys(known[type(value)] for value in type_.values))
    return [k for k in kinds if k != "integer"] if "number" in kinds else kinds


def _bases(type_: Enumeration) -> str:
    return " | ".join(_PLAIN[kind] for kind in _kinds(type_))


def _tried(type_: Type) -> int:
    kind = type_.kind if isinstance(type_, Scalar) else ""
    return _TRIED.index(kind) if kind in _TRIED else len(_TRIED) + (kind == "string")


def _sizes(minimum: int | None, maximum: int | None) -> tuple[str, ...]:
    sizes = (("min_length", minimum), ("max_length", maximum))
    return tuple(f"{name}={value}" for name, value in sizes if value is not None)


def constraint_arguments(type_: Scalar) -> tuple[str, ...]:
    """The keyword arguments of pydantic's `Field` (or FastAPI's `Query`) for a type."""
    decimal = type_.kind == "decimal-number"
    return tuple(
        f"{_KEYWORDS[keyword]}="
        + (f'Decimal("{value}")' if decimal else literal(value))
        for keyword, value in type_.constraints
        if keyword in _KEYWORDS and keyword != "pattern"
    )


def pattern_arguments(pattern: str) -> tuple[str, ...]:
    """Those for a pattern, which is told as the contract spells it."""
    found = compiled(pattern)
    text = literal(found.text)
    if found.engine == "python-re":
        text = f"re.compile({text})"
    if found.text == pattern:
        return (f"pattern={text}",)
    told = f'{{"pattern": {literal(pattern)}}}'
    return f"pattern={text}", f"json_schema_extra={told}"
