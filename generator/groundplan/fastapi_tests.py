"""The derived tests of a context: every storage operation and every stub, over HTTP."""

import re
from dataclasses import replace

from .domain import (
    Context,
    Domain,
    Entity,
    Model,
    ModelOf,
    Operation,
    Scalar,
    Storage,
    Type,
    leaves,
)
from .examples import NoExample, example, other, text_fits
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


class _Writer:
    def __init__(self, templates: Templates, domain: Domain, context: Context) -> None:
        self.templates = templates
        self.domain = domain
        self.context = context

    def answered(self, entity: Entity) -> dict[str, Operation]:
        """The operations that this entity's storage answers, by kind."""
        return {
            operation.answer.kind: operation
            for operation in self.context.operations
            if isinstance(operation.answer, Storage)
            and operation.answer.entity == entity
            and not _needs_more(operation)
        }

    def entity(self, entity: Entity) -> str:
        operations = self.answered(entity)
        create = operations.get("create")
        body = self._body(create)
        key_wire = self._key_wire(entity)
        if key_wire is None:
            body = None
        item = f"{entity.collection_path + '/'!r} + str(item[{key_wire!r}])"
        if _PLAIN.fullmatch(f"{entity.collection_path}{key_wire}"):
            item = f'f"{entity.collection_path}/{{item[{key_wire!r}]}}"'
        steps: list[str] = []
        changes = replacement = None
        if body is not None and create is not None:
            if "get" in operations:
                steps += [
                    f"path = {item}",
                    "assert (await client.get(path)).json() == item",
                ]
            if "list" in operations:
                steps += self._list_steps(operations["list"])
            update = operations.get("update")
            if update and "get" in operations:
                changes = self._changes(update, body)
                if changes:
                    steps += self._change_steps("patch", "CHANGES", update, changes)
            replace = operations.get("replace")
            if replace and "get" in operations:
                replacement = self._body(replace)
                if replacement:
                    steps += self._change_steps(
                        "put", "REPLACEMENT", replace, replacement
                    )
            delete = operations.get("delete")
            if delete and "get" in operations:
                steps += [
                    "gone = await client.delete(path)",
                    f"assert gone.status_code == {delete.reply.status}",
                    "assert (await client.get(path)).status_code == 404",
                ]
        return self.templates.render(
            "fastapi/test_entity.py.jinja",
            {
                "header": HEADER,
                "purpose": docstring(
                    f"{entity.attribute.replace('_', ' ').capitalize()} over HTTP, as "
                    "far as storage answers.",
                    indent=0,
                ),
                "collection": repr(entity.collection_path),
                "body": None if body is None else _literal(body),
                "changes": _literal(changes) if changes else None,
                "replacement": _literal(replacement) if replacement else None,
                "echoed": _literal(self._echoed(create, body)),
                "created_status": create.reply.status if create else 201,
                "steps": steps,
                "unknown": repr(f"{entity.collection_path}/{self._unknown(entity)}"),
                "get": "get" in operations,
                "secured": self._secured(operations, entity),
                "closed": self._closed(create),
            },
        )

    def _body(self, operation: Operation | None) -> dict[str, Json] | None:
        if operation is None or operation.body is None:
            return None
        try:
            made = example(operation.body.type, self.domain)
        except NoExample:
            return None
        return made if isinstance(made, dict) else None

    def _changes(
        self, operation: Operation, body: dict[str, Json]
    ) -> dict[str, Json] | None:
        """A patch of the first field that can have another value than it has."""
        if operation.body is None or not isinstance(operation.body.type, ModelOf):
            return None
        for field in self.domain.models[operation.body.type.model].fields:
            if field.wire in body and self._is_exact(field.type):
                try:
                    return {field.wire: other(field.type, body[field.wire])}
                except NoExample:
                    continue
        return None

    def _echoed(self, operation: Operation | None, body: Json) -> Json:
        """The fields of a body that come back as they were sent."""
        model = self._returned(operation)
        if model is None or operation is None or not isinstance(body, dict):
            return []
        sent = operation.body.type if operation.body else None
        taken = (
            self.domain.models[sent.model].fields if isinstance(sent, ModelOf) else ()
        )
        types = {field.wire: field.type for field in taken}
        return [
            field.wire
            for field in model.fields
            if field.wire in body
            and replace(types[field.wire], nullable=field.type.nullable) == field.type
            and self._is_exact(field.type)
        ]

    def _is_exact(self, type_: Type) -> bool:
        """Whether a value comes back as it was sent, not just as an equal one."""
        inside = [type_]
        for name in self.domain.names_of([type_]):
            inside += self.domain.types_in(name)
        return not any(
            isinstance(leaf, Scalar) and leaf.kind in ("decimal", "date-time", "email")
            for one in inside
            for leaf in leaves(one)
        )

    def _returned(self, operation: Operation | None) -> Model | None:
        if operation and isinstance(operation.reply.type, ModelOf):
            return self.domain.models[operation.reply.type.model]
        return None

    def _list_steps(self, operation: Operation) -> list[str]:
        assert isinstance(operation.answer, Storage)
        wrapper = operation.answer.wrapper
        items = "listed.json()"
        if wrapper:
            model = self.domain.models[wrapper.model]
            name = next(name for name, source in wrapper.fields if source == "items")
            found = model.field(name)
            assert found
            items += f"[{found.wire!r}]"
        return [
            f"listed = await client.get({operation.path!r})",
            "assert listed.status_code == 200, listed.text",
            f"assert item in {items}",
        ]

    def _change_steps(
        self, method: str, constant: str, operation: Operation, body: Json
    ) -> list[str]:
        steps = [
            f"changed = await client.{method}(path, json={constant})",
            f"assert changed.status_code == {operation.reply.status}, changed.text",
        ]
        echoed = self._echoed(operation, body)
        if echoed:
            names = _literal(echoed)
            steps += [
                "item = (await client.get(path)).json()",
                f"assert item == item | {{name: {constant}[name] for name in {names}}}",
            ]
        return steps

    def _key_wire(self, entity: Entity) -> str | None:
        field = self.domain.models[entity.model].field(entity.key.name)
        return field.wire if field else None

    def _unknown(self, entity: Entity) -> str:
        """The key of no item; text that fits its rules, as far as that is easy."""
        type_ = entity.key.type
        kind = type_.kind if isinstance(type_, Scalar) else "string"
        known = {
            "uuid": "00000000-0000-4000-8000-00000000dead",
            "integer": "999999999",
            "date": "1900-01-01",
            "date-time": "1900-01-01T00:00:00Z",
            "email": "nobody@example.com",
        }
        if kind in known:
            return known[kind]
        texts = ("no-such-item", "nosuchitem", "unknown", "zzz", "ZZZ", "999")
        fitting = (text for text in texts if text_fits(type_, text))
        return next(fitting, texts[0])

    def _secured(
        self, operations: dict[str, Operation], entity: Entity
    ) -> list[tuple[str, str]]:
        found = []
        for kind, method in (("list", "get"), ("delete", "delete")):
            operation = operations.get(kind)
            if operation and operation.schemes:
                path = "UNKNOWN" if kind == "delete" else repr(entity.collection_path)
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


def _needs_more(operation: Operation) -> bool:
    """Whether a call needs parameters that a generic test does not know."""
    return any(p.required and p.place != "path" for p in operation.parameters)


def _literal(value: Json) -> str:
    """A JSON value as a Python literal."""
    return repr(value)
