"""The HTTP routes of a context."""

from typing import TypeAlias

from .domain import (
    Entity,
    ListOf,
    MapOf,
    ModelOf,
    Operation,
    Parameter,
    Scalar,
    Storage,
    Type,
)
from .entities import parameters_of, shape
from .fastapi_base import ContextWriter, View, operation_docstring
from .python_types import (
    Annotations,
    constraint_arguments,
    literal,
    wrapped,
)

_TEXT_TYPES = {
    "integer": "IntegerText",
    "number": "NumberText",
    "boolean": "BooleanText",
    "date": "IsoDate",
    "date-time": "IsoDateTime",
}


# The schemes that an operation accepts, and the roles of which a caller needs one.
Guard: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]


class RouteWriter(ContextWriter):
    """Writes routes.py."""

    def routes(self) -> str:
        annotations = Annotations()
        imports = annotations.imports
        for name in ("APIRouter", "Request"):
            imports.add("fastapi", name)
        imports.add("...platform.web", "JsonRoute")
        imports.add(".port", f"{self.context.class_name}Port")
        guards: dict[Guard, str] = {}
        for operation in self.context.operations:
            guard = (operation.schemes, operation.roles)
            if operation.schemes and guard not in guards:
                suffix = f"_{len(guards) + 1}" if guards else ""
                guards[guard] = f"SIGNED_IN{suffix}"
                imports.add("...platform.auth", "authenticated")
                imports.add("fastapi", "Depends")
        ordered = sorted(
            self.context.operations,
            key=_generality,
        )
        views = [self._route(o, annotations, guards) for o in ordered]
        return self._render(
            "routes.py",
            {
                "imports": imports.lines(),
                "guards": [(name, _guarded(*guard)) for guard, name in guards.items()],
                "operations": views,
            },
        )

    def _route(
        self,
        operation: Operation,
        annotations: Annotations,
        guards: dict[Guard, str],
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
            guard = guards[operation.schemes, operation.roles]
            decorator.append(f"dependencies={guard}")
        if operation.errors:
            imports.add("...platform.error_format", "error_responses")
            statuses = ", ".join(
                status if status.isdigit() else literal(status)
                for status in operation.errors
            )
            bodies = self.domain.error_bodies
            if bodies and operation.id in bodies.operations:
                statuses += f", operation={literal(operation.id)}"
            decorator.append(f"responses=error_responses({statuses})")
        returns = self._returns(operation, annotations)
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

    def _body_type(self, type_: Type, annotations: Annotations) -> str:
        """The type of a body; FastAPI takes one value for a query parameter."""
        annotation = annotations.constrained(type_)
        if isinstance(type_, ListOf | MapOf | ModelOf):
            return annotation
        annotations.imports.add("fastapi", "Body")
        return f"Annotated[{annotation}, Body()]"

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
                and shape(entity.collection_path) == shape(operation.path)
            ),
            None,
        )
        if entity is None or not isinstance(returns, ModelOf):
            return None
        held = self._created_item(operation, returns, entity)
        if held is None:
            return None
        mine = [p for p in operation.parameters if p.place == "path"]
        *above, own = parameters_of(entity.item_path)
        pairs = [
            f"{literal(wire)}: {parameter.name}"
            for wire, parameter in zip(above, mine, strict=False)
        ]
        pairs.append(f"{literal(own)}: {held}.{entity.key.name}")
        return f"{literal(entity.item_path)}, {{{', '.join(pairs)}}}"

    def _created_item(
        self, operation: Operation, returns: ModelOf, entity: Entity
    ) -> str | None:
        """The expression of the item in a reply, if that shows its key."""
        answer, held, model = operation.answer, "created", returns.model
        if isinstance(answer, Storage) and answer.wrapper:
            inner = [n for n, source in answer.wrapper.fields if source == "item"]
            if not inner:
                return None
            held, model = f"created.{inner[0]}", answer.model
        field = self.domain.models[model].field(entity.key.name)
        shown = field and (field.required or isinstance(answer, Storage))
        return held if shown else None

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
        annotation = wrapped(annotation, 4 + len(f"{parameter.name}: {default},"))
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


def _guarded(schemes: tuple[str, ...], roles: tuple[str, ...]) -> str:
    """The arguments of the check before a route."""
    arguments = [literal(scheme) for scheme in schemes]
    if roles:
        listed = "".join(f"{literal(role)}, " for role in roles)
        arguments.append(f"roles=({listed})")
    return ", ".join(arguments)


def _generality(operation: Operation) -> list[int]:
    """How much each part of a path leaves open: nothing, a part of it, or all."""
    parts = shape(operation.path).split("/")
    return [2 if part == "{}" else int("{}" in part) for part in parts]


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
