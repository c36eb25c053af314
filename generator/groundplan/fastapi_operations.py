"""The port of a context and its operations."""

from . import names
from .callers import CALLER_ID, CALLER_NAME
from .domain import (
    Context,
    Entity,
    Field,
    ModelOf,
    Operation,
    Parent,
    Scalar,
    Storage,
    Stub,
    Wrapper,
    class_name,
)
from .fastapi_base import ContextWriter
from .fastapi_checks import Checks, narrowed
from .python_imports import exported
from .python_text import docstring, literal
from .python_types import Annotations


class OperationWriter(ContextWriter):
    """Writes port.py and operations.py."""

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
            for model in self._views(entity):
                imports.add("...platform.repository", "Repository")
                imports.add(".model", entity.row)
                imports.add(".schemas", model)
                repositories.append(self._repository(entity, model))
        views = []
        for operation in self.context.operations:
            body = self._body(operation, annotations)
            views.append(self._signed(operation, annotations, body))
        parents = self._parents()
        for name, port in parents:
            imports.add("typing", "Protocol")
            imports.add(f"...{name}.generated.port", port)
        return self._render(
            "operations.py",
            {
                "imports": imports.lines(),
                "parents": parents,
                "repositories": repositories,
                "operations": views,
            },
        )

    def _parents(self) -> list[tuple[str, str]]:
        """The contexts whose items this one asks for, with their ports."""
        return [(name, f"{class_name(name)}Port") for name in _parents_of(self.context)]

    def _views(self, entity: Entity) -> list[str]:
        """The models that rows of an entity are shown as, its own first."""
        answers = (operation.answer for operation in self.context.operations)
        models = [
            a.model for a in answers if isinstance(a, Storage) and a.entity == entity
        ]
        return list(dict.fromkeys([entity.model, *models]))

    def _attribute(self, entity: Entity, model: str) -> str:
        """The attribute of the repository that shows an entity's rows as a model."""
        if model == entity.model:
            return f"self.{entity.attribute}"
        listed = [
            o.answer.model
            for o in self.context.operations
            if isinstance(o.answer, Storage)
            and (o.answer.kind, o.answer.entity) == ("list", entity)
            and o.answer.model != entity.model
        ]
        if set(listed) == {model}:
            return f"self.{entity.attribute}_listed"
        return f"self.{entity.attribute}_as_{names.snake(model)}"

    def _repository(self, entity: Entity, model: str) -> str:
        arguments = ["database", entity.row, model]
        if entity.key.name != "id":
            arguments.append(f"key={literal(entity.key.name)}")
        created = next((c for c in entity.columns if c.managed == "created"), None)
        if created is None:
            arguments.append(f"sort={literal(entity.key.name)}")
        elif created.name != "created_at":
            arguments.append(f'sort="-{created.name}"')
        if model != entity.model:
            arguments.append(f"whole={entity.model}")
        attribute = self._attribute(entity, model)
        return f"{attribute} = Repository({', '.join(arguments)})"

    def _body(self, operation: Operation, annotations: Annotations) -> tuple[str, ...]:
        answer = operation.answer
        if isinstance(answer, Stub):
            annotations.imports.add("...platform.errors", "OperationNotImplemented")
            arguments = f"{literal(operation.id)}, {literal(answer.code)}"
            return (f"raise OperationNotImplemented({arguments})",)
        if answer.owner and answer.kind != "create":
            annotations.imports.add("...platform.auth", "owned")
        repository = self._attribute(answer.entity, answer.model)
        checks = Checks(self.domain, self.context, annotations.imports)
        lines = checks.parent(operation, answer)
        lines += checks.references(operation, answer)
        if answer.kind == "list":
            lines += self._list_body(operation, answer, repository, annotations)
        elif answer.kind == "get":
            call = f"{repository}.get({_arguments(answer, answer.key)})"
            lines += self._returning(operation, answer, call, "found", annotations)
        elif answer.kind == "delete":
            arguments = _arguments(answer, answer.key)
            told = operation.reply.type is not None and answer.literal is None
            if told and _shows_item(answer):
                lines.append(f"deleted = await {repository}.get({arguments})")
            lines.append(f"await {repository}.delete({arguments})")
            if told:
                lines.append(f"return {self._shown(answer, 'deleted', annotations)}")
            elif answer.literal:
                lines.append(f"return {answer.literal}")
        else:
            call = self._writing(operation, answer, repository, lines, annotations)
            made = "created" if answer.kind == "create" else "changed"
            lines += self._returning(operation, answer, call, made, annotations)
        return tuple(lines)

    def _returning(
        self,
        operation: Operation,
        answer: Storage,
        call: str,
        name: str,
        annotations: Annotations,
    ) -> list[str]:
        """The lines that wait for a call and return what the operation shows of it."""
        if operation.reply.type is None:
            return [f"await {call}"]
        if answer.wrapper is None:
            return [f"return await {call}"]
        shown = self._shown(answer, name, annotations)
        if not _shows_item(answer):
            return [f"await {call}", f"return {shown}"]
        return [f"{name} = await {call}", f"return {shown}"]

    def _shown(self, answer: Storage, name: str, annotations: Annotations) -> str:
        if answer.wrapper is None:
            return name
        return self._wrapped(answer.wrapper, annotations, name)

    def _writing(
        self,
        operation: Operation,
        answer: Storage,
        repository: str,
        lines: list[str],
        annotations: Annotations,
    ) -> str:
        """The call that stores what a body says."""
        assert operation.body
        functions = {
            "create": "values_of",
            "update": "changes_of",
            "replace": "whole_of",
        }
        function = functions[answer.kind]
        annotations.imports.add("...platform.repository", function)
        item = f"body.{answer.inside}" if answer.inside else "body"
        kept = self._kept(operation, answer) if answer.kind == "replace" else []
        values = f"{function}({', '.join([item, *map(literal, kept)])})"
        if not operation.body.required:
            values = (
                f"({values} if body else {{}})"
                if answer.caller
                else (f"{values} if body else {{}}")
            )
        if answer.caller:
            values += f" | {{{self._caller(answer, lines, annotations)}}}"
        if answer.kind == "create":
            return f"{repository}.create({_arguments(answer, values)})"
        return f"{repository}.update({_arguments(answer, answer.key, values)})"

    def _caller(
        self, answer: Storage, lines: list[str], annotations: Annotations
    ) -> str:
        """The entries that say who created an item."""
        annotations.imports.add("...platform.auth", "current_principal")
        lines.append("caller = current_principal()")
        entries = []
        for field in answer.caller:
            value = self._caller_value(field, annotations)
            entries.append(f"{literal(field.name)}: {value}")
        return ", ".join(entries)

    def _caller_value(self, field: Field, annotations: Annotations) -> str:
        if isinstance(field.type, ModelOf):
            annotations.imports.add(".schemas", field.type.model)
            parts = [
                f"{inner.name}={self._caller_value(inner, annotations)}"
                for inner in self.domain.models[field.type.model].fields
                if inner.name in CALLER_ID | CALLER_NAME
                or (
                    inner.required and not inner.has_default and not inner.type.nullable
                )
            ]
            return f"{field.type.model}({', '.join(parts)})"
        assert isinstance(field.type, Scalar)
        if field.type.kind in ("boolean", "integer"):
            return "False" if field.type.kind == "boolean" else "0"
        if field.type.kind == "uuid":
            annotations.imports.add("uuid", "UUID")
            return "UUID(caller.subject)"
        if field.type.kind == "email" or field.name in CALLER_NAME:
            return "caller.email"
        if field.name in CALLER_ID or field.caller:
            return "caller.subject"
        return '""'

    def _kept(self, operation: Operation, answer: Storage) -> list[str]:
        """The fields that a replacement may leave out, but storage must have."""
        assert operation.body and isinstance(operation.body.type, ModelOf)
        model = self.domain.models[operation.body.type.model]
        if answer.inside:
            inner = model.field(answer.inside)
            assert inner and isinstance(inner.type, ModelOf)
            model = self.domain.models[inner.type.model]
        return [
            field.name
            for field in model.fields
            if not (field.required or field.has_default)
            and (column := answer.entity.column(field.name)) is not None
            and not column.nullable
        ]

    def _list_body(
        self,
        operation: Operation,
        answer: Storage,
        repository: str,
        annotations: Annotations,
    ) -> list[str]:
        defaults = {p.name for p in operation.parameters if p.has_default or p.required}
        arguments = []
        slots = (
            ("page", answer.page, str(answer.first_page)),
            ("offset", answer.offset, "0"),
            ("limit", answer.limit, "10"),
        )
        for slot, name, usual in slots:
            if name:
                value = name if name in defaults else f"{name} or {usual}"
                if slot == "page" and answer.first_page == 0:
                    value = f"{name} + 1" if value == name else f"({value}) + 1"
                arguments.append(f"{slot}={value}")
        if answer.cursor:
            arguments.insert(0, answer.cursor)
        if not (answer.page or answer.offset or answer.limit or answer.cursor):
            annotations.imports.add("...platform.repository", "UNPAGED")
            arguments.append("limit=UNPAGED")
        if answer.sort or answer.usual_sort:
            usual = literal(answer.usual_sort) if answer.usual_sort else ""
            both = " or ".join(part for part in (answer.sort, usual) if part)
            arguments.append(f"sort_by={both}")
        if answer.order:
            arguments.append(f"order={answer.order}")
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
        if answer.cursor and _counts(answer.wrapper):
            arguments.append("counted=True")
        method = "list_after" if answer.cursor else "list"
        call = f"{repository}.{method}({_arguments(answer, *arguments)})"
        lines.append(f"found = await {call}")
        if answer.wrapper is None:
            lines.append("return found.items")
        else:
            from_zero = bool(answer.page) and answer.first_page == 0
            shown = self._wrapped(
                answer.wrapper, annotations, "found", from_zero=from_zero
            )
            lines.append(f"return {shown}")
        return lines

    def _wrapped(
        self,
        wrapper: Wrapper,
        annotations: Annotations,
        name: str,
        *,
        from_zero: bool = False,
    ) -> str:
        """The expression of an envelope around what is called `name`."""
        annotations.imports.add(".schemas", wrapper.model)
        parts = []
        for field, source in wrapper.fields:
            if isinstance(source, Wrapper):
                value = self._wrapped(source, annotations, name, from_zero=from_zero)
            elif source.startswith("="):
                value = source[1:]
            elif source == "next_or_missing":
                annotations.imports.add("pydantic", "MISSING")
                value = f"{name}.next or MISSING"
            elif source == "page" and from_zero:
                value = f"{name}.page - 1"
            else:
                value = name if source == "item" else f"{name}.{source}"
            parts.append(f"{field}={value}")
        return f"{wrapper.model}({', '.join(parts)})"


def _arguments(answer: Storage, *arguments: str) -> str:
    """The arguments of a repository's method, with what narrows it last."""
    pairs = ", ".join(f"{literal(column)}: {name}" for column, name in answer.within)
    owner = answer.owner if answer.kind != "create" else None
    return ", ".join([*arguments, *narrowed(pairs, owner)])


def _counts(wrapper: Wrapper | None) -> bool:
    """Whether a list tells how many items there are in all."""
    return wrapper is not None and any(
        _counts(source) if isinstance(source, Wrapper) else source in ("total", "pages")
        for _, source in wrapper.fields
    )


def _shows_item(answer: Storage) -> bool:
    """Whether the reply holds the item, rather than that all went well."""
    if answer.wrapper is None:
        return True
    return any(source == "item" for _, source in answer.wrapper.fields)


def _parents_of(context: Context) -> list[str]:
    """The other contexts whose items those of this one belong to, or name."""
    asked: list[Parent] = []
    for operation in context.operations:
        answer = operation.answer
        if isinstance(answer, Storage):
            asked += [answer.parent] if answer.parent else []
            asked += [reference.owner for reference in answer.references]
    return list(dict.fromkeys(p.context for p in asked if p.context != context.name))
