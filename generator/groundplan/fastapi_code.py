"""A context of the domain as source files of the fastapi stack.

This module decides what is written; the templates in `template/contexts/fastapi`
decide how it is laid out, and black how it is formatted.
"""

from dataclasses import dataclass

from . import names
from .domain import (
    Column,
    Context,
    Domain,
    Entity,
    Enumeration,
    ListOf,
    MapOf,
    Model,
    ModelOf,
    Operation,
    Parameter,
    Scalar,
    Storage,
    Stub,
    Type,
    UnionOf,
    Wrapper,
    leaves,
    models_in,
)
from .python_types import (
    Annotations,
    argument,
    constraint_arguments,
    docstring,
    field_line,
    literal,
    needs_python_regex,
)
from .render import HEADER, Templates

MAX_STRING_COLUMN = 10_000


_PURPOSES = {
    "schemas.py": "Models of {title}, as the contract states them.",
    "model.py": "Tables of {title}.",
    "port.py": "What {title} offers to others, in this process or another.",
    "operations.py": "The operations of {title}.\n\nThose that follow from storage are "
    "answered from it; the others wait for `service.py`.",
    "routes.py": "HTTP routes of {title}, as the contract states them.",
    "client.py": "{port} over HTTP, for processes that do not serve it.",
    "service.py": "Use cases of {title}.",
    "own_routes.py": "Routes of {title} beyond the contract.",
}


_TEXT_TYPES = {
    "integer": "IntegerText",
    "number": "NumberText",
    "boolean": "BooleanText",
    "date": "IsoDate",
    "date-time": "IsoDateTime",
}


@dataclass(frozen=True)
class View:
    """An operation as a template shows it."""

    name: str
    signature: str
    returns: str
    docstring: str
    body: tuple[str, ...] = ()
    method: str = ""
    decorator: str = ""
    arguments: str = ""


class ContextCode:
    """Writes the files of one context."""

    def __init__(self, templates: Templates, domain: Domain, context: Context) -> None:
        self.templates = templates
        self.domain = domain
        self.context = context
        self.common: dict[str, object] = {
            "header": HEADER,
            "context": context.name,
            "class_name": context.class_name,
            "title": f"the {context.name.replace('_', ' ')} context",
            "title_sentence": f"The {context.name.replace('_', ' ')} context",
            "tag": literal(context.title),
        }

    def derived(self) -> dict[str, str]:
        """The files under `generated/`, by name."""
        name = self.context.name.replace("_", " ")
        files = {
            "__init__.py": f"# {HEADER}\n\n"
            f'"""The {name} context as the contract has it."""',
            "schemas.py": self.schemas(),
            "port.py": self.port(),
            "operations.py": self.operations(),
            "routes.py": self.routes(),
            "client.py": self.client(),
        }
        if self.context.entities:
            files["model.py"] = self.model()
        return files

    def seeded(self) -> dict[str, str]:
        """The files that belong to the team from then on, by name."""
        described = docstring(
            self.context.description
            or f"The {self.context.name.replace('_', ' ')} context.",
            indent=0,
        )
        return {
            "__init__.py": described,
            "service.py": self._render("service.py", {}),
            "routes.py": self._render("own_routes.py", {}),
        }

    def _render(self, name: str, values: dict[str, object]) -> str:
        purpose = _PURPOSES[name].format(
            title=self.common["title"], port=f"{self.context.class_name}Port"
        )
        common = self.common | {"purpose": docstring(purpose, indent=0)}
        return self.templates.render(f"fastapi/{name}.jinja", common | values)

    # schemas

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

    def _aliases_used(self, models: list[Model]) -> set[str]:
        types = [field.type for model in models for field in model.fields]
        types += [p.type for o in self.context.operations for p in o.parameters]
        return {name for type_ in types for name in _aliases_in(type_)}

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

    # tables

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
        if column.has_default and column.default is not None:
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

    # port

    def port(self) -> str:
        annotations = Annotations()
        annotations.imports.add("typing", "Protocol")
        operations = [
            self._signed(operation, annotations)
            for operation in self.context.operations
        ]
        models = self.domain.models_of(self.context)
        for name in (*(m.name for m in models), *self._aliases_used(models)):
            annotations.imports.add(".schemas", name)
        exported = sorted(
            {f"{self.context.class_name}Port", *annotations.imports.names(".schemas")}
        )
        return self._render(
            "port.py",
            {
                "imports": annotations.imports.lines(),
                "exports": ", ".join(literal(name) for name in exported),
                "docstring": docstring(
                    self.context.description or f"Operations of {self.common['title']}."
                ),
                "operations": operations,
            },
        )

    def _signed(
        self,
        operation: Operation,
        annotations: Annotations,
        body: tuple[str, ...] = (),
    ) -> View:
        path = [p for p in operation.parameters if p.place == "path"]
        named = [p for p in operation.parameters if p.place != "path"]
        parts = ["self", *(argument(p, annotations) for p in path)]
        if operation.body:
            annotation = annotations.plain(operation.body.type)
            optional = "" if operation.body.required else " | None = None"
            parts.append(f"body: {annotation}{optional}")
        if named:
            parts.append("*")
            parts.extend(argument(p, annotations) for p in named)
        return View(
            name=operation.name,
            signature=", ".join(parts),
            returns=self._returns(operation, annotations),
            docstring=_operation_docstring(operation, whole=not body),
            body=body,
        )

    def _returns(self, operation: Operation, annotations: Annotations) -> str:
        if operation.reply.media:
            return "bytes"
        if operation.reply.type is None:
            return "None"
        return annotations.plain(operation.reply.type)

    # operations

    def operations(self) -> str:
        annotations = Annotations()
        imports = annotations.imports
        imports.add("...platform.database", "Database")
        repositories = []
        for entity in self.context.entities:
            imports.add("...platform.repository", "Repository")
            imports.add(".model", entity.row)
            imports.add(".schemas", entity.model)
            repositories.append(self._repository(entity))
        views = []
        for operation in self.context.operations:
            body = self._body(operation, annotations)
            views.append(self._signed(operation, annotations, body))
        return self._render(
            "operations.py",
            {
                "imports": imports.lines(),
                "repositories": repositories,
                "operations": views,
            },
        )

    def _repository(self, entity: Entity) -> str:
        arguments = ["database", entity.row, entity.model]
        if entity.key.name != "id":
            arguments.append(f"key={literal(entity.key.name)}")
        created = next((c for c in entity.columns if c.managed == "created"), None)
        if created is None:
            arguments.append(f"sort={literal(entity.key.name)}")
        elif created.name != "created_at":
            arguments.append(f'sort="-{created.name}"')
        return f"self.{entity.attribute} = Repository({', '.join(arguments)})"

    def _body(self, operation: Operation, annotations: Annotations) -> tuple[str, ...]:
        answer = operation.answer
        imports = annotations.imports
        if isinstance(answer, Stub):
            imports.add("...platform.errors", "OperationNotImplemented")
            arguments = f"{literal(operation.id)}, {literal(answer.code)}"
            return (f"raise OperationNotImplemented({arguments})",)
        repository = f"self.{answer.entity.attribute}"
        key = next((p.name for p in operation.parameters if p.place == "path"), "")
        if answer.kind == "list":
            return self._list_body(answer, repository, annotations)
        if answer.kind == "get":
            return (f"return await {repository}.get({key})",)
        if answer.kind == "delete":
            if operation.reply.type is None:
                return (f"await {repository}.delete({key})",)
            return (
                f"deleted = await {repository}.get({key})",
                f"await {repository}.delete({key})",
                "return deleted",
            )
        values = {"create": "values_of", "update": "changes_of", "replace": "whole_of"}
        function = values[answer.kind]
        imports.add("...platform.repository", function)
        kept = self._kept(operation, answer) if answer.kind == "replace" else []
        body = f"{function}({', '.join(['body', *map(literal, kept)])})"
        if operation.body and not operation.body.required:
            body = f"{body} if body else {{}}"
        call = (
            f"{repository}.create({body})"
            if answer.kind == "create"
            else f"{repository}.update({key}, {body})"
        )
        return (
            (
                f"return await {call}"
                if operation.reply.type is not None
                else f"await {call}"
            ),
        )

    def _kept(self, operation: Operation, answer: Storage) -> list[str]:
        """The fields that a replacement may leave out, but storage must have."""
        assert operation.body and isinstance(operation.body.type, ModelOf)
        return [
            field.name
            for field in self.domain.models[operation.body.type.model].fields
            if not (field.required or field.has_default)
            and (column := answer.entity.column(field.name)) is not None
            and not column.nullable
        ]

    def _list_body(
        self, answer: Storage, repository: str, annotations: Annotations
    ) -> tuple[str, ...]:
        arguments = []
        slots = (
            ("page", answer.page),
            ("limit", answer.limit),
            ("sort_by", answer.sort),
            ("order", answer.order),
        )
        arguments += [f"{slot}={name}" for slot, name in slots if name]
        if answer.search:
            searched = [
                literal(column.name) + ","
                for column in answer.entity.columns
                if isinstance(column.type, Scalar) and column.type.kind == "string"
            ]
            search = f"(({' '.join(searched)}), {answer.search})"
            arguments.append(f"search={search} if {answer.search} else None")
        if answer.filters:
            pairs = (f"{literal(column)}: {name}" for name, column in answer.filters)
            arguments.append(f"filters={{{', '.join(pairs)}}}")
        lines = []
        if answer.ignored:
            given = ", ".join(names.snake(wire) for wire in answer.ignored)
            lines.append(f"# No stored field to filter by: {given}.")
        lines.append(f"found = await {repository}.list({', '.join(arguments)})")
        if answer.wrapper is None:
            lines.append("return found.items")
        else:
            lines.append(f"return {self._wrapped(answer.wrapper, annotations)}")
        return tuple(lines)

    def _wrapped(self, wrapper: Wrapper, annotations: Annotations) -> str:
        annotations.imports.add(".schemas", wrapper.model)
        parts = []
        for name, source in wrapper.fields:
            value = (
                self._wrapped(source, annotations)
                if isinstance(source, Wrapper)
                else f"found.{source}"
            )
            parts.append(f"{name}={value}")
        return f"{wrapper.model}({', '.join(parts)})"

    # routes

    def routes(self) -> str:
        annotations = Annotations()
        imports = annotations.imports
        for name in ("APIRouter", "Request"):
            imports.add("fastapi", name)
        imports.add("...platform.web", "JsonRoute")
        imports.add(".port", f"{self.context.class_name}Port")
        guards: dict[tuple[str, ...], str] = {}
        for operation in self.context.operations:
            if operation.schemes and operation.schemes not in guards:
                suffix = f"_{len(guards) + 1}" if guards else ""
                guards[operation.schemes] = f"SIGNED_IN{suffix}"
                imports.add("...platform.auth", "authenticated")
                imports.add("fastapi", "Depends")
        ordered = sorted(
            self.context.operations,
            key=lambda o: [s.startswith("{") for s in o.path.split("/")],
        )
        views = [self._route(o, annotations, guards) for o in ordered]
        return self._render(
            "routes.py",
            {
                "imports": imports.lines(),
                "guards": [
                    (name, ", ".join(literal(s) for s in schemes))
                    for schemes, name in guards.items()
                ],
                "operations": views,
            },
        )

    def _route(
        self,
        operation: Operation,
        annotations: Annotations,
        guards: dict[tuple[str, ...], str],
    ) -> View:
        imports = annotations.imports
        reply = operation.reply
        required = ["request: Request"]
        optional: list[str] = []
        call = []
        for parameter in operation.parameters:
            written = self._route_parameter(parameter, annotations)
            (optional if " = " in written else required).append(written)
            name = parameter.name
            call.append(name if parameter.place == "path" else f"{name}={name}")
        if operation.body:
            annotation = self._body_type(operation.body.type, annotations)
            place = len([p for p in operation.parameters if p.place == "path"])
            call.insert(place, "body")
            if operation.body.required:
                required.append(f"body: {annotation}")
            else:
                optional.append(f"body: {annotation} | None = None")
        calling = f"await _port(request).{operation.name}({', '.join(call)})"
        decorator = [literal(_route_path(operation))]
        if reply.status != 200:
            decorator.append(f"status_code={reply.status}")
        decorator.append(f"operation_id={literal(operation.id)}")
        if operation.summary:
            decorator.append(f"summary={literal(operation.summary)}")
        if operation.schemes:
            decorator.append(f"dependencies={guards[operation.schemes]}")
        if operation.errors:
            imports.add("...platform.errors", "problems")
            statuses = ", ".join(str(status) for status in operation.errors)
            decorator.append(f"responses=problems({statuses})")
        returns = self._returns(operation, annotations)
        created = self._created_key(operation)
        body: tuple[str, ...]
        if reply.media:
            imports.add("fastapi", "Response")
            decorator.append("response_class=Response")
            returns = "Response"
            body = (
                f"content = {calling}",
                f"return Response(content, media_type={literal(reply.media)})",
            )
        elif reply.type is None and reply.status not in (204, 205):
            imports.add("fastapi", "Response")
            decorator.append("response_class=Response")
            returns = "Response"
            body = (calling, f"return Response(status_code={reply.status})")
        elif reply.type is None:
            body = (calling,)
        elif created:
            imports.add("fastapi", "Response")
            required.append("response: Response")
            path = operation.path.rstrip("/").replace("}", "}}")
            location = f"{path}/{{created.{created}}}"
            body = (
                f"created = {calling}",
                f'response.headers["location"] = f{literal(location)}',
                "return created",
            )
        else:
            body = (f"return {calling}",)
        return View(
            name=operation.name,
            signature="",
            returns=returns,
            docstring=_operation_docstring(operation),
            body=body,
            method=operation.method,
            decorator=", ".join(decorator),
            arguments=", ".join([*required, *optional]),
        )

    def _body_type(self, type_: Type, annotations: Annotations) -> str:
        """The type of a body; FastAPI takes one value for a query parameter."""
        annotation = annotations.constrained(type_)
        if isinstance(type_, ListOf | MapOf | ModelOf):
            return annotation
        annotations.imports.add("fastapi", "Body")
        return f"Annotated[{annotation}, Body()]"

    def _created_key(self, operation: Operation) -> str | None:
        """The field that names a created item in its `Location`."""
        if operation.method != "post" or operation.reply.status != 201:
            return None
        returns = operation.reply.type
        if not isinstance(returns, ModelOf):
            return None
        for entity in self.context.entities:
            if entity.collection_path == operation.path:
                key = entity.key.name
                if self.domain.models[returns.model].field(key):
                    return key
        return None

    def _route_parameter(self, parameter: Parameter, annotations: Annotations) -> str:
        kind = {"path": "Path", "query": "Query", "header": "Header"}[parameter.place]
        arguments = []
        wire = _path_name(parameter) if parameter.place == "path" else parameter.wire
        if wire != parameter.name:
            arguments.append(f"alias={literal(wire)}")
        arguments += constraint_arguments(parameter.type)
        if parameter.place == "header":
            arguments = [a for a in arguments if not a.startswith("alias=")]
            arguments.insert(0, f"alias={literal(wire)}")
        annotation = self._text_type(parameter.type, annotations)
        if not parameter.required and not parameter.has_default:
            annotation = f"{annotation} | None"
        default = ""
        if parameter.has_default:
            default = f" = {literal(parameter.default)}"
        elif not parameter.required:
            default = " = None"
        if (
            arguments
            or parameter.place == "header"
            or isinstance(parameter.type, ListOf)
        ):
            annotations.imports.add("fastapi", kind)
            annotations.imports.add("typing", "Annotated")
            annotation = f"Annotated[{annotation}, {kind}({', '.join(arguments)})]"
        return f"{parameter.name}: {annotation}{default}"

    def _text_type(self, type_: Type, annotations: Annotations) -> str:
        """The type of a parameter, which arrives as text."""
        if isinstance(type_, ListOf):
            return f"list[{self._text_type(type_.items, annotations)}]"
        if not isinstance(type_, Scalar):
            return annotations.constrained(type_)
        name = _TEXT_TYPES.get(type_.kind)
        if name is None:
            return annotations.constrained(Scalar(type_.kind, (), type_.nullable))
        annotations.imports.add("...platform.parameters", name)
        return f"{name} | None" if type_.nullable else name

    # client

    def client(self) -> str:
        annotations = Annotations()
        imports = annotations.imports
        imports.add("...platform.client", "ServiceClient")
        adapters: dict[str, str] = {}
        views = []
        for operation in self.context.operations:
            body = self._client_body(operation, annotations, adapters)
            views.append(self._signed(operation, annotations, body))
        if adapters:
            imports.add("pydantic", "TypeAdapter")
        return self._render(
            "client.py",
            {
                "imports": imports.lines(),
                "adapters": [
                    (
                        f"{name} = TypeAdapter({annotation})"
                        if annotation.isidentifier()
                        else f"{name}: TypeAdapter[{annotation}] = "
                        f"TypeAdapter({annotation})"
                    )
                    for annotation, name in adapters.items()
                ],
                "operations": views,
            },
        )

    def _client_body(
        self, operation: Operation, annotations: Annotations, adapters: dict[str, str]
    ) -> tuple[str, ...]:
        path = [p for p in operation.parameters if p.place == "path"]
        target = literal(operation.path)
        if path:
            annotations.imports.add("...platform.client", "path_of")
            pairs = ", ".join(f"{literal(p.wire)}: {p.name}" for p in path)
            target = f"path_of({target}, {{{pairs}}})"
        arguments = [literal(operation.method.upper()), target]
        for place, keyword in (("query", "query"), ("header", "headers")):
            named = [p for p in operation.parameters if p.place == place]
            if named:
                pairs = ", ".join(f"{literal(p.wire)}: {p.name}" for p in named)
                arguments.append(f"{keyword}={{{pairs}}}")
        if operation.body:
            arguments.append("body=body")
        if operation.reply.media:
            return (f"return await self.client.content({', '.join(arguments)})",)
        if operation.reply.type is None:
            return (f"await self.client.request({', '.join(arguments)})",)
        annotation = annotations.plain(operation.reply.type)
        name = adapters.setdefault(annotation, _constant(annotation))
        arguments.append(f"returns={name}")
        return (f"return await self.client.request({', '.join(arguments)})",)


def column_type(type_: Type) -> str:
    """The SQLAlchemy type of a column, as `platform/columns.py` and SQLAlchemy name it.

    Lengths and precisions are the contract's; a decimal without bounds gets 18 digits,
    4 of them after the point.
    """
    if isinstance(type_, Enumeration):
        if all(isinstance(value, str) for value in type_.values):
            longest = max(len(str(value)) for value in type_.values)
            return f"String({max(16, longest)})"
        return "BigInteger"
    if isinstance(type_, Scalar):
        if type_.kind == "string":
            limit = type_.constraint("maxLength")
            short = isinstance(limit, int) and 0 < limit <= MAX_STRING_COLUMN
            return f"String({limit})" if short else "Text"
        return {
            "integer": "BigInteger",
            "number": "Double",
            "boolean": "Boolean",
            "uuid": "Uuid",
            "date": "Date",
            "date-time": "UtcDateTime",
            "decimal": "ExactDecimal(18, 4)",
            "email": f"String({type_.constraint('maxLength') or 320})",
            "any": "Json",
        }[type_.kind]
    return "Json"


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


def _operation_docstring(operation: Operation, whole: bool = True) -> str:
    text = operation.summary or operation.id
    if whole and operation.description and operation.description != text:
        separator = "" if text.endswith((".", "!", "?")) else "."
        text = f"{text}{separator}\n\n{operation.description}"
    return docstring(text, indent=8)


def _path_name(parameter: Parameter) -> str:
    """The name of a path parameter in a route: Starlette wants an identifier."""
    wire = parameter.wire
    return wire if wire.isascii() and wire.isidentifier() else parameter.name


def _route_path(operation: Operation) -> str:
    path = operation.path
    for parameter in operation.parameters:
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.wire}}}", f"{{{_path_name(parameter)}}}")
    return path


def _constant(annotation: str) -> str:
    """`list[OrderLine]` -> `ORDER_LINE_LIST`: the name of a type adapter."""
    words: list[str] = []
    for part in annotation.replace("]", "").replace(" | ", "[").split("["):
        word = "".join(
            f"_{c}" if c.isupper() and i and not part[i - 1].isupper() else c
            for i, c in enumerate(part)
        )
        words.insert(0, "".join(c if c.isalnum() else "_" for c in word).upper())
    return "_".join(words)


def _aliases_in(type_: Type) -> list[str]:
    return [
        leaf.alias
        for leaf in leaves(type_)
        if isinstance(leaf, Enumeration) and leaf.alias
    ]
