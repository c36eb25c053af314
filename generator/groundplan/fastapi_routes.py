"""The HTTP routes of a context."""

from dataclasses import replace
from typing import TypeAlias

from .api_versions import unversioned
from .domain import (
    Alternative,
    Body,
    Entity,
    ListOf,
    MapOf,
    ModelOf,
    Operation,
    Parameter,
    Scalar,
    Storage,
    is_about_item,
)
from .entities import parameters_of, shape
from .fastapi_base import ContextWriter, View, operation_docstring
from .max_age import AGE_KEY
from .python_fields import default_expression, wrapped
from .python_text import literal
from .python_types import Annotations, or_none

# The credentials that an operation accepts, the roles of which a caller needs one, and
# the scopes of which a token needs all of one group.
Guard: TypeAlias = tuple[
    tuple[Alternative, ...], tuple[str, ...], tuple[tuple[str, ...], ...]
]


class RouteWriter(ContextWriter):
    """Writes routes.py."""

    def routes(self) -> str:
        annotations = self._annotations()
        imports = annotations.imports
        for name in ("APIRouter", "Request"):
            imports.add("fastapi", name)
        imports.add("...platform.web", "JsonRoute")
        imports.add(".port", f"{self.context.class_name}Port")
        guards: dict[Guard, str] = {}
        for operation in self.context.operations:
            guard = _guard(operation)
            if operation.schemes and guard not in guards:
                suffix = f"_{len(guards) + 1}" if guards else ""
                guards[guard] = f"SIGNED_IN{suffix}"
                imports.add("...platform.auth", "authenticated")
                imports.add("fastapi", "Depends")
        ordered = sorted(
            self.context.operations,
            key=_generality,
        )
        securities: dict[str, str] = {}
        for operation in self.context.operations:
            if operation.security and _security(operation) not in securities:
                suffix = f"_{len(securities) + 1}" if securities else ""
                securities[_security(operation)] = f"SECURITY{suffix}"
                imports.add("typing", "Any")
                imports.add("typing", "Final")
        views = [self._route(o, annotations, guards, securities) for o in ordered]
        return self._render(
            "routes.py",
            {
                "imports": imports.lines(),
                "constants": [
                    *((name, _guarded(*guard)) for guard, name in guards.items()),
                    *(
                        (f"{name}: Final[dict[str, Any]]", value)
                        for value, name in securities.items()
                    ),
                ],
                "operations": views,
            },
        )

    def _route(
        self,
        operation: Operation,
        annotations: Annotations,
        guards: dict[Guard, str],
        securities: dict[str, str],
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
            annotation = self._body_type(operation.body, annotations)
            place = len([p for p in operation.parameters if p.place == "path"])
            call.insert(place, "body")
            if operation.body.required:
                required.append(f"body: {annotation}")
            else:
                optional.append(f"body: {annotation} = None")
        calling = f"await _port(request).{operation.name}({', '.join(call)})"
        decorator = [literal(route_path(operation))]
        if reply.status != 200:
            decorator.append(f"status_code={reply.status}")
        decorator.append(f"operation_id={literal(operation.id)}")
        if operation.summary:
            decorator.append(f"summary={literal(operation.summary)}")
        if operation.deprecated:
            decorator.append("deprecated=True")
        if operation.schemes:
            decorator.append(f"dependencies={guards[_guard(operation)]}")
        told = [securities[_security(operation)]] if operation.security else []
        if operation.max_age is not None:
            told.append(literal({AGE_KEY: operation.max_age}))
        if told:
            decorator.append(f"openapi_extra={' | '.join(told)}")
        responses = self._responses(operation, annotations)
        if responses:
            decorator.append(f"responses={responses}")
        returns = "None"
        if reply.type is not None:
            returns = annotations.constrained(reply.type)
        created = self._created_at(operation)
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
            imports.add("...platform.paths", "location")
            required.append("response: Response")
            body = (
                f"created = {calling}",
                f'response.headers["location"] = location(request, {created})',
                "return created",
            )
        else:
            body = (f"return {calling}",)
        if about := _about(operation):
            imports.add("...platform.conditional", "about")
            body = (about, *body)
        return View(
            name=operation.name,
            signature="",
            returns=returns,
            docstring=operation_docstring(operation),
            body=body,
            method=operation.method,
            decorator=", ".join(decorator),
            arguments=", ".join([*required, *optional]),
        )

    def _responses(self, operation: Operation, annotations: Annotations) -> str:
        """The responses that FastAPI does not find in the code, as an expression."""
        entries = []
        for reply in (operation.reply, *operation.others):
            told = ""
            if reply.media:
                told = f'"content": {{{literal(reply.media)}: {{}}}}'
            elif reply.type is not None:
                told = f'"model": {annotations.constrained(reply.type)}'
            if reply.media or reply is not operation.reply:
                entries.append(f"{reply.status}: {{{told}}}")
        if operation.errors:
            annotations.imports.add("...platform.error_format", "error_responses")
            statuses = ", ".join(
                status if status.isdigit() else literal(status)
                for status in operation.errors
            )
            bodies = self.domain.error_bodies
            if bodies and operation.id in bodies.operations:
                statuses += f", operation={literal(operation.id)}"
            if not entries:
                return f"error_responses({statuses})"
            entries.append(f"**error_responses({statuses})")
        return f"{{{', '.join(entries)}}}" if entries else ""

    def _body_type(self, body: Body, annotations: Annotations) -> str:
        """The type of a body; FastAPI takes one value for a query parameter."""
        annotation = annotations.constrained(body.type)
        marks = []
        if not body.required and not body.type.nullable:
            annotations.imports.add("...platform.fields", "OMISSIBLE")
            annotation = or_none(annotation)
            marks.append("OMISSIBLE")
        known = isinstance(body.type, ListOf | MapOf | ModelOf)
        json = body.media == "application/json"
        if not known or not json:
            annotations.imports.add("fastapi", "Body")
            media = "" if json else f"media_type={literal(body.media)}"
            marks.append(f"Body({media})")
        if not marks:
            return annotation
        annotations.imports.add("typing", "Annotated")
        return f"Annotated[{', '.join([annotation, *marks])}]"

    def _created_at(self, operation: Operation) -> str | None:
        """The path of a created item for its `Location`: a template and its values."""
        returns = operation.reply.type
        if operation.method != "post" or operation.reply.status != 201:
            return None
        entity = next(
            (
                entity
                for entity in self.context.entities
                if entity.item_path
                and shape(unversioned(entity.collection_path))
                == shape(unversioned(operation.path))
            ),
            None,
        )
        if entity is None or not isinstance(returns, ModelOf):
            return None
        held = self._created_item(operation, returns, entity)
        if held is None:
            return None
        mine = [p for p in operation.parameters if p.place == "path"]
        item_path = self._item_path(operation, entity)
        *above, own = parameters_of(item_path)
        pairs = [
            f"{literal(wire)}: {parameter.name}"
            for wire, parameter in zip(above, mine, strict=False)
        ]
        pairs.append(f"{literal(own)}: {held}.{entity.key.name}")
        return f"{literal(item_path)}, {{{', '.join(pairs)}}}"

    def _item_path(self, operation: Operation, entity: Entity) -> str:
        """Where an item is in the version of the operation that makes it."""
        if shape(entity.collection_path) == shape(operation.path):
            return entity.item_path
        wanted = f"{shape(operation.path)}/{{}}"
        every = (other.path for other in self.context.operations)
        return next((p for p in every if shape(p) == wanted), entity.item_path)

    def _created_item(
        self, operation: Operation, returns: ModelOf, entity: Entity
    ) -> str | None:
        """The expression of the item in a reply, if that shows its key."""
        answer, held, model = operation.answer, "created", returns.model
        if isinstance(answer, Storage) and answer.wrapper:
            inner = [n for n, source in answer.wrapper.fields if source == "item"]
            holder = self.domain.models[model].field(inner[0]) if inner else None
            if holder is None or not holder.required or holder.type.nullable:
                return None
            held, model = f"created.{inner[0]}", answer.model
        field = self.domain.models[model].field(entity.key.name)
        shown = field and (field.required or isinstance(answer, Storage))
        return held if shown else None

    def _route_parameter(self, parameter: Parameter, annotations: Annotations) -> str:
        kind = parameter.place.capitalize()
        arguments = self._declared(parameter)
        if isinstance(parameter.type, Scalar) and "decimal" not in parameter.type.kind:
            written = annotations.written_text(parameter.type)
            arguments += written.bounds
            base, marks = written.base, list(written.marks)
        else:
            type_ = replace(parameter.type, nullable=False)
            base, marks = annotations.text(type_), []
        if parameter.separated:
            annotations.imports.add("...platform.parameters", "Separated")
            style = (
                "" if parameter.separated == "form" else literal(parameter.separated)
            )
            marks.append(f"Separated({style})")
        default = ""
        if parameter.has_default and not parameter.required:
            written_default = default_expression(
                parameter.default, parameter.type, annotations
            )
            default = f" = {written_default}"
        elif not parameter.required:
            default = " = None"
        if parameter.type.nullable or default == " = None":
            base = or_none(base)
        in_query = parameter.place in ("path", "query")
        annotation = base
        if arguments or marks or not in_query or isinstance(parameter.type, ListOf):
            annotations.imports.add("fastapi", kind)
            annotations.imports.add("typing", "Annotated")
            parts = [base, f"{kind}({', '.join(arguments)})", *marks]
            annotation = f"Annotated[{', '.join(parts)}]"
        annotation = wrapped(annotation, 4 + len(f"{parameter.name}: {default},"))
        return f"{parameter.name}: {annotation}{default}"

    def _declared(self, parameter: Parameter) -> list[str]:
        """What is said of a parameter besides its type."""
        wire = parameter.wire
        if parameter.place == "path":
            wire = _path_name(parameter)
        arguments = []
        if wire != parameter.name:
            arguments.append(f"alias={literal(wire)}")
        if parameter.place == "header":
            arguments = [f"alias={literal(wire)}"]
            if "_" in wire:
                arguments.append("convert_underscores=False")
        if parameter.description:
            arguments.append(f"description={literal(parameter.description)}")
        if parameter.deprecated:
            arguments.append("deprecated=True")
        return arguments


def _about(operation: Operation) -> str | None:
    """The line that names the stored item which a request is about, if it is one."""
    answer = operation.answer
    if not isinstance(answer, Storage) or not is_about_item(operation):
        return None
    return f"about({literal(answer.entity.table)}, {answer.key})"


def _security(operation: Operation) -> str:
    return literal({"security": [*operation.security]})


def _guard(operation: Operation) -> Guard:
    return operation.schemes, operation.roles, operation.scopes


def _guarded(
    schemes: tuple[Alternative, ...],
    roles: tuple[str, ...],
    scopes: tuple[tuple[str, ...], ...],
) -> str:
    """The check before a route, as a list of dependencies."""
    arguments = []
    for together in schemes:
        written = ", ".join(map(literal, together))
        arguments.append(written if len(together) == 1 else f"({written})")
    if roles:
        listed = "".join(f"{literal(role)}, " for role in roles)
        arguments.append(f"roles=({listed})")
    if scopes:
        groups = "".join(
            f"({''.join(f'{literal(scope)}, ' for scope in together)}), "
            for together in scopes
        )
        arguments.append(f"scopes=({groups})")
    return f"[Depends(authenticated({', '.join(arguments)}))]"


def _generality(operation: Operation) -> list[int]:
    """How much each part of a path leaves open: nothing, a part of it, or all."""
    parts = shape(operation.path).split("/")
    return [2 if part == "{}" else int("{}" in part) for part in parts]


def _path_name(parameter: Parameter) -> str:
    """The name of a path parameter in a route: Starlette wants an identifier."""
    wire = parameter.wire
    return wire if wire.isascii() and wire.isidentifier() else parameter.name


def route_path(operation: Operation) -> str:
    """The path of an operation as a route has it."""
    path = operation.path
    for parameter in operation.parameters:
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.wire}}}", f"{{{_path_name(parameter)}}}")
    return path
