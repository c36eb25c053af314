"""The models and tables of a context."""

from dataclasses import replace

from .domain import (
    Column,
    Enumeration,
    Model,
    Scalar,
    Type,
    named_in,
)
from .fastapi_base import ContextWriter
from .python_fields import default_expression, field_line
from .python_text import docstring, literal
from .python_types import Annotations, needs_python_regex
from .tables import stored_type

_COLUMN_TYPES = {
    "string": "String",
    "text": "Text",
    "integer": "BigInteger",
    "number": "Double",
    "decimal": "ExactDecimal",
    "boolean": "Boolean",
    "uuid": "Uuid",
    "date": "Date",
    "date-time": "UtcDateTime",
    "json": "Json",
    "list": "Json",
    "object": "Json",
}
# Models that lead to each other over more than these are built by deeper recursion than
# Python allows by itself.
MAX_CHAIN = 60


class ModelWriter(ContextWriter):
    """Writes schemas.py and model.py."""

    def schemas(self) -> str:
        annotations = self._annotations()
        models = {model.name: model for model in self.domain.models_of(self.context)}
        used = self._aliases_used()
        own = {*models, *used}
        defined: set[str] = set()
        parts, quoted = [], []
        ordered, longest = self._ordered([*used, *models])
        for name in ordered:
            if name in models:
                undefined = frozenset(own - defined)
                parts.append(self._model_view(models[name], annotations, undefined))
                if undefined.intersection(_named_in(models[name])):
                    quoted.append(name)
            else:
                annotations.imports.add("typing", "TypeAlias")
                parts.append(self._alias_view(name, annotations))
            defined.add(name)
        annotations.imports.drop(".schemas", own)
        is_deep = longest > MAX_CHAIN
        if is_deep:
            annotations.imports.add("", "sys")
        return self._render(
            "schemas.py",
            {
                "imports": annotations.imports.lines(),
                "is_deep": is_deep,
                "parts": parts,
                "quoted": quoted,
            },
        )

    def _ordered(self, names: list[str]) -> tuple[list[str], int]:
        """What is referred to before what refers to it, as far as that is possible.

        A union comes after all its variants: what it is made of cannot be quoted.
        Returns as well over how many others one leads to another at most.
        """
        done: dict[str, None] = {}
        longest = 0

        def visit(name: str, path: frozenset[str]) -> None:
            nonlocal longest
            longest = max(longest, len(path))
            if name in done or name in path:
                return
            model = self.domain.models.get(name)
            inside = _named_in(model) if model else self._variants(name)
            for inner in inside:
                visit(inner, path | {name})
            if model or all(inner in done for inner in inside):
                done[name] = None

        for _ in range(2):  # those that had to wait for a model that leads to them
            for name in names:
                visit(name, frozenset())
        return list(done), longest

    def _variants(self, name: str) -> list[str]:
        return [*named_in(self.domain.aliases[name])]

    def _alias_view(self, name: str, annotations: Annotations) -> dict[str, object]:
        alias = self.domain.aliases[name]
        nameless = (
            Enumeration(alias.values)
            if isinstance(alias, Enumeration)
            else replace(alias, nullable=False)
        )
        return {"name": name, "annotation": annotations.constrained(nameless)}

    def _model_view(
        self, model: Model, annotations: Annotations, undefined: frozenset[str]
    ) -> dict[str, object]:
        lines = [field_line(field, annotations, undefined) for field in model.fields]
        base, options = "Schema", []
        if model.closed:
            options.append('extra="forbid"')
        elif model.extra is not None:
            options.append('extra="allow"')
            if model.extra != Scalar("any"):
                extra = f"dict[str, {annotations.constrained(model.extra)}]"
                if undefined.intersection(named_in(model.extra)):
                    extra = literal(extra)
                lines.append(f"__pydantic_extra__: {extra}")
        types = [field.type for field in model.fields]
        if needs_python_regex([*types, *([model.extra] if model.extra else [])]):
            options.append('regex_engine="python-re"')
        for keyword, limit in (("min", model.minimum), ("max", model.maximum)):
            if limit is not None:
                base = "Sized"
                options.append(f"{keyword}_properties={limit}")
        annotations.imports.add("...platform.schemas", base)
        return {
            "name": model.name,
            "bases": ", ".join([base, *options]),
            "docstring": docstring(model.description) if model.description else "",
            "lines": lines,
        }

    def model(self) -> str:
        annotations = self._annotations()
        imports = annotations.imports
        imports.add("sqlalchemy", "MetaData")
        imports.add("sqlalchemy.orm", "DeclarativeBase")
        imports.add("...platform.columns", "NAMING")
        rows = []
        for entity in self.context.entities:
            imports.add("sqlalchemy.orm", "Mapped")
            imports.add("sqlalchemy.orm", "mapped_column")
            rows.append(
                {
                    "name": entity.row,
                    "docstring": docstring(f"{entity.name} as stored."),
                    "table": literal(entity.table),
                    "lines": [self._column(c, annotations) for c in entity.columns],
                }
            )
        return self._render("model.py", {"imports": imports.lines(), "rows": rows})

    def _column(self, column: Column, annotations: Annotations) -> str:
        imports = annotations.imports
        mapped = _mapped(column.type, annotations)
        if column.nullable:
            mapped += " | None"
        arguments = [self._column_type(column, annotations)]
        if column.key:
            arguments.append("primary_key=True")
        if mapped == "JsonValue":
            # its type includes None, from which SQLAlchemy concludes "nullable"
            arguments.append("nullable=False")
        if column.generated == "uuid":
            imports.add("uuid", "uuid4")
            text = column.type
            as_text = not (isinstance(text, Scalar) and text.kind == "uuid")
            arguments.append(
                "default=lambda: str(uuid4())" if as_text else "default=uuid4"
            )
        if column.managed:
            imports.add("...platform.columns", "utc_now")
            arguments.append("default=utc_now")
        if column.managed == "updated":
            arguments.append("onupdate=utc_now")
        if column.has_default and column.default is not None:
            arguments.append(f"default={_default(column, annotations)}")
        if column.unique and not column.key:
            arguments.append("unique=True")
        elif (column.index or column.managed == "created") and not column.key:
            arguments.append("index=True")
        return (
            f"{column.name}: Mapped[{mapped}] = mapped_column({', '.join(arguments)})"
        )

    def _column_type(self, column: Column, annotations: Annotations) -> str:
        text = "Serial" if column.generated == "integer" else column_type(column.type)
        if text in ("Json", "Serial", "UtcDateTime") or text.startswith("ExactDecimal"):
            annotations.imports.add("...platform.columns", text.partition("(")[0])
        else:
            annotations.imports.add("sqlalchemy", text.partition("(")[0])
        return text


def column_type(type_: Type) -> str:
    """The type of a column, as `platform/columns.py` or SQLAlchemy name it."""
    stored = stored_type(type_)
    size = ", ".join(map(str, stored.size))
    name = _COLUMN_TYPES[stored.kind]
    return f"{name}({size})" if size else name


def _default(column: Column, annotations: Annotations) -> str:
    if column.default in ([], {}):
        return type(column.default).__name__
    if column_type(column.type) == "Json":
        return f"lambda: {literal(column.default)}"
    return default_expression(column.default, column.type, annotations)


def _named_in(model: Model) -> list[str]:
    types = [field.type for field in model.fields]
    types += [model.extra] if model.extra is not None else []
    return [name for type_ in types for name in named_in(type_)]


def _mapped(type_: Type, annotations: Annotations) -> str:
    """The Python type of a stored column; documents are plain JSON there."""
    if column_type(type_) == "Json":
        annotations.imports.add("pydantic", "JsonValue")
        return "JsonValue"
    if isinstance(type_, Enumeration) and type_.of_text:
        return "str"
    return annotations.plain(replace(type_, nullable=False))
