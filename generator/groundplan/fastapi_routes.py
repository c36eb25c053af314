"""The HTTP routes of a context."""

from .domain import (
    ListOf,
    MapOf,
    ModelOf,
    Operation,
    Parameter,
    Scalar,
    Type,
)
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


class RouteWriter(ContextWriter):
    """Writes routes.py."""

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
