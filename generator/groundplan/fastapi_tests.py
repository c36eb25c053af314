"""The derived tests of a context: every storage operation and every stub, over HTTP."""

import re
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from . import names
from .domain import (
    Context,
    Domain,
    Entity,
    Operation,
    Storage,
)
from .error_fillings import tells
from .examples import NoExample, example
from .python_text import docstring
from .reader import Json
from .render import HEADER, Templates
from .samples import Samples, answered, literal, model_of

_TAKEN = frozenset("item client path created collection listed body".split())
_PLAIN = re.compile(r"[\w/.~-]+", re.ASCII)


def derived_tests(
    templates: Templates, domain: Domain, context: Context
) -> dict[str, str]:
    """The files under `tests/<context>/generated/`, by name."""
    writer = _Writer(templates, domain, context)
    files = {}
    for entity in context.entities:
        text = writer.entity(entity)
        if text is not None:
            files[f"test_{entity.attribute}.py"] = text
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


class _Writer(Samples):

    def __init__(self, templates: Templates, domain: Domain, context: Context) -> None:
        super().__init__(domain)
        self.templates = templates
        self.context = context

    def answered(self, entity: Entity) -> dict[str, Operation]:
        """The operations that this entity's storage answers, by kind."""
        return answered(self.context, entity)

    def entity(self, entity: Entity) -> str | None:
        """The tests of an entity; None where there is nothing to call."""
        operations = self.answered(entity)
        create = operations.get("create")
        body = self.body(create)
        entities = [e for c in self.domain.contexts for e in c.entities]
        number = entities.index(entity) + 1
        setting = self._setting(create, number) if create and body is not None else None
        key = self.key_of(create)
        if (
            setting is None
            or key is None
            or create is None
            or not self._referred(setting, create, number)
        ):
            body = None
        posted = "body" if self.named(create) else "BODY"
        unknown = self.unknown_path(operations.get("get"))
        steps: list[str] = []
        changes = replacement = None
        if body is not None and create and setting and key is not None:
            steps, changes, replacement = self._steps(operations, create, body, key)
        echoed = self.echoed(create, body)
        secured = self._secured(operations)
        if body is None and "get" not in operations and not secured:
            return None
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
                "collection_path": repr(self.unknown_path(create)) if create else "",
                "body": None if body is None else literal(body),
                "changes": literal(changes) if changes else None,
                "replacement": literal(replacement) if replacement else None,
                "posted": posted,
                "sent": posted + self.inside(create),
                "item": f"created.json(){self.held(create, 'item')}",
                "echoed": literal(echoed) if echoed else "",
                "uses_item": bool(echoed) or any("item" in step for step in steps),
                "created_status": create.reply.status if create else 201,
                "steps": steps,
                "unknown": repr(unknown) if unknown else "",
                "get": "get" in operations,
                "secured": secured,
                "closed": self.closed(create),
            },
        )

    def _steps(
        self,
        operations: dict[str, Operation],
        create: Operation,
        body: dict[str, Json],
        key: str,
    ) -> tuple[list[str], dict[str, Json] | None, dict[str, Json] | None]:
        """What a test does with a new item, with the bodies that it needs for it."""
        get = operations.get("get")
        shown = get is not None and model_of(get) == model_of(create)
        steps: list[str] = []
        changes = replacement = None
        at_item = get or operations.get("delete")
        if at_item is not None:
            steps.append(f"path = {self._item_path(create, at_item, key)}")
        if get is not None:
            found = f"(await client.get(path)).json(){self.held(get, 'item')}"
            if shown:
                steps.append(f"assert {found} == item")
        if "list" in operations:
            steps += self._list_steps(create, operations["list"], key)
        update, replace = operations.get("update"), operations.get("replace")
        if update and shown:
            changes = self.changes(update, body)
            if changes:
                steps += self._change_steps("patch", "CHANGES", update, changes, found)
        if replace and shown:
            replacement = None if self.named(replace) else self.body(replace)
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

    def _item_path(self, create: Operation, operation: Operation, key: str) -> str:
        """The expression of an item's path, from the item that was created."""
        answer = operation.answer
        assert isinstance(answer, Storage)
        head, _, tail = operation.path.rpartition("{")
        tail = tail.rpartition("}")[2]
        value = f"item[{key!r}]"
        if not answer.within and _PLAIN.fullmatch(f"{head}{key}{tail}"):
            return f'f"{head}{{{value}}}{tail}"'
        base = repr(head)
        made = create.answer
        if answer.within and isinstance(made, Storage):
            base = "collection" if made.parent else repr(self.path(create))
            base += "" if create.path.endswith("/") else " + '/'"
        return f"{base} + str({value})" + (f" + {tail!r}" if tail else "")

    def _setting(self, create: Operation, number: int) -> _Setting | None:
        """What a test of a collection needs first; None when it cannot be made.

        The tests share a database: by its number, each makes items of its own.
        """
        answer = create.answer
        assert isinstance(answer, Storage)
        if answer.parent is None:
            try:
                return _Setting(path=repr(self.path(create)))
            except NoExample:
                return None
        owner = next(c for c in self.domain.contexts if c.name == answer.parent.context)
        above = answered(owner, answer.parent.entity).get("create")
        setting = self._setting(above, number) if above else None
        made = self._made_first(setting, above, answer.parent.entity, number)
        if setting is None or above is None or made is None:
            return None
        last = create.path.rpartition("}")[2]
        between = "" if above.path.endswith("/") else "/"
        setting.lines.append(
            f"collection = {_joined(setting.path, between, made, last)}"
        )
        setting.path = "collection"
        return setting

    def _made_first(
        self,
        setting: _Setting | None,
        create: Operation | None,
        entity: Entity,
        number: int,
    ) -> str | None:
        """Add the making of an item to a setting; the expression of its key."""
        key, body = self.key_of(create), self.body(create, distinct=number)
        if setting is None or create is None or body is None or key is None:
            return None
        if self.named(create):
            return None
        name = names.singular(entity.attribute)
        if name in _TAKEN:
            name = f"parent_{name}"
        setting.constants.append((name.upper(), literal(body)))
        setting.lines += [
            f"{name} = await client.post({setting.path}, json={name.upper()})",
            f"assert {name}.is_success, {name}.text",
        ]
        return f"{name}.json(){self.held(create, 'item')}[{key!r}]"

    def _referred(self, setting: _Setting, create: Operation, number: int) -> bool:
        """Make the items first that a body has to name; False where that cannot be."""
        entries = []
        for reference in self.named(create):
            context = next(
                c for c in self.domain.contexts if c.name == reference.owner.context
            )
            entity = reference.owner.entity
            above = answered(context, entity).get("create")
            own = self._setting(above, number) if above else None
            if own is None or own.lines:
                return False
            key = self._made_first(own, above, entity, number)
            if key is None:
                return False
            if not all(constant in setting.constants for constant in own.constants):
                setting.constants += own.constants
                setting.lines += own.lines
            entries.append(f"{reference.wire!r}: {key}")
        if entries:
            inside, added = self.inside(create), f"{{{', '.join(entries)}}}"
            body = f"BODY | {added}"
            if inside:
                body = f"BODY | {{{inside[1:-1]}: BODY{inside} | {added}}}"
            setting.lines.append(f"body = {body}")
        return True

    def _list_steps(
        self, create: Operation, operation: Operation, key: str
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
            path = repr(self.path(create))
        steps = [
            f"listed = await client.get({path})",
            "assert listed.status_code == 200, listed.text",
        ]
        items = f"listed.json(){self.held(operation, 'items')}"
        filtering = {name for name, _ in answer.filters}
        if any(p.name in filtering and p.has_default for p in operation.parameters):
            return steps  # it may leave the new item out
        if answer.model == model_of(create):
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
        echoed = self.echoed(operation, body)
        if echoed:
            wires = literal(echoed)
            sent = constant + self.inside(operation)
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
                path = repr(self.unknown_path(operation))
                get = operations.get("get")
                if kind == "delete" and get and path == repr(self.unknown_path(get)):
                    path = "UNKNOWN"
                found.append((method, path))
        return found

    def stubs(self) -> str | None:
        rows = []
        for operation in self.context.stubs:
            if operation.method == "head":
                continue  # its answer has no body to say why
            try:
                path = self.path(operation)
                body = (
                    example(operation.body.type, self.domain)
                    if operation.body
                    else None
                )
            except NoExample:
                continue
            reason = self._reason(operation)
            rows.append(
                (
                    repr(operation.method.upper()),
                    repr(path),
                    literal(body),
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

    def _reason(self, operation: Operation) -> str:
        """Why nobody answers yet, where the error has room for it."""
        code: str = getattr(operation.answer, "code", "")
        bodies = self.domain.error_bodies
        filling = bodies.body(operation.id, 501).filling if bodies else None
        room = len(operation.id) + len(code) + 30
        return code if filling is None or tells(filling, room) else ""


def _joined(path: str, between: str, key: str, last: str) -> str:
    """The expression of a path below an item: a path, the item's key, what follows."""
    if path.isidentifier():
        return f'f"{{{path}}}{between}{{{key}}}{last}"'
    plain = path.strip("'\"")
    if _PLAIN.fullmatch(plain + last):
        return f'f"{plain}{between}{{{key}}}{last}"'
    return f"{path} + {between!r} + str({key}) + {last!r}"
