"""What all files of a context are written with."""

from dataclasses import dataclass

from .domain import (
    Context,
    Domain,
    Enumeration,
    Operation,
    Type,
    leaves,
)
from .python_fields import argument
from .python_text import docstring, literal
from .python_types import Annotations
from .render import HEADER, Templates

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


class ContextWriter:
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

    def _render(self, name: str, values: dict[str, object]) -> str:
        purpose = _PURPOSES[name].format(
            title=self.common["title"], port=f"{self.context.class_name}Port"
        )
        common = self.common | {"purpose": docstring(purpose, indent=0)}
        return self.templates.render(f"fastapi/{name}.jinja", common | values)

    def _annotations(self) -> Annotations:
        return Annotations(self.domain.aliases)

    def _aliases_used(self) -> list[str]:
        """The enumerations and unions of the contract that the context names."""
        reached = self.domain.names_of(self.context.types())
        models = [self.domain.models[n] for n in reached if n in self.domain.models]
        unions = {
            n: self.domain.aliases[n] for n in reached if n in self.domain.aliases
        }
        types: list[Type] = [field.type for model in models for field in model.fields]
        types += [model.extra for model in models if model.extra is not None]
        types += [*unions.values(), *self.context.types()]
        named = {name for type_ in types for name in _enumerations_in(type_)}
        return [n for n in self.domain.aliases if n in named or n in unions]

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
            docstring=operation_docstring(operation, whole=not body),
            body=body,
        )

    def _returns(self, operation: Operation, annotations: Annotations) -> str:
        if operation.reply.media:
            return "bytes"
        if operation.reply.type is None:
            return "None"
        return annotations.plain(operation.reply.type)


def operation_docstring(operation: Operation, whole: bool = True) -> str:
    """The docstring of an operation: its summary, and with `whole` what it is about."""
    text = operation.summary or operation.id
    if whole and operation.description and operation.description != text:
        separator = "" if text.endswith((".", "!", "?")) else "."
        text = f"{text}{separator}\n\n{operation.description}"
    return docstring(text, indent=8)


def _enumerations_in(type_: Type) -> list[str]:
    return [
        leaf.alias
        for leaf in leaves(type_)
        if isinstance(leaf, Enumeration) and leaf.alias
    ]
