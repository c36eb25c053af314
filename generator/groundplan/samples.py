"""What derived tests send, and where in the replies they look."""

import contextlib
from dataclasses import replace

from .api_versions import version_of
from .domain import (
    Context,
    Domain,
    Entity,
    Field,
    Model,
    ModelOf,
    Operation,
    Reference,
    Scalar,
    Storage,
    Type,
    Wrapper,
    leaves,
)
from .error_fillings import points
from .examples import NoExample, example, other, text_fits
from .operations import wants_more
from .reader import Json


class Samples:
    """Bodies, paths and replies of the operations of a domain."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain

    def held(self, operation: Operation | None, what: str) -> str:
        """The subscripts that lead to the item, or the items, in a reply."""
        return "".join(f"[{wire!r}]" for wire in self.way(operation, what))

    def way(self, operation: Operation | None, what: str) -> tuple[str, ...]:
        """The keys that lead to what a reply tells; none where it is the reply."""
        answer = operation.answer if operation else None
        wrapper = answer.wrapper if isinstance(answer, Storage) else None
        return tuple(self._way(wrapper, what) or ())

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

    def inside(self, operation: Operation | None) -> str:
        """The subscript that leads to the item in a body."""
        answer = operation.answer if operation else None
        if operation is None or not isinstance(answer, Storage) or not answer.inside:
            return ""
        return f"[{_wire(answer, operation, self.domain)!r}]"

    def key_of(self, operation: Operation | None) -> str | None:
        """The property that names an item in a reply, if it is shown."""
        answer = operation.answer if operation else None
        if operation is None or not isinstance(answer, Storage):
            return None
        hides = answer.wrapper and self._way(answer.wrapper, "item") is None
        if operation.reply.type is None or hides:
            return None
        field = self.domain.models[answer.model].field(answer.entity.key.name)
        return field.wire if field else None

    def unknown_path(self, operation: Operation | None) -> str:
        """The path of an operation, with parameters that name nothing."""
        if operation is None:
            return ""
        path = operation.path
        for parameter in operation.parameters:
            if parameter.place == "path":
                path = path.replace(f"{{{parameter.wire}}}", _nothing(parameter.type))
        return path

    def path(self, operation: Operation) -> str:
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

    def body(
        self, operation: Operation | None, *, distinct: int = 0
    ) -> dict[str, Json] | None:
        """A body for an operation; the distinct ones differ where values are unique.

        What names other items is left out: they have to be made first.
        """
        if operation is None or operation.body is None:
            return None
        try:
            made = example(operation.body.type, self.domain)
        except NoExample:
            return None
        if not isinstance(made, dict):
            return None
        answer = operation.answer
        if isinstance(answer, Storage):
            inner = (
                made[_wire(answer, operation, self.domain)] if answer.inside else made
            )
            for reference in answer.references:
                if isinstance(inner, dict):
                    inner.pop(reference.wire, None)
        for _ in range(distinct):
            self._make_distinct(operation, made)
        return made

    def named(self, operation: Operation | None) -> list[Reference]:
        """The items that a body has to name."""
        answer = operation.answer if operation else None
        model = self._body_model(operation)
        if model is None or not isinstance(answer, Storage):
            return []
        required = {field.name for field in model.fields if field.required}
        return [one for one in answer.references if one.name in required]

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

    def changes(
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
            if field.wire in inner and self._is_exact(field.type):
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

    def echoed(self, operation: Operation | None, body: Json) -> Json:
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
            and self._is_exact(field.type)
            and self._is_sent(operation, field)
        ]

    def _is_sent(self, operation: Operation, field: Field) -> bool:
        """Whether a body has all of a field: one that holds others may hide some."""
        model = self._body_model(operation)
        sent = (
            next((f for f in model.fields if f.wire == field.wire), None)
            if model
            else None
        )
        if sent is None:
            return False
        if isinstance(sent.type, Scalar) and isinstance(field.type, Scalar):
            return sent.type.kind == field.type.kind
        return replace(sent.type, nullable=False) == replace(field.type, nullable=False)

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

    def closed(self, operation: Operation | None) -> bool:
        if operation and operation.body and isinstance(operation.body.type, ModelOf):
            closed = self.domain.models[operation.body.type.model].closed
            bodies = self.domain.error_bodies
            filling = bodies.body(operation.id, 422).filling if bodies else None
            return closed and (filling is None or points(filling, 100))
        return False


def answered(context: Context, entity: Entity) -> dict[str, Operation]:
    """The operations that an entity's storage answers, by kind, its own version's."""
    version = version_of(entity.collection_path)
    newest_last = sorted(
        reversed(context.operations), key=lambda o: version_of(o.path) == version
    )
    return {
        operation.answer.kind: operation
        for operation in newest_last
        if isinstance(operation.answer, Storage)
        and operation.answer.entity == entity
        and not wants_more(operation)
    }


def model_of(operation: Operation) -> str:
    """The model that an operation shows an item as."""
    assert isinstance(operation.answer, Storage)
    return operation.answer.model


def _wire(answer: Storage, operation: Operation, domain: Domain) -> str:
    """The property of a body that holds the item."""
    assert operation.body and isinstance(operation.body.type, ModelOf)
    field = domain.models[operation.body.type.model].field(answer.inside or "")
    assert field
    return field.wire


def _nothing(type_: Type) -> str:
    """A part of a path that names no item, and fits its rules if that is easy."""
    kind = type_.kind if isinstance(type_, Scalar) else "string"
    texts = ("no-such-item", "nosuchitem", "unknown", "zzz", "ZZZ", "999")
    fitting = (text for text in texts if text_fits(type_, text))
    return {
        "uuid": "00000000-0000-4000-8000-00000000dead",
        "integer": "999999999",
        "number": "999999999",
        "date": "1900-01-01",
        "date-time": "1900-01-01T00:00:00Z",
        "email": "nobody@example.com",
    }.get(kind) or next(fitting, texts[0])


def literal(value: Json) -> str:
    """A JSON value as a Python literal."""
    return repr(value)
