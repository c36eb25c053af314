"""The port of a context, its operations and its client."""

from . import names
from .domain import (
    Entity,
    ModelOf,
    Operation,
    Scalar,
    Storage,
    Stub,
    Wrapper,
)
from .fastapi_base import ContextWriter
from .python_imports import exported
from .python_types import (
    Annotations,
    docstring,
    literal,
)


class OperationWriter(ContextWriter):
    """Writes port.py, operations.py and client.py."""

    def port(self) -> str:
        annotations = self._annotations()
        annotations.imports.add("typing", "Protocol")
        operations = [
            self._signed(operation, annotations)
            for operation in self.context.operations
        ]
        models = self.domain.models_of(self.context)
        for name in (*(m.name for m in models), *self._aliases_used()):
            annotations.imports.add(".schemas", name)
        own = {f"{self.context.class_name}Port"}
        own |= annotations.imports.names(".schemas")
        return self._render(
            "port.py",
            {
                "imports": annotations.imports.lines(),
                "exports": ", ".join(map(literal, exported(own))),
                "docstring": docstring(
                    self.context.description or f"Operations of {self.common['title']}."
                ),
                "operations": operations,
            },
        )

    def operations(self) -> str:
        annotations = self._annotations()
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
        lines = []
        if answer.search:
            searched = [
                literal(column.name)
                for column in answer.entity.columns
                if isinstance(column.type, Scalar) and column.type.kind == "string"
            ]
            lines.append(f"searched = [{', '.join(searched)}]")
            wanted = f"(searched, {answer.search}) if {answer.search} else None"
            arguments.append(f"search={wanted}")
        if answer.filters:
            pairs = (f"{literal(column)}: {name}" for name, column in answer.filters)
            arguments.append(f"filters={{{', '.join(pairs)}}}")
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

    def client(self) -> str:
        annotations = self._annotations()
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
