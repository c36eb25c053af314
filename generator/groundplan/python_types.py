"""Domain types as Python source: annotations, literals, docstrings.

Everything that comes from a contract passes through here before it is Python: names
are identifiers already (`names`), values become literals by `repr`, texts become
escaped docstrings. Nothing of a contract is ever pasted.
"""

import re
import textwrap
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from pydantic.alias_generators import to_camel

from .domain import (
    Enumeration,
    Field,
    ListOf,
    MapOf,
    ModelOf,
    Parameter,
    Scalar,
    Type,
    UnionOf,
    leaves,
)

_SCALARS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "uuid": "UUID",
    "date": "dt.date",
    "date-time": "AwareDatetime",
    "decimal": "Decimal",
    "email": "Email",
    "any": "JsonValue",
}
_IMPORTS = {
    "UUID": ("uuid", "UUID"),
    "dt.date": ("", "datetime as dt"),
    "AwareDatetime": ("pydantic", "AwareDatetime"),
    "Decimal": ("decimal", "Decimal"),
    "Email": ("...platform.schemas", "Email"),
    "JsonValue": ("pydantic", "JsonValue"),
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


class Imports:
    """Collects the imports of one module."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}

    def add(self, module: str, name: str) -> None:
        self._names.setdefault(module, set()).add(name)

    def names(self, module: str) -> set[str]:
        """What is imported from a module."""
        return self._names.get(module, set())

    def drop(self, module: str, names: set[str]) -> None:
        """Forget names that turn out to be the module's own."""
        kept = self._names.pop(module, set()) - names
        if kept:
            self._names[module] = kept

    def lines(self) -> str:
        """All imports in the order linters want: stdlib, third party, own."""
        sections: dict[int, list[str]] = {}
        for name in sorted(self._names.get("", ())):
            sections.setdefault(0, []).append(f"import {name}")
        for module in sorted((m for m in self._names if m), key=_module_order):
            names = ", ".join(sorted(self._names[module], key=_import_order))
            section = _module_order(module)[0]
            sections.setdefault(section, []).append(f"from {module} import {names}")
        return "\n\n".join("\n".join(sections[key]) for key in sorted(sections))


_STANDARD = frozenset({"collections", "datetime", "decimal", "typing", "uuid"})


def _module_order(module: str) -> tuple[int, int, str]:
    """Section, then the farthest parent first, then the name."""
    dots = len(module) - len(module.lstrip("."))
    if dots:
        return (2, -dots, module)
    return (0 if module.partition(".")[0] in _STANDARD else 1, 0, module)


def _import_order(name: str) -> tuple[int, str]:
    """ruff's order within an import: CONSTANTS, Classes, functions."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


class Annotations:
    """Writes types as annotations, remembering what they import."""

    def __init__(self) -> None:
        self.imports = Imports()

    def plain(self, type_: Type) -> str:
        """The type without its constraints, as signatures show it."""
        return self._or_none(self._plain(type_), type_.nullable)

    def _plain(self, type_: Type) -> str:
        if isinstance(type_, Scalar):
            name = _SCALARS[type_.kind]
            if type_.kind == "email":
                name = "str"
            elif type_.kind == "date-time":
                self.imports.add("", "datetime as dt")
                name = "dt.datetime"
            self._import(name)
            return name
        return self._common(type_, self.plain)

    def constrained(self, type_: Type) -> str:
        """The type with its constraints, as schemas and routes show it."""
        return self._or_none(self._constrained(type_), type_.nullable)

    def _constrained(self, type_: Type) -> str:
        if isinstance(type_, Scalar):
            name = _SCALARS[type_.kind]
            self._import(name)
            arguments = constraint_arguments(type_)
            if not arguments:
                return name
            self.imports.add("pydantic", "Field")
            self.imports.add("typing", "Annotated")
            return f"Annotated[{name}, Field({', '.join(arguments)})]"
        if isinstance(type_, ListOf):
            inner = f"list[{self.constrained(type_.items)}]"
            arguments = constraint_arguments(type_)
            extra = []
            if arguments:
                self.imports.add("pydantic", "Field")
                extra.append(f"Field({', '.join(arguments)})")
            if type_.unique:
                self.imports.add("...platform.schemas", "UNIQUE")
                extra.append("UNIQUE")
            if not extra:
                return inner
            self.imports.add("typing", "Annotated")
            return f"Annotated[{inner}, {', '.join(extra)}]"
        return self._common(type_, self.constrained)

    def _common(self, type_: Type, write: "object") -> str:
        assert callable(write)
        if isinstance(type_, Enumeration):
            if type_.alias:
                self.imports.add(".schemas", type_.alias)
                return type_.alias
            self.imports.add("typing", "Literal")
            return f"Literal[{', '.join(literal(value) for value in type_.values)}]"
        if isinstance(type_, ListOf):
            return f"list[{write(type_.items)}]"
        if isinstance(type_, MapOf):
            return f"dict[str, {write(type_.values)}]"
        if isinstance(type_, ModelOf):
            self.imports.add(".schemas", type_.model)
            return type_.model
        assert isinstance(type_, UnionOf)
        return " | ".join(write(variant) for variant in type_.variants)

    def _or_none(self, text: str, nullable: bool) -> str:
        return f"{text} | None" if nullable else text

    def _import(self, name: str) -> None:
        if name in _IMPORTS:
            self.imports.add(*_IMPORTS[name])


def constraint_arguments(type_: Type) -> list[str]:
    """The keyword arguments of pydantic's `Field` (or FastAPI's `Query`) for a type."""
    if isinstance(type_, Scalar):
        return [
            f"{_KEYWORDS[keyword]}={literal(value)}"
            for keyword, value in type_.constraints
        ]
    if isinstance(type_, ListOf):
        bounds = (("min_length", type_.minimum), ("max_length", type_.maximum))
        return [f"{name}={value}" for name, value in bounds if value is not None]
    return []


def field_line(field: Field, annotations: Annotations) -> str:
    """A field of a schema: `name: annotation = default`."""
    annotation = annotations.constrained(field.type)
    default = ""
    if field.has_default:
        default = f" = {literal(field.default)}"
    elif not field.required:
        annotations.imports.add("pydantic", "MISSING")
        present = annotations.constrained(replace(field.type, nullable=False))
        annotation = f"{present} | MISSING"
        annotation += " | None" if field.type.nullable else ""
        default = " = MISSING"
    if field.wire != to_camel(field.name):
        annotations.imports.add("typing", "Annotated")
        annotations.imports.add("pydantic", "Field")
        annotation = f"Annotated[{annotation}, Field(alias={literal(field.wire)})]"
    return f"{field.name}: {annotation}{default}"


LINE_LENGTH = 88


def argument(parameter: Parameter, annotations: Annotations) -> str:
    """A parameter in a signature of a port: `page: int = 1`."""
    annotation = annotations.plain(parameter.type)
    if parameter.has_default:
        return f"{parameter.name}: {annotation} = {literal(parameter.default)}"
    if parameter.required:
        return f"{parameter.name}: {annotation}"
    optional = annotation if parameter.type.nullable else f"{annotation} | None"
    return f"{parameter.name}: {wrapped(optional, len(parameter.name) + 18)} = None"


def wrapped(annotation: str, around: int) -> str:
    """An optional type that does not fit on its line, in parentheses.

    Formatters differ in how they break it without; `around` counts what else is there.
    """
    if annotation.endswith(" | None") and len(annotation) + around > LINE_LENGTH:
        return f"({annotation})"
    return annotation


def needs_python_regex(types: Iterable[Type]) -> bool:
    """Whether a pattern uses what pydantic's default engine (Rust's) cannot do."""
    for type_ in types:
        for leaf in leaves(type_):
            pattern = leaf.constraint("pattern") if isinstance(leaf, Scalar) else None
            if isinstance(pattern, str) and any(
                mark in pattern for mark in ("(?=", "(?!", "(?<", "\\1", "\\2", "\\Z")
            ):
                return True
    return False


def literal(value: object) -> str:
    """A JSON scalar as a Python literal."""
    if not isinstance(value, str | int | float | bool | None):
        raise TypeError(f"not a scalar: {type(value).__name__}")
    return repr(value)


def clean(text: str) -> str:
    """Text without control, format (bidirectional marks) and surrogate characters."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else " "
        for c in text
    )


# Those that end a docstring: three in a row, and any before the closing ones.
_QUOTES = re.compile(r'"{3,}|"+\Z')


def docstring(text: str, indent: int = 4, width: int = 88) -> str:
    """A docstring literal, escaped and wrapped; its first line is not indented."""
    paragraphs = [" ".join(part.split()) for part in clean(text).strip().split("\n\n")]
    escaped = [
        _QUOTES.sub(lambda run: '\\"' * len(run[0]), part.replace("\\", "\\\\"))
        for part in paragraphs
        if part
    ]
    lines: list[str] = []
    for number, part in enumerate(escaped):
        room = width - indent - (3 if number == 0 else 0)
        if number:
            lines.append("")
        lines.extend(
            textwrap.wrap(part, room, break_long_words=False, break_on_hyphens=False)
        )
    if not lines:
        return '""""""'
    pad = " " * indent
    if len(lines) == 1 and len(lines[0]) + indent + 6 <= width:
        return f'"""{lines[0]}"""'
    body = "\n".join(pad + line if line else "" for line in lines[1:])
    return f'"""{lines[0]}\n{body}\n{pad}"""' if body else f'"""{lines[0]}\n{pad}"""'
