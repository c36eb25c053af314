"""The models and tables of a context."""

from .domain import (
    Column,
    Enumeration,
    ListOf,
    MapOf,
    Model,
    ModelOf,
    Scalar,
    Type,
    UnionOf,
    models_in,
)
from .fastapi_base import ContextWriter
from .python_types import (
    Annotations,
    docstring,
    field_line,
    literal,
    needs_python_regex,
)
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


class ModelWriter(ContextWriter):
    """Writes schemas.py and model.py."""

    def schemas(self) -> str:
        annotations = Annotations()
        models = self._ordered(self.domain.models_of(self.context))
        views = [self._model_view(model, annotations) for model in models]
        aliases = []
        for name, alias in self.domain.aliases.items():
            if name in self._aliases_used(models):
                annotation = annotations.plain(Enumeration(alias.values))
                annotations.imports.add("typing", "TypeAlias")
                aliases.append({"name": name, "annotation": annotation})
        if models:
            annotations.imports.add("...platform.schemas", "Schema")
        own = {model.name for model in models} | {a["name"] for a in aliases}
        annotations.imports.drop(".schemas", own)
        return self._render(
            "schemas.py",
            {
                "imports": annotations.imports.lines(),
                "aliases": aliases,
                "models": views,
            },
        )

    def _ordered(self, models: list[Model]) -> list[Model]:
        """Models after those they refer to, so that annotations need no quotes."""
        by_name = {model.name: model for model in models}
        done: dict[str, Model] = {}

        def visit(model: Model, path: frozenset[str]) -> None:
            if model.name in done or model.name in path:
                return
            for field in model.fields:
                for name in models_in(field.type):
                    visit(by_name[name], path | {model.name})
            done[model.name] = model

        for model in models:
            visit(model, frozenset())
        return list(done.values())

    def _model_view(self, model: Model, annotations: Annotations) -> dict[str, object]:
        bases = "Schema"
        if model.closed:
            bases += ', extra="forbid"'
        if needs_python_regex(field.type for field in model.fields):
            bases += ', regex_engine="python-re"'
        return {
            "name": model.name,
            "bases": bases,
            "docstring": docstring(model.description) if model.description else "",
            "lines": [field_line(field, annotations) for field in model.fields],
        }

    def model(self) -> str:
        annotations = Annotations()
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
        if column.default == []:
            arguments.append("default=list")
        elif column.has_default and column.default is not None:
            arguments.append(f"default={literal(column.default)}")
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


def _mapped(type_: Type, annotations: Annotations) -> str:
    """The Python type of a stored column; documents are plain JSON there."""
    if isinstance(type_, ListOf | MapOf | ModelOf | UnionOf) or (
        isinstance(type_, Scalar) and type_.kind == "any"
    ):
        annotations.imports.add("pydantic", "JsonValue")
        return "JsonValue"
    if isinstance(type_, Enumeration):
        return "str" if isinstance(type_.values[0], str) else "int"
    return annotations.plain(type_)
