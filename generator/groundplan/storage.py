"""What answers an operation: the storage of an entity, or nobody yet and why."""

from collections.abc import Callable
from dataclasses import replace

from .callers import can_be_caller, owner_field
from .domain import (
    Column,
    Entity,
    Field,
    ListOf,
    MapOf,
    Model,
    ModelOf,
    Operation,
    Parent,
    Scalar,
    Storage,
    Stub,
    Type,
    Wrapper,
)
from .entities import Entities, Place, are_apart, is_secret, parameters_of, shape
from .envelopes import PageOf
from .errors import ContractError
from .fits import Fitting
from .list_parameters import asked_of, present
from .operations import RawOperation, wants_more
from .other_versions import as_version
from .references import references_of

Found = tuple[str, "Wrapper | None"]


STORED = frozenset({"get", "post", "put", "patch", "delete"})


class Answers:
    """Decides for every operation what answers it."""

    def __init__(self, entities: Entities) -> None:
        self.entities = entities
        self.models = entities.models
        self.envelopes = entities.envelopes
        self.fitting = Fitting(entities.models)

    def of(self, item: RawOperation) -> Storage | Stub:
        """What answers an operation: an entity's storage, or a stub that says why."""
        operation = item.operation
        if operation.method not in STORED:
            method = operation.method.upper()
            return Stub("action", f"{method} is for people to say")
        if not item.json_only:
            return Stub("media-type", "its content is not JSON")
        if item.unread:
            return Stub("parameters", f"nobody reads its {', '.join(item.unread)}")
        path = shape(operation.path)
        place = self.entities.collections.get(path) or self.entities.items.get(path)
        if place is None:
            if "{}" in path:
                return Stub(
                    "action", "an action below an item is a decision of the domain"
                )
            return Stub(
                "no-item-path", "no collection with an item path to store it in"
            )
        answer = self._stored(item, place, path)
        found = self._body(operation)
        body = found[0] if found else None
        owner = place.context if place.context != item.context else ""
        answer = as_version(operation, place.entity, place.within, answer, body, owner)
        if isinstance(answer, Storage) and found:
            referred = references_of(item, answer, found[0], self.entities, self.of)
            answer = replace(answer, references=referred)
        if owner and isinstance(answer, Storage):
            reason = f"{place.entity.name} belongs to {owner}"
            return Stub("other-context", reason, elsewhere=owner)
        return answer

    def _stored(self, item: RawOperation, place: Place, path: str) -> Storage | Stub:
        operation = item.operation
        if path in self.entities.collections:
            if operation.method == "get":
                return self._list(item, place)
            if operation.method == "post":
                return self._create(item, place)
            return Stub(
                "action", f"{operation.method.upper()} on a collection is an action"
            )
        return self._item(operation, place)

    def _item(self, operation: Operation, place: Place) -> Storage | Stub:
        entity = place.entity
        method = operation.method
        if method == "post":
            return Stub("action", "POST on an item is an action")
        if operation.reply.media:
            return Stub("media-type", "its content is not JSON")
        if wire := _other_key(operation, entity):
            return Stub("parameters", f"{entity.name} is not found by {wire}")
        returns = self._returned(operation, entity)
        literal = _literal(operation.reply.type) if method == "delete" else None
        if operation.reply.type is not None and returns is None and literal is None:
            return Stub("response", self._unlike(operation, entity))
        if method == "get" and returns is None:
            return Stub("response", "it returns nothing")
        inside = None
        if method in ("put", "patch"):
            found = self._body(operation)
            if found is None:
                return Stub("request", "it takes no JSON object")
            inside = found[1]
            if unknown := self._unwritable(found[0], entity):
                return Stub("unknown-fields", f"the item has no {', '.join(unknown)}")
        kinds = {"get": "get", "delete": "delete", "put": "replace", "patch": "update"}
        return Storage(
            kind=kinds[method],  # type: ignore[arg-type]
            entity=entity,
            model=returns[0] if returns else entity.model,
            key=_path_names(operation)[-1],
            wrapper=returns[1] if returns else None,
            literal=literal,
            inside=inside,
            within=_within(operation, place),
            owner=entity.owner if operation.schemes else None,
        )

    def _create(self, item: RawOperation, place: Place) -> Storage | Stub:
        operation, entity = item.operation, place.entity
        found = self._body(operation)
        if found is None:
            return Stub("request", "it takes no JSON object")
        body, inside = found
        returns = self._returned(operation, entity)
        if returns is None and operation.reply.type is not None:
            return Stub("response", self._unlike(operation, entity))
        if secrets := [f.wire for f in body.fields if _is_new_secret(f, entity)]:
            return Stub("secret", f"{', '.join(secrets)} must not be stored as it is")
        if unknown := self._unwritable(body, entity):
            return Stub("unknown-fields", f"the item has no {', '.join(unknown)}")
        missing = self.missing(operation, place)
        caller = [
            field
            for column in missing
            if (field := self.models[entity.model].field(column.name))
            and field.caller
            and operation.schemes
            and can_be_caller(field.type, self.models)
        ]
        if entity.owner and operation.schemes:
            owner = owner_field(self.models[entity.model], entity.owner)
            caller = [owner, *(f for f in caller if f.name != entity.owner)]
        named = {field.name for field in caller}
        if left := [column.name for column in missing if column.name not in named]:
            reason = f"somebody computes {', '.join(left)}"
            return Stub("computed-fields", reason, entity.model, tuple(left))
        return Storage(
            kind="create",
            entity=entity,
            model=returns[0] if returns else entity.model,
            wrapper=returns[1] if returns else None,
            inside=inside,
            within=_within(operation, place),
            parent=self._parent(item, place),
            caller=tuple(caller),
            owner=entity.owner if operation.schemes else None,
        )

    def missing(self, operation: Operation, place: Place) -> list[Column]:
        """The columns that a new item needs and that its body does not fill."""
        found = self._body(operation)
        body = found[0] if found else None
        given = {name for name, _ in place.within}
        missing = []
        for column in place.entity.columns:
            field = body.field(column.name) if body else None
            filled = field is not None and (field.required or field.has_default)
            free = column.nullable or column.has_default or column.managed
            if not (filled or free or column.generated or column.name in given):
                missing.append(column)
        return missing

    def _list(self, item: RawOperation, place: Place) -> Storage | Stub:
        operation, entity = item.operation, place.entity
        asked = asked_of(operation, entity, self.fitting)
        returns = operation.reply.type
        model = self.envelopes.items_in(returns)
        fits = self._is_view(entity)
        wrapper = None
        if model is not None and not fits(model):
            return Stub("response", f"it lists {self.gap(model, entity)}")
        if isinstance(returns, ModelOf):
            page = PageOf(
                entity.attribute,
                operation.reply.status,
                fits,
                cursor="cursor" in asked.slots,
            )
            around = self.envelopes.around_items(returns.model, page)
            if isinstance(around, str):
                return Stub("list-wrapper", f"nothing fills {around}")
            wrapper = around
            model = _items_of(wrapper, self.models)
        elif not (
            isinstance(returns, ListOf)
            and isinstance(returns.items, ModelOf)
            and not returns.items.nullable
            and fits(returns.items.model)
        ):
            return Stub("response", "it does not return a list of the item")
        assert model is not None
        return Storage(
            "list",
            entity,
            model,
            wrapper=wrapper,
            within=_within(operation, place),
            parent=self._parent(item, place),
            page=asked.slots.get("page"),
            first_page=asked.first_page,
            offset=asked.slots.get("offset"),
            cursor=asked.slots.get("cursor"),
            limit=asked.slots.get("limit"),
            sort=asked.slots.get("sort"),
            order=asked.slots.get("order"),
            search=asked.slots.get("search"),
            usual_sort=_usual_sort(item, entity, self.models[model]),
            owner=entity.owner if operation.schemes else None,
            filters=asked.filters,
            ignored=asked.ignored,
        )

    def _parent(self, item: RawOperation, place: Place) -> Parent | None:
        """The item above a nested collection, where it can be asked for."""
        operation = item.operation
        if not place.within:
            return None
        path = shape(operation.path).rpartition("/")[0]
        above = self.entities.items.get(path)
        get = self.entities.by_path.get(path, {}).get("get")
        if above is None or get is None or get.context != above.context:
            return None
        if wants_more(get.operation):
            return None
        if not isinstance(self.of(get), Storage):
            return None
        keys = _path_names(operation)[: len(parameters_of(get.operation.path))]
        mine = {p.name: p.type for p in operation.parameters if p.place == "path"}
        types = {p.name: p.type for p in get.operation.parameters}
        theirs = [types[name] for name in _path_names(get.operation)]
        if [mine[key] for key in keys] != theirs:
            return None
        return Parent(above.context, get.operation.name, tuple(keys), above.entity)

    def _returned(self, operation: Operation, entity: Entity) -> Found | None:
        """The model of the item that a reply holds, and how it is wrapped."""
        type_ = operation.reply.type
        found = self.envelopes.item_in(type_)
        if found is None or not isinstance(type_, ModelOf) or type_.nullable:
            return None
        fits, status = self._is_view(entity), operation.reply.status
        if found[1] is not None and fits(found[0]):
            wrapper = self.envelopes.around_item(type_, status)
            return (found[0], wrapper) if wrapper else None
        if fits(type_.model):
            return type_.model, None
        empty = self.envelopes.around_nothing(type_, status)
        return (entity.model, empty) if empty and operation.method != "get" else None

    def _is_view(self, entity: Entity) -> Callable[[str], bool]:
        return lambda model: self.gap(model, entity) is None

    def _unlike(self, operation: Operation, entity: Entity) -> str:
        """Why a reply is not the item."""
        found = self.envelopes.item_in(operation.reply.type)
        gap = self.gap(found[0], entity) if found else None
        if gap:
            return f"it answers {gap}"
        return "it answers with more than the item" if found else "it answers no object"

    def gap(self, model: str, entity: Entity) -> str | None:
        """Why a row of an entity cannot be shown as a model; None where it can."""
        if model == entity.model:
            return None
        shown, known = 0, False
        for field in self.models[model].fields:
            column = entity.column(field.name)
            if column is None:
                if field.required:
                    return f"{model} with {field.wire}, which {entity.name} has not"
                continue
            type_ = field.type
            if column.nullable and field.required and not type_.nullable:
                return f"{model} with {field.wire}, which {entity.name} may be without"
            if not self.fitting.fits(column.type, type_):
                return f"{model} with another {field.wire} than {entity.name}"
            shown += 1
            known |= column.key
        if known or 0 < len(self.models[model].fields) <= 2 * shown:
            return None
        return f"{model}, which is not {entity.name}"

    def _body(self, operation: Operation) -> tuple[Model, str | None] | None:
        """The model of the item in a body, and the field that holds it."""
        if operation.body is None:
            return None
        found = self.envelopes.item_in(operation.body.type, reply=False)
        if found is None:
            return None
        return self.models[found[0]], found[1].name if found[1] else None

    def _unwritable(self, model: Model, entity: Entity) -> list[str]:
        """The fields of a body that no column can take."""
        unknown = []
        for field in model.fields:
            column = entity.column(field.name)
            if column is None or not (
                column.key or self.fitting.fits(present(field.type), column.type)
            ):
                unknown.append(field.wire)
        return unknown


def _usual_sort(item: RawOperation, entity: Entity, model: Model) -> str | None:
    """The order of `x-sort`, by attribute. Raises ContractError for unknown ones."""
    if not item.sort:
        return None
    wire = item.sort.removeprefix("-")
    names_of = {field.wire: field.name for field in model.fields}
    name = names_of.get(wire, wire)
    if entity.column(name) is None or name not in names_of.values():
        raise ContractError(
            item.place,
            f"x-sort: {item.sort[:60]!r} is no property of the items",
            f"Name one of {', '.join(list(names_of)[:20])}; `-` first turns it around.",
        )
    return f"-{name}" if item.sort.startswith("-") else name


def _other_key(operation: Operation, entity: Entity) -> str | None:
    """The last parameter of a path, where it is none that names these items."""
    wire = parameters_of(operation.path)[-1]
    found = next((p for p in operation.parameters if p.wire == wire), None)
    kind, key = found.type if found else Scalar("string"), entity.key.type
    usual = wire == parameters_of(entity.item_path)[-1]
    kinds = [type_.kind for type_ in (kind, key) if isinstance(type_, Scalar)]
    # what the service makes up fits a path that says more of it; given keys may not
    given = entity.key.generated is None and kinds[:1] == ["uuid"]
    other = are_apart(kind, key) or ((given or not usual) and len({*kinds}) == 2)
    return wire if other else None


def _literal(type_: Type | None) -> str | None:
    """What a reply can say of a deletion that it leaves open, as Python."""
    if isinstance(type_, MapOf) and isinstance(type_.values, Scalar):
        return "{}" if type_.values.kind == "any" else None
    kind = type_.kind if isinstance(type_, Scalar) else None
    return {"any": "None", "boolean": "True"}.get(kind or "")


def _is_new_secret(field: Field, entity: Entity) -> bool:
    return is_secret(field) and entity.column(field.name) is None


def _path_names(operation: Operation) -> list[str]:
    """The arguments of an operation for its path parameters, in the path's order."""
    by_wire = {p.wire: p.name for p in operation.parameters if p.place == "path"}
    return [by_wire[wire] for wire in parameters_of(operation.path)]


def _within(operation: Operation, place: Place) -> tuple[tuple[str, str], ...]:
    arguments = _path_names(operation)
    return tuple((column, arguments[n]) for column, n in place.within)


def _items_of(wrapper: Wrapper, models: dict[str, Model]) -> str | None:
    for name, source in wrapper.fields:
        if isinstance(source, Wrapper):
            found = _items_of(source, models)
            if found:
                return found
        elif source == "items":
            field = models[wrapper.model].field(name)
            type_ = field.type if field else None
            if isinstance(type_, ListOf) and isinstance(type_.items, ModelOf):
                return type_.items.model
    return None
