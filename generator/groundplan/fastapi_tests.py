"""The derived tests of a context: every storage operation and every stub, over HTTP."""

import contextlib
import re
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from . import names
from .domain import (
    Context,
    Domain,
    Entity,
    Model,
    ModelOf,
    Operation,
    Scalar,
    Storage,
    Wrapper,
)
from .examples import NoExample, example, other
from .python_types import docstring
from .reader import Json
from .render import HEADER, Templates

_PLAIN = re.compile(r"[\w/.~-]+", re.ASCII)


def derived_tests(
    templates: Templates, domain: Domain, context: Context
) -> dict[str, str]:
    """The files under `tests/<context>/generated/`, by name."""
    writer = _Writer(templates, domain, context)
    files = {
        f"test_{entity.attribute}.py": writer.entity(entity)
        for entity in context.entities
        if writer.answered(entity)
    }
    stubs = writer.stubs()
    if stubs:
        files["test_stubs.py"] = stubs
    return files


@dataclass
class _Setting:
    """Where a nested collection is in a test: what is made before, and its path."""

    constants: list[tuple[str, str]] = dataclass_field(default_factory=list)
    lines: list[str] = dataclass_field(default_factory=list)
    path: str = ""


class _Writer:
    def __init__(self, templates: Templates, domain: Domain, context: Context) -> None:
        self.templates = templates
        self.domain = domain
        self.context = context

    def answered(self, entity: Entity) -> dict[str, Operation]:
        """The operations that this entity's storage answers, by kind."""
        return answered(self.context, entity)

    def entity(self, entity: Entity) -> str:
        operations = self.answered(entity)
        create = operations.get("create")
        body = self._body(create)
        setting = self._setting(create) if create and body is not None else None
        key = self._key_of(create)
        if setting is None or key is None:
            body = None
        unknown = self._unknown_path(operations.get("get"))
        steps: list[str] = []
        changes = replacement = None
        if body is not None and create is not None and setting is not None:
            steps, changes, replacement = self._steps(operations, create, body, key)
        return self.templates.render(
            "fastapi/test_entity.py.jinja",
            {
                "header": HEADER,
                "purpose": docstring(
                    f"{entity.attribute.replace('_', ' ').capitalize()} over HTTP, as "
                    "far as storage answers.",
                    indent=0,
                ),
                "constants": setting.constants if body is not None and setting else [],
                "setting": setting.lines if setting else [],
                "collection": setting.path if setting else "",
                "collection_path": repr(self._unknown_path(create)) if create else "",
                "body": None if body is None else _literal(body),
                "changes": _literal(changes) if changes else None,
                "replacement": _literal(replacement) if replacement else None,
                "sent": "BODY" + self._inside(create),
                "item": f"created.json(){self._held(create, 'item')}",
                "echoed": _literal(self._echoed(create, body)),
                "created_status": create.reply.status if create else 201,
                "steps": steps,
                "unknown": repr(unknown) if unknown else "",
                "get": "get" in operations,
                "secured": self._secured(operations),
                "closed": self._closed(create),
            },
        )

    def _steps(
        self,
        operations: dict[str, Operation],
        create: Operation,
        body: dict[str, Json],
        key: str | None,
    ) -> tuple[list[str], dict[str, Json] | None, dict[str, Json] | None]:
        """What a test does with a new item, with the bodies that it needs for it."""
        get = operations.get("get")
        shown = get is not None and _model(get) == _model(create)
        steps: list[str] = []
        changes = replacement = None
        at_item = get or operations.get("delete")
        if at_item is not None:
            steps.append(f"path = {self._item_path(at_item, key)}")
        if get is not None:
            found = f"(await client.get(path)).json(){self._held(get, 'item')}"
            if shown:
                steps.append(f"assert {found} == item")
        if "list" in operations:
            steps += self._list_steps(create, operations["list"], key)
        update, replace = operations.get("update"), operations.get("replace")
        if update and shown:
            changes = self._changes(update, body)
            if changes:
                steps += self._change_steps("patch", "CHANGES", update, changes, found)
        if replace and shown:
            replacement = self._body(replace)
            if replacement:
                steps += self._change_steps(
                    "put", "REPLACEMENT", replace, replacement, found
                )
        delete = operations.get("delete")
        if delete:
            again = "get" if get else "delete"
            steps += [
                "gone = await client.delete(path)",
                f"assert gone.status_code == {delete.reply.status}",
                f"assert (await client.{again}(path)).status_code == 404",
            ]
        return steps, changes, replacement

    def _item_path(self, operation: Operation, key: str | None) -> str:
        """The expression of an item's path, from the item that was created."""
        answer = operation.answer
        assert isinstance(answer, Storage)
        nested = bool(answer.within)
        path = operation.path.rstrip("/")
        head = path.rpartition("/")[0]
        if nested or not _PLAIN.fullmatch(f"{head}{key}") or "{" in head:
            base = "collection" if nested else repr(head)
            return f"{base} + '/' + str(item[{key!r}])"
        return f'f"{head}/{{item[{key!r}]}}"'

    def _setting(self, create: Operation) -> _Setting | None:
        """What a test of a collection needs first; None when it cannot be made."""
        answer = create.answer
        assert isinstance(answer, Storage)
        path = create.path.rstrip("/")
        if answer.parent is None:
            try:
                return _Setting(path=repr(self._path(create)))
            except NoExample:
                return None
        owner = next(c for c in self.domain.contexts if c.name == answer.parent.context)
        above = answered(owner, answer.parent.entity).get("create")
        if above is None:
            return None
        key = self._key_of(above)
        body = self._body(above, distinct=True)
        setting = self._setting(above)
        if setting is None or body is None or key is None:
            return None
        name = names.singular(answer.parent.entity.attribute)
        if name in ("item", "client", "path", "created", "collection", "listed"):
            name = f"parent_{name}"
        setting.constants.append((name.upper(), _literal(body)))
        item = f"{name}.json(){self._held(above, 'item')}"
        last = path.rsplit("/", 1)[-1]
        setting.lines += [
            f"{name} = await client.post({setting.path}, json={name.upper()})",
            f"assert {name}.is_success, {name}.text",
            f"collection = {_joined(setting.path, f'{item}[{key!r}]', last)}",
        ]
        setting.path = "collection"
        return setting

    def _held(self, operation: Operation | None, what: str) -> str:
        """The subscripts that lead to the item, or the items, in a reply."""
        answer = operation.answer if operation else None
        wrapper = answer.wrapper if isinstance(answer, Storage) else None
        return "".join(f"[{wire!r}]" for wire in self._way(wrapper, what) or ())

    def _way(self, wrapper: Wrapper | None, what: str) -> list[str] | None:
        if wrapper is None:
            return None
        model = self.domain.models[wrapper.model]
        for name, source in wrapper.fields:
            field = model.field(name)
            assert field
            if source == what:
                return [field.wire]
            if isinstance(source, Wrapper):
                inner = self._way(source, what)
                if inner:
                    return [field.wire, *inner]
        return None

    def _inside(self, operation: Operation | None) -> str:
        """The subscript that leads to the item in a body."""
        answer = operation.answer if operation else None
        if operation is None or not isinstance(answer, Storage) or not answer.inside:
            return ""
        return f"[{_wire(answer, operation, self.domain)!r}]"

    def _key_of(self, operation: Operation | None) -> str | None:
        """The property that names an item in a reply, if it is shown."""
        answer = operation.answer if operation else None
        if operation is None or not isinstance(answer, Storage):
            return None
        hides = answer.wrapper and self._way(answer.wrapper, "item") is None
        if operation.reply.type is None or hides:
            return None
        field = self.domain.models[answer.model].field(answer.entity.key.name)
        return field.wire if field else None

    def _unknown_path(self, operation: Operation | None) -> str:
        """The path of an operation, with parameters that name nothing."""
        if operation is None:
            return ""
        path = operation.path.rstrip("/")
        for parameter in operation.parameters:
            if parameter.place == "path":
                path = path.replace(f"{{{parameter.wire}}}", _nothing(parameter.type))
        return path

    def _body(
        self, operation: Operation | None, *, distinct: bool = False
    ) -> dict[str, Json] | None:
        """A body for an operation; a distinct one differs where values are unique."""
        if operation is None or operation.body is None:
            return None
        try:
            made = example(operation.body.type, self.domain)
        except NoExample:
            return None
        if not isinstance(made, dict):
            return None
        if distinct:
            self._make_distinct(operation, made)
        return made

    def _make_distinct(self, operation: Operation, body: dict[str, Json]) -> None:
        answer = operation.answer
        model = self._body_model(operation)
        if not isinstance(answer, Storage) or model is None:
            return
        inner = body[_wire(answer, operation, self.domain)] if answer.inside else body
        for field in model.fields:
            column = answer.entity.column(field.name)
            if column and (column.unique or column.key) and isinstance(inner, dict):
                with contextlib.suppress(NoExample, KeyError):
                    inner[field.wire] = other(field.type, inner[field.wire])

    def _body_model(self, operation: Operation | None) -> Model | None:
        """The model of the item in a body."""
        body = operation.body if operation else None
        if operation is None or body is None or not isinstance(body.type, ModelOf):
            return None
        model = self.domain.models[body.type.model]
        answer = operation.answer
        if isinstance(answer, Storage) and answer.inside:
            field = model.field(answer.inside)
            assert field and isinstance(field.type, ModelOf)
            return self.domain.models[field.type.model]
        return model

    def _item_of(self, operation: Operation, body: dict[str, Json]) -> Json:
        answer = operation.answer
        if isinstance(answer, Storage) and answer.inside:
            return body.get(_wire(answer, operation, self.domain))
        return body

    def _changes(
        self, operation: Operation, body: dict[str, Json]
    ) -> dict[str, Json] | None:
        """A patch of the first field that can have another value than it has."""
        model = self._body_model(operation)
        answer = operation.answer
        assert isinstance(answer, Storage)
        inner = next((v for v in body.values() if isinstance(v, dict)), body)
        inner = inner if answer.inside else body
        if model is None or not isinstance(inner, dict):
            return None
        for field in model.fields:
            if field.wire in inner and _is_exact(field.type):
                if field.name == answer.entity.key.name:
                    continue
                try:
                    change: dict[str, Json] = {
                        field.wire: other(field.type, inner[field.wire])
                    }
                except NoExample:
                    continue
                if not answer.inside:
                    return change
                return {_wire(answer, operation, self.domain): change}
        return None

    def _echoed(self, operation: Operation | None, body: Json) -> Json:
        """The fields of a body that come back as they were sent."""
        answer = operation.answer if operation else None
        if operation is None or not isinstance(answer, Storage):
            return []
        inner = self._item_of(operation, body) if isinstance(body, dict) else None
        if operation.reply.type is None or not isinstance(inner, dict):
            return []
        hidden = {answer.entity.key.name} if operation.method != "post" else set()
        hidden |= {column for column, _ in answer.within}
        return [
            field.wire
            for field in self.domain.models[answer.model].fields
            if field.wire in inner
            and field.name not in hidden
            and _is_exact(field.type)
        ]

    def _list_steps(
        self, create: Operation, operation: Operation, key: str | None
    ) -> list[str]:
        answer = operation.answer
        assert isinstance(answer, Storage)
        same = isinstance(create.answer, Storage) and (
            answer.within == create.answer.within
        )
        if not same and answer.within:
            return []
        path = "collection" if answer.within else repr(operation.path)
        if answer.within and answer.parent is None:
            path = repr(self._path(create))
        steps = [
            f"listed = await client.get({path})",
            "assert listed.status_code == 200, listed.text",
        ]
        items = f"listed.json(){self._held(operation, 'items')}"
        if answer.model == _model(create):
            steps.append(f"assert item in {items}")
        elif self.domain.models[answer.model].field(answer.entity.key.name):
            steps.append(
                f"assert item[{key!r}] in [entry[{key!r}] for entry in {items}]"
            )
        return steps

    def _change_steps(
        self,
        method: str,
        constant: str,
        operation: Operation,
        body: dict[str, Json],
        found: str,
    ) -> list[str]:
        steps = [
            f"changed = await client.{method}(path, json={constant})",
            f"assert changed.status_code == {operation.reply.status}, changed.text",
        ]
        echoed = self._echoed(operation, body)
        if echoed:
            wires = _literal(echoed)
            sent = constant + self._inside(operation)
            steps += [
                f"item = {found}",
                f"assert item == item | {{name: {sent}[name] for name in {wires}}}",
            ]
        return steps

    def _secured(self, operations: dict[str, Operation]) -> list[tuple[str, str]]:
        found = []
        for kind, method in (("list", "get"), ("delete", "delete")):
            operation = operations.get(kind)
            if operation and operation.schemes:
                path = repr(self._unknown_path(operation))
                get = operations.get("get")
                if kind == "delete" and get and path == repr(self._unknown_path(get)):
                    path = "UNKNOWN"
                found.append((method, path))
        return found

    def _closed(self, operation: Operation | None) -> bool:
        if operation and operation.body and isinstance(operation.body.type, ModelOf):
            return self.domain.models[operation.body.type.model].closed
        return False

    def stubs(self) -> str | None:
        rows = []
        for operation in self.context.stubs:
            try:
                path = self._path(operation)
                body = (
                    example(operation.body.type, self.domain)
                    if operation.body
                    else None
                )
            except NoExample:
                continue
            reason = getattr(operation.answer, "code", "")
            rows.append(
                (
                    repr(operation.method.upper()),
                    repr(path),
                    _literal(body),
                    repr(reason),
                )
            )
        if not rows:
            return None
        return self.templates.render(
            "fastapi/test_stubs.py.jinja",
            {
                "header": HEADER,
                "purpose": docstring(
                    f"Operations of the {self.context.name.replace('_', ' ')} context "
                    "that nobody has written yet say so.",
                    indent=0,
                ),
                "stubs": rows,
            },
        )

    def _path(self, operation: Operation) -> str:
        path, query = operation.path, []
        for parameter in operation.parameters:
            if parameter.place == "path" or parameter.required:
                if not isinstance(parameter.type, Scalar):
                    raise NoExample
                value = example(parameter.type, self.domain, parameter.example)
                if parameter.place == "path":
                    path = path.replace(f"{{{parameter.wire}}}", str(value))
                elif parameter.place == "query":
                    query.append(f"{parameter.wire}={value}")
                else:
                    raise NoExample
        return path + ("?" + "&".join(query) if query else "")


def answered(context: Context, entity: Entity) -> dict[str, Operation]:
    """The operations that an entity's storage answers, by kind."""
    return {
        operation.answer.kind: operation
        for operation in reversed(context.operations)
        if isinstance(operation.answer, Storage)
        and operation.answer.entity == entity
        and not _needs_more(operation)
    }


def _model(operation: Operation) -> str:
    """The model that an operation shows an item as."""
    assert isinstance(operation.answer, Storage)
    return operation.answer.model


def _wire(answer: Storage, operation: Operation, domain: Domain) -> str:
    """The property of a body that holds the item."""
    assert operation.body and isinstance(operation.body.type, ModelOf)
    field = domain.models[operation.body.type.model].field(answer.inside or "")
    assert field
    return field.wire


def _nothing(type_: object) -> str:
    """A part of a path that names no item."""
    kind = type_.kind if isinstance(type_, Scalar) else "string"
    return {
        "uuid": "00000000-0000-4000-8000-00000000dead",
        "integer": "999999999",
        "number": "999999999",
    }.get(kind, "no-such-item")


def _joined(path: str, key: str, last: str) -> str:
    """The expression of a path below an item: a path, the item's key, a last word."""
    if path.isidentifier():
        return f'f"{{{path}}}/{{{key}}}/{last}"'
    literal = path.strip("'\"")
    if _PLAIN.fullmatch(literal + last):
        return f'f"{literal}/{{{key}}}/{last}"'
    return f"{path} + '/' + str({key}) + {'/' + last!r}"


def _needs_more(operation: Operation) -> bool:
    """Whether a call needs parameters that a generic test does not know."""
    return any(p.required and p.place != "path" for p in operation.parameters)


def _is_exact(type_: object) -> bool:
    return not (
        isinstance(type_, Scalar) and type_.kind in ("decimal", "date-time", "email")
    )


def _literal(value: Json) -> str:
    """A JSON value as a Python literal."""
    return repr(value)
