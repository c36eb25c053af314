"""The error bodies of a contract as source files of the fastapi stack."""

import keyword
from dataclasses import dataclass

from . import names
from .domain import Context, Domain, Operation, Reply, Stub
from .error_bodies import ErrorBodies
from .error_fillings import (
    ByField,
    Chosen,
    Each,
    Empty,
    Filling,
    Fixed,
    Made,
    Messages,
    Said,
)
from .error_reader import ErrorBody
from .fastapi_models import ModelWriter
from .python_text import docstring, literal
from .python_types import Annotations
from .render import HEADER, Templates

FOLDER = "platform/generated"
_EXPRESSIONS = {
    "status_text": "str(report.status)",
    "upper_code": "report.code.upper()",
    "time_text": "report.time.isoformat()",
    "steps": "[*field.steps]",
}
_RESERVED = frozenset("report field text list str dict messages_by_field".split())


def error_files(templates: Templates, bodies: ErrorBodies) -> dict[str, str]:
    """The files below `platform/generated/`, by name."""
    own = (body for keys in bodies.operations.values() for body in keys.values())
    used = list(dict.fromkeys([bodies.default, *own]))
    return {
        "__init__.py": f"# {HEADER}\n\n"
        '"""What the platform takes from the contract."""',
        "error_schemas.py": _schemas(templates, bodies, used),
        "error_bodies.py": _BodyWriter(templates, bodies, used).write(),
    }


def _schemas(templates: Templates, bodies: ErrorBodies, used: list[ErrorBody]) -> str:
    """The models of error bodies, written like those that a context answers with."""
    operations = tuple(
        Operation(
            id=body.name,
            name="",
            method="",
            path="",
            summary="",
            description="",
            parameters=(),
            body=None,
            reply=Reply(200, body.type),
            errors=(),
            schemes=(),
            roles=(),
            answer=Stub("", ""),
        )
        for body in used
    )
    context = Context(
        name="errors", title="", description="", entities=(), operations=operations
    )
    domain = Domain("", (context,), bodies.models, bodies.aliases, "", {})
    writer = ModelWriter(templates, domain, context)
    writer.common["title"] = "error bodies"
    return writer.schemas().replace("from ...platform.", "from ..")


@dataclass(frozen=True)
class _View:
    """A body as the template shows it."""

    function: str
    constant: str
    media: str
    annotation: str
    docstring: str
    expression: str


class _BodyWriter:
    """Writes error_bodies.py."""

    def __init__(
        self, templates: Templates, bodies: ErrorBodies, used: list[ErrorBody]
    ) -> None:
        self.templates = templates
        self.bodies = bodies
        self.used = used
        self.annotations = Annotations()
        self._functions = names.Names()
        self._constants = names.Names()
        for taken in ("DEFAULT", "OPERATIONS"):
            self._constants.unique(taken)
        self._tables: dict[tuple[tuple[str, str], ...], str] = {}
        self._lines: list[str] = []

    def write(self) -> str:
        views = {body: self._view(body) for body in self.used}
        imports = self.annotations.imports
        own = imports.names(".schemas")
        imports.drop(".schemas", set(own))
        for name in own:
            imports.add(".error_schemas", name)
        imports.add("collections.abc", "Mapping")
        imports.add("typing", "Final")
        imports.add("..error_report", "ErrorBody")
        imports.add("..error_report", "ErrorReport")
        return self.templates.render(
            "fastapi/error_bodies.py.jinja",
            {
                "header": HEADER,
                "imports": imports.lines(),
                "tables": self._lines,
                "bodies": list(views.values()),
                "default": views[self.bodies.default].constant,
                "operations": [
                    (
                        literal(operation),
                        [(literal(key), views[body].constant) for key, body in own],
                    )
                    for operation, own in (
                        (name, keys.items())
                        for name, keys in self.bodies.operations.items()
                    )
                ],
            },
        )

    def _view(self, body: ErrorBody) -> _View:
        name = names.snake(body.name, "error")
        if keyword.iskeyword(name) or name in _RESERVED:
            name += "_body"
        return _View(
            function=self._functions.unique(name),
            constant=self._constants.unique(name).upper(),
            media=literal(body.media),
            annotation=self.annotations.plain(body.type),
            docstring=docstring(f"What {body.name} says of an error."),
            expression=self._expression(body.filling),
        )

    def _expression(self, filling: Filling) -> str:
        """What a part of a body is filled with, as an expression."""
        if isinstance(filling, Said):
            said = _EXPRESSIONS.get(filling.what, f"{filling.by}.{filling.what}")
            return said + _cut(filling.limit)
        if isinstance(filling, Fixed):
            return literal(filling.value)
        if isinstance(filling, Empty):
            return "[]" if filling.is_list else "{}"
        if isinstance(filling, Chosen):
            return self._chosen(filling)
        if isinstance(filling, Made):
            self.annotations.imports.add(".schemas", filling.model)
            parts = (f"{name}={self._expression(v)}" for name, v in filling.fields)
            return f"{filling.model}({', '.join(parts)})"
        if isinstance(filling, Messages):
            return _messages(filling)
        if isinstance(filling, Each):
            entries = f"report.{'entries' if filling.always else 'fields'}"
            item = self._expression(filling.item)
            return f"[{item} for field in {entries}{_cut(filling.limit)}]"
        assert isinstance(filling, ByField)
        entries = f"report.{'entries' if filling.always else 'fields'}"
        if filling.lists:
            self.annotations.imports.add("..error_report", "messages_by_field")
            return f"messages_by_field({entries})"
        return f"{{field.name: field.message for field in {entries}}}"

    def _chosen(self, filling: Chosen) -> str:
        """A member looked up in a table, which is written once."""
        if filling.members not in self._tables:
            alias = names.snake(filling.type.alias or f"error {filling.what}")
            name = self._constants.unique(f"{alias}_members").upper()
            self._tables[filling.members] = name
            pairs = ", ".join(f"{literal(k)}: {literal(v)}" for k, v in filling.members)
            member = self.annotations.plain(filling.type)
            self._lines.append(f"{name}: Final[dict[str, {member}]] = {{{pairs}}}")
        table, otherwise = self._tables[filling.members], literal(filling.otherwise)
        if filling.by == "report":
            return f"report.among({table}, {otherwise})"
        return f"{table}.get(field.{filling.what}, {otherwise})"


def _messages(filling: Messages) -> str:
    texts = f"report.{'messages' if filling.always else 'field_messages'}"
    if filling.each is not None:
        texts = f"[text[:{filling.each}] for text in {texts}]"
    if filling.unique:
        texts = f"list(dict.fromkeys({texts}))"
    return texts + _cut(filling.limit)


def _cut(limit: int | None) -> str:
    return "" if limit is None else f"[:{limit}]"
